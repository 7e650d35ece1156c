import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type ts from "typescript6";
import type { LocalModule } from "../unit.js";
import { isLocal, type Project } from "./project.js";
import { rewriteModule } from "./rewrite.js";
import type { TypeScript } from "./typescript.js";

/** The module that gives local files the looks for an interrupt; the runtime provides it. */
export const GUARD_SPECIFIER = "convfuse:guard";

interface Compiled {
  readonly stamp: string;
  readonly module: Omit<LocalModule, "version">;
  readonly imports: readonly string[];
}

/** Compiles the user's own files, again whenever one changes. */
export class LocalModules {
  private readonly compiled = new Map<string, Compiled>();

  constructor(
    private readonly ts: TypeScript,
    private readonly project: Project,
  ) {}

  /** The local ES modules that a text leads to, directly or through each other. */
  reachableFrom(text: string, containingFile: string): readonly LocalModule[] {
    const found = new Map<string, Compiled>();
    const pending = this.localImports(text, containingFile);
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (found.has(path)) continue;
      const compiled = this.compile(path);
      if (!compiled) continue;
      found.set(path, compiled);
      pending.push(...compiled.imports);
    }
    return [...found.values()].map(({ module }) => ({
      ...module,
      version: this.version(module.path, found),
    }));
  }

  private version(path: string, all: ReadonlyMap<string, Compiled>): string {
    const seen = new Set<string>();
    const hash = createHash("sha1");
    const pending = [path];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const compiled = all.get(next);
      if (seen.has(next) || !compiled) continue;
      seen.add(next);
      pending.push(...compiled.imports);
    }
    for (const name of [...seen].sort()) hash.update(`${name}\n${all.get(name)?.stamp}\n`);
    return hash.digest("hex").slice(0, 12);
  }

  private localImports(text: string, containingFile: string): string[] {
    const { importedFiles } = this.ts.preProcessFile(text, true, true);
    const paths: string[] = [];
    for (const { fileName } of importedFiles) {
      if (!/^(\.{0,2}\/|file:|[A-Za-z]:[\\/]|\.{1,2}$)/.test(fileName)) continue;
      const resolved = this.project.resolve(fileName, containingFile)?.resolvedFileName;
      if (resolved && isLocal(resolved) && !this.project.isVirtual(resolved)) paths.push(resolved);
    }
    return paths;
  }

  private compile(path: string): Compiled | undefined {
    if (!/\.[cm]?[jt]sx?$/.test(path) || /\.d\.[cm]?ts$/.test(path) || path.endsWith(".cjs"))
      return undefined;
    const { mtimeMs, size } = statSync(path);
    const stamp = `${mtimeMs}:${size}`;
    const known = this.compiled.get(path);
    if (known?.stamp === stamp) return known;
    const source = readFileSync(path, "utf8");
    const emitted = this.emit(path, source);
    if (!emitted) return undefined;
    const { text, edits } = rewriteModule(this.ts, emitted.text, GUARD_SPECIFIER);
    const map = { sourceMap: emitted.map, emitted: emitted.text, edits, source, sourceEdits: [] };
    const compiled = { stamp, module: { path, text, map }, imports: this.localImports(source, path) };
    this.compiled.set(path, compiled);
    return compiled;
  }

  private emit(path: string, source: string): { text: string; map: string } | undefined {
    const { ts } = this;
    const isScript = /\.[cm]?jsx?$/.test(path);
    // CommonJS in a plain .js file is left to Node.
    if (isScript && !/^\s*(import|export)\b/m.test(source)) return undefined;
    const file = this.project.program().getSourceFile(path);
    if (file && !isScript) {
      let text = "";
      let map = "";
      this.project.program().emit(file, (name, content) => {
        if (name.endsWith(".map")) map = content;
        else text = content;
      });
      if (text !== "") return { text, map };
    }
    const compilerOptions: ts.CompilerOptions = { ...this.project.options, verbatimModuleSyntax: isScript };
    const result = ts.transpileModule(source, { compilerOptions, fileName: path });
    return { text: result.outputText, map: result.sourceMapText ?? "" };
  }
}
