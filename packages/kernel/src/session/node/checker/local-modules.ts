import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import type ts from "typescript6";
import { isLocal, type Project } from "../../checker/program/project.js";
import { type ModuleFormat, moduleFormat, rewriteModule } from "../../checker/rewrite/rewrite-module.js";
import type { TypeScript } from "../../checker/typescript.js";
import type { LocalModule, OwnImports, Reached } from "../../unit.js";

interface Compiled {
  readonly stamp: string;
  readonly module: Omit<LocalModule, "version">;
}

/**
 * Compiles the user's own files, again whenever one changes. Own is what lies outside `node_modules`,
 * wherever a link or a `package.json` leads there.
 */
export class LocalModules {
  readonly #ts: TypeScript;
  readonly #project: Project;
  readonly #compiled = new Map<string, Compiled>();

  constructor(ts: TypeScript, project: Project) {
    this.#ts = ts;
    this.#project = project;
  }

  /** The local modules that a text leads to, directly or through each other. */
  reachableFrom(text: string, containingFile: string): Reached {
    const own = this.#ownImports(text, containingFile);
    const found = new Map<string, Compiled>();
    const pending = Object.values(own.links);
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (found.has(path) || !isCompiled(path)) continue;
      const compiled = this.#compile(path);
      if (!compiled) continue;
      found.set(path, compiled);
      pending.push(...Object.values(compiled.module.links));
    }
    const modules = [...found.values()].map(({ module }) => ({
      ...module,
      version: this.#version(module.path, found),
    }));
    return { ...own, modules };
  }

  #version(path: string, all: ReadonlyMap<string, Compiled>): string {
    const seen = new Set<string>();
    const hash = createHash("sha1");
    const pending = [path];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const compiled = all.get(next);
      if (seen.has(next) || !compiled) continue;
      seen.add(next);
      pending.push(...Object.values(compiled.module.links));
    }
    for (const name of [...seen].sort()) hash.update(`${name}\n${all.get(name)?.stamp}\n`);
    return hash.digest("hex").slice(0, 12);
  }

  #ownImports(text: string, containingFile: string): OwnImports {
    const { importedFiles } = this.#ts.preProcessFile(text, true, true);
    const links: { [specifier: string]: string } = {};
    const required: string[] = [];
    for (const { fileName, pos } of importedFiles) {
      const resolved = this.#project.resolve(fileName, containingFile)?.resolvedFileName;
      if (!resolved || !isLocal(resolved) || this.#project.isVirtual(resolved)) continue;
      const path = running(resolved);
      if (path === undefined) continue;
      links[fileName] = path;
      if (/\brequire\s*\(\s*$/.test(text.slice(0, pos))) required.push(path);
    }
    return { links, required };
  }

  #compile(path: string): Compiled | undefined {
    const { mtimeMs, size } = statSync(path);
    const stamp = `${mtimeMs}:${size}`;
    const known = this.#compiled.get(path);
    if (known?.stamp === stamp) return known;
    const source = readFileSync(path, "utf8");
    const emitted = this.#emit(path, source);
    if (!emitted) return undefined;
    const { format } = emitted;
    const { text, edits, isAsync } = rewriteModule(this.#ts, emitted.text, format);
    const map = { sourceMap: emitted.map, emitted: emitted.text, edits, source, sourceEdits: [] };
    const module = { path, text, format, isAsync, map, ...this.#ownImports(source, path) };
    const compiled = { stamp, module };
    this.#compiled.set(path, compiled);
    return compiled;
  }

  #emit(
    path: string,
    source: string,
  ): { readonly text: string; readonly map: string; readonly format: ModuleFormat } | undefined {
    const ts = this.#ts;
    const project = this.#project;
    const isScript = /\.[cm]?jsx?$/.test(path);
    // CommonJS in a plain .js file is left to Node.
    if (isScript && !/^\s*(import|export)\b/m.test(source)) return undefined;
    const file = project.program().getSourceFile(path);
    if (file && !isScript) {
      let text = "";
      let map = "";
      project.program().emit(file, (name, content) => {
        if (name.endsWith(".map")) map = content;
        else text = content;
      });
      const format = moduleFormat(ts, text);
      if (text !== "" && format !== "mixed") return { text, map, format };
    }
    const compilerOptions: ts.CompilerOptions = { ...project.options, verbatimModuleSyntax: isScript };
    const asModule = ts.transpileModule(source, { compilerOptions, fileName: path });
    const format = moduleFormat(ts, asModule.outputText);
    if (format !== "mixed") return { text: asModule.outputText, map: asModule.sourceMapText ?? "", format };
    // `import` beside `export =`: one of them has to be turned into the other.
    const asScript = ts.transpileModule(source, {
      compilerOptions: { ...compilerOptions, module: ts.ModuleKind.CommonJS },
      fileName: path,
    });
    return { text: asScript.outputText, map: asScript.sourceMapText ?? "", format: "commonjs" };
  }
}

/** Whether a file is compiled here: JSON and `.cjs` are Node's as they are. */
function isCompiled(path: string): boolean {
  return /\.([cm]?tsx?|m?jsx?)$/.test(path);
}

/** The file that runs: beside declarations lies the one that they are of, if there is one. */
function running(resolved: string): string | undefined {
  const path = resolved.replace(/\.d\.([cm]?)ts$/, ".$1js");
  return path === resolved || existsSync(path) ? path : undefined;
}
