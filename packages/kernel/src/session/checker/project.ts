import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type ts from "typescript6";
import { ambientText } from "./ambient.js";
import { compilerOptions } from "./options.js";
import type { TypeScript } from "./typescript.js";

/** Where the kernel's own files lie, for what every notebook can use without installing it. */
export interface KernelFiles {
  /** A file of the kernel's package: type packages are looked up from here when the notebook's folder has none. */
  readonly anchor: string;
  /** The declarations of the global `jupyter`, without extension. */
  readonly jupyterTypes: string;
  /** The declarations of the module "tslab". */
  readonly tslabTypes: string;
}

export function kernelFiles(): KernelFiles {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  return {
    anchor: path("project.js"),
    jupyterTypes: path("../runtime/jupyter.js"),
    tslabTypes: path("../runtime/tslab.d.ts"),
  };
}

/** A language service over the notebook's folder, in which the cells are files that exist only here. */
export class Project {
  /** The cell that is being compiled, completed or inspected. */
  readonly current: string;
  readonly service: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  private readonly ambient: string;
  private readonly virtual = new Map<
    string,
    { version: number; snapshot: ts.IScriptSnapshot; text: string }
  >();
  private readonly host: ts.LanguageServiceHost;
  private readonly cache: ts.ModuleResolutionCache;
  private version = 0;

  constructor(
    private readonly ts: TypeScript,
    readonly cwd: string,
    private readonly kernel: KernelFiles,
    registry: ts.DocumentRegistry,
    /** Texts of library files, which do not change. */
    private readonly texts: Map<string, ts.IScriptSnapshot>,
  ) {
    this.options = compilerOptions(ts);
    this.current = this.cellPath("[cell]");
    this.ambient = join(cwd, "[globals].d.ts");
    this.cache = ts.createModuleResolutionCache(cwd, (name) => name, this.options);
    this.setFile(this.ambient, ambientText(kernel.jupyterTypes));
    this.setFile(this.current, "");
    this.host = this.createHost();
    this.service = ts.createLanguageService(this.host, registry);
  }

  cellPath(module: string): string {
    return join(this.cwd, `${module}.ts`);
  }

  setFile(path: string, text: string): void {
    if (this.virtual.get(path)?.text === text) return;
    this.version++;
    this.virtual.set(path, {
      version: this.version,
      snapshot: this.ts.ScriptSnapshot.fromString(text),
      text,
    });
  }

  deleteFile(path: string): void {
    this.virtual.delete(path);
  }

  read(path: string): string | undefined {
    return this.virtual.get(path)?.text ?? this.ts.sys.readFile(path);
  }

  isVirtual(path: string): boolean {
    return this.virtual.has(path);
  }

  program(): ts.Program {
    const program = this.service.getProgram();
    if (!program) throw new Error("kernel: the language service has no program");
    return program;
  }

  /** Gives the current cell this text, and the program that holds it. */
  load(text: string): { program: ts.Program; file: ts.SourceFile } {
    this.setFile(this.current, text);
    const program = this.program();
    const file = program.getSourceFile(this.current);
    if (!file) throw new Error("kernel: the program has no current cell");
    return { program, file };
  }

  /** The file that an import leads to, as the checker sees it. */
  resolve(specifier: string, containingFile: string): ts.ResolvedModuleFull | undefined {
    if (specifier === "tslab")
      return {
        resolvedFileName: this.kernel.tslabTypes,
        extension: this.ts.Extension.Dts,
        isExternalLibraryImport: true,
      };
    return this.ts.resolveModuleName(specifier, containingFile, this.options, this.host, this.cache)
      .resolvedModule;
  }

  private createHost(): ts.LanguageServiceHost {
    const { ts, cwd, options, virtual, texts } = this;
    const system = ts.sys;
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [this.ambient, this.current],
      getScriptVersion: (path) => {
        const file = virtual.get(path);
        if (file) return String(file.version);
        return isLocal(path) ? diskVersion(path) : "0";
      },
      getScriptSnapshot: (path) => {
        const file = virtual.get(path);
        if (file) return file.snapshot;
        const known = texts.get(path);
        if (known) return known;
        const text = system.readFile(path);
        if (text === undefined) return undefined;
        const snapshot = ts.ScriptSnapshot.fromString(text);
        if (!isLocal(path)) texts.set(path, snapshot);
        return snapshot;
      },
      getCurrentDirectory: () => cwd,
      getDefaultLibFileName: () => ts.getDefaultLibFilePath(options),
      fileExists: (path) => virtual.has(path) || system.fileExists(path),
      readFile: (path) => this.read(path),
      directoryExists: (path) => system.directoryExists(path),
      getDirectories: (path) => system.getDirectories(path),
      readDirectory: (path, extensions, exclude, include, depth) =>
        system.readDirectory(path, extensions, exclude, include, depth),
      ...(system.realpath ? { realpath: system.realpath } : {}),
      useCaseSensitiveFileNames: () => system.useCaseSensitiveFileNames,
      resolveModuleNameLiterals: (literals, containingFile) =>
        literals.map((literal) => ({ resolvedModule: this.resolve(literal.text, containingFile) })),
      resolveTypeReferenceDirectiveReferences: (references, containingFile) =>
        references.map((reference) => {
          const name = typeof reference === "string" ? reference : reference.fileName;
          const found = ts.resolveTypeReferenceDirective(name, containingFile, options, this.host);
          if (found.resolvedTypeReferenceDirective) return found;
          return ts.resolveTypeReferenceDirective(name, this.kernel.anchor, options, this.host);
        }),
    };
  }
}

/** Whether a file is the user's own: those are read again when they change. */
export function isLocal(path: string): boolean {
  return !path.includes("/node_modules/");
}

function diskVersion(path: string): string {
  if (!existsSync(path)) return "none";
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs}:${size}`;
}
