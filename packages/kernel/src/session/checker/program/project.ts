import type ts from "typescript6";
import { besideKernel } from "#host/beside-kernel.js";
import { isOwnModule, stamp } from "#host/files.js";
import { dirname, join } from "#host/paths.js";
import { withoutRegistry } from "../../packages.js";
import type { TypeScript } from "../typescript.js";
import { ambientText } from "./ambient.js";
import { declarationVersion, isDeclaration, type Registry } from "./declarations.js";
import { parsing } from "./documentation.js";
import { type BoundFile, bind, type CachingHost, type OpenProgram } from "./internals.js";
import { interrupted, interruptible } from "./interruptible.js";
import type { Libraries } from "./libraries.js";
import { isSelfContained, LivingProgram } from "./living-program.js";
import { compilerOptions } from "./options.js";
import { isAsUsual, type Settings } from "./settings.js";
import { parseAlone, type SingleFileHost } from "./single-file.js";

/** Where the kernel's own files lie, for what every notebook can use without installing it. */
export interface KernelFiles {
  /**
   * The folder whose packages every notebook can import without installing them, if the kernel lies in one.
   */
  readonly side: string | undefined;
  /**
   * A file of the kernel's package: type packages are looked up from here when the notebook's folder has
   * none.
   */
  readonly anchor: string;
  /** The declarations of the global `jupyter`, without extension. */
  readonly jupyterTypes: string;
  /** The declarations of the module "tslab". */
  readonly tslabTypes: string;
}

export interface Loaded {
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
}

/**
 * What a cell's run leaves to the program: files that it imported, and those among them and theirs that add
 * globals.
 */
export interface Traces {
  readonly imported: readonly string[];
  readonly globals: readonly string[];
}

/**
 * Declarations that were read before anybody imported them: how many nodes that took, and which others they
 * lead to.
 */
export interface FileAhead {
  readonly nodes: number;
  readonly leadsTo: readonly string[];
}

/** How many characters a file of declarations has for each node: 7.5 where it has no comments, else more. */
const leastOfNode = 7;

/** A checker is replaced after this many cells, since it forgets nothing of what it has seen. */
const mostFiles = 200;

/** A language service over the notebook's folder, in which the cells are files that exist only here. */
export class Project {
  readonly #ts: TypeScript;
  #folder: string;
  readonly #kernel: KernelFiles;
  readonly service: ts.LanguageService;
  options: ts.CompilerOptions;
  readonly #ambient: string;
  readonly #virtual = new Map<string, { version: number; snapshot: ts.IScriptSnapshot; text: string }>();
  readonly #host: ts.LanguageServiceHost;
  readonly #registry: Registry;
  readonly #cache: ts.ModuleResolutionCache;
  #version = 0;
  #living: LivingProgram | undefined;
  /** Changes with every program that is to be made. */
  #generation = 0;
  /*
   * A file outside the cells, and what becomes of it:
   *
   *   imported by a cell ──program holds it──> (adds globals?) ──yes──> unsettled ──the cell ran──> settled
   *           │                                     no: it is in the program, no more       └──it did not──> gone with that program
   *           └──program does not hold it──> leftOut (JavaScript of packages, which has no types)
   *   imported by a cell that ran ──> roots: a part of every later program, so what it adds to the global scope stays there
   *
   * What the first program holds, and earlier cells, are settled from the start. While anything is unsettled,
   * each cell gets a program of its own.
   */
  readonly #roots = new Set<string>();
  readonly #settled = new Set<string>();
  readonly #unsettled = new Set<string>();
  readonly #leftOut = new Set<string>();
  #settings: Settings | undefined;
  /** Whether the cell that was loaded last has JSX in it. */
  #isJsxCell = false;
  /** Whether JSX was met that the options say nothing of yet. */
  #needsJsx = false;
  /** The types for Node that the program holds: other copies of that version are these. */
  #nodeTypes: ts.ResolvedTypeReferenceDirective | undefined;

  constructor(
    ts: TypeScript,
    folder: string,
    kernel: KernelFiles,
    registry: Registry,
    readonly libraries: Libraries,
    settings?: Settings,
  ) {
    this.#ts = ts;
    this.#folder = folder;
    this.#kernel = kernel;
    this.#settings = settings;
    this.options = compilerOptions(ts, settings);
    this.#ambient = join(folder, "[globals].d.ts");
    this.#cache = ts.createModuleResolutionCache(folder, (name) => name, this.options);
    this.setFile(this.#ambient, ambientText(kernel.jupyterTypes, this.options.lib ?? []));
    this.setFile(this.current, "");
    this.#host = this.#createHost();
    this.#registry = sharing(registry);
    this.service = ts.createLanguageService(this.#host, this.#registry);
  }

  /** The notebook's folder. */
  get cwd(): string {
    return this.#folder;
  }

  /** A cell that is being completed or inspected. */
  get current(): string {
    return this.cellPath("[cell]", this.#isJsxCell);
  }

  /**
   * Goes to the notebook's folder with all that was read and checked so far, before the first cell; only
   * where that folder sees the same libraries. Tells whether it has.
   */
  moveTo(cwd: string, settings?: Settings): boolean {
    if (!this.hasTypes() || (settings && !isAsUsual(settings, this.options))) return false;
    const { current } = this;
    const folder = this.#folder;
    const text = this.read(current) ?? "";
    this.#folder = cwd;
    const { resolvedTypeReferenceDirective } = this.#resolveTypes("node", join(cwd, "[libraries].ts"));
    const types = resolvedTypeReferenceDirective?.resolvedFileName;
    if (!this.#living?.isCurrent() || types === undefined || !this.#made().getSourceFile(types)) {
      this.#folder = folder;
      return false;
    }
    this.deleteFile(current);
    this.setFile(this.current, text);
    this.#settings = settings;
    // In its place: the program that moves along is the one that has these options.
    Object.assign(this.options, settings?.writing, settings?.resolving);
    this.#cache.clear();
    return true;
  }

  /**
   * Sets the options for JSX, where it was met for the first time: in the cell that comes, or in a file of
   * the user's own. Tells whether what was loaded has to be loaded again.
   */
  turnToJsx(isMet: boolean = this.#needsJsx): boolean {
    if (!isMet || this.options.jsx !== undefined) return false;
    this.options = { ...this.options, ...(this.#settings?.jsx ?? { jsx: this.#ts.JsxEmit.ReactJSX }) };
    this.abandon();
    return true;
  }

  /**
   * Whether the types for Node are still where the program found them: a snapshot's may have been removed
   * since.
   */
  hasTypes(): boolean {
    const path = this.#nodeTypes?.resolvedFileName;
    return path !== undefined && this.#ts.sys.fileExists(path);
  }

  cellPath(module: string, isJsx = false): string {
    return join(this.cwd, `${module}.${isJsx ? "tsx" : "ts"}`);
  }

  setFile(path: string, text: string): void {
    if (this.#virtual.get(path)?.text === text) return;
    this.#version++;
    this.#virtual.set(path, {
      version: this.#version,
      snapshot: this.#ts.ScriptSnapshot.fromString(text),
      text,
    });
  }

  deleteFile(path: string): void {
    this.#virtual.delete(path);
  }

  read(path: string): string | undefined {
    return this.#virtual.get(path)?.text ?? this.#ts.sys.readFile(path);
  }

  isVirtual(path: string): boolean {
    return this.#virtual.has(path);
  }

  /** The program that the last text was checked in, or a new one if a local file has changed since. */
  program(): ts.Program {
    if (!this.#living?.isCurrent()) this.#renew();
    return this.#made();
  }

  /**
   * The program with these files of the user's own in it: what is only required is no part of one by itself.
   */
  including(paths: readonly string[]): ts.Program {
    const missing = paths.filter((path) => /\.[cm]?tsx?$/.test(path) && !this.program().getSourceFile(path));
    if (missing.length === 0) return this.program();
    for (const path of missing) this.#roots.add(path);
    return this.#renew().program;
  }

  /**
   * Gives the file at `path` this text, which stays if it is to be checked, and the program that holds it.
   */
  load(path: string, text: string): Loaded {
    const living = this.#living;
    const isUsable = living && this.#unsettled.size === 0 && living.count < mostFiles && living.isCurrent();
    const file = isUsable ? living.open(path, text) : undefined;
    if (file) return { program: this.#made(), file };
    const { current } = this;
    this.#isJsxCell = path.endsWith("x");
    if (this.current !== current) this.deleteFile(current);
    this.setFile(this.current, text);
    return this.#renew();
  }

  /** Lets go of the checker: after a fault of its own, it may be in any state. */
  abandon(): void {
    this.#living?.release();
    this.#living = undefined;
  }

  /** What has to be kept of a cell, just loaded, once it has run. */
  traces({ program, file }: Loaded): Traces {
    const imported = resolvedImports(
      this.#ts,
      program as OpenProgram,
      file as BoundFile,
      this.options,
    ).filter((name) => !this.#virtual.has(name) && program.getSourceFile(name) !== undefined);
    return { imported, globals: this.pending() };
  }

  /** The files that add to the global scope, as soon as the cell that brought them has run. */
  pending(): readonly string[] {
    return [...this.#unsettled];
  }

  keep({ imported, globals }: Traces): void {
    for (const name of imported) this.#roots.add(name);
    for (const name of globals) {
      if (name === this.current) continue;
      this.#unsettled.delete(name);
      this.#settled.add(name);
    }
  }

  /** Makes a program in TypeScript's own way, with a new checker, which then lives on. */
  #renew(): Loaded {
    const { options, current } = this;
    const ts = this.#ts;
    this.abandon();
    this.#generation++;
    const program = this.#made();
    const file = program.getSourceFile(current) as BoundFile | undefined;
    if (!file) throw new Error("kernel: the program has no current cell");
    // Binds the files, which shows what each adds.
    program.getTypeChecker();
    for (const name of resolvedImports(ts, program, file, options))
      if (!program.getSourceFile(name)) this.#leftOut.add(name);
    const isFirst = this.#settled.size === 0;
    this.#unsettled.clear();
    for (const source of program.getSourceFiles() as readonly BoundFile[]) {
      const { fileName } = source;
      if (isSelfContained(source) || this.#settled.has(fileName)) continue;
      // The libraries, which the first program holds, and earlier cells are there to stay.
      if (isFirst || (this.#virtual.has(fileName) && fileName !== current)) this.#settled.add(fileName);
      else this.#unsettled.add(fileName);
    }
    this.#living = new LivingProgram(ts, program, {
      ...this.#reading(options),
      virtualText: (path) => this.#virtual.get(path)?.text,
      libraryText: (path) => {
        const snapshot = isDeclaration(path) ? this.#host.getScriptSnapshot(path) : undefined;
        return snapshot?.getText(0, snapshot.getLength());
      },
      isLeftOut: (path) => this.#leftOut.has(path),
      stamp: (path) => (isLocal(path) && !this.#virtual.has(path) ? stamp(path) : undefined),
    });
    return { program, file };
  }

  /**
   * Parses and binds a package's declarations before somebody imports them; undefined where there are none.
   * The text is not kept: whoever imports them reads it, and takes what was parsed only if it is as it was.
   * `isAwaited` tells when to leave it. One that may have more than `most` nodes is not read.
   */
  readAhead(
    path: string,
    isAwaited: () => boolean,
    most: number,
  ): FileAhead | typeof interrupted | undefined {
    const ts = this.#ts;
    const text = isDeclaration(path) ? ts.sys.readFile(path) : undefined;
    if (text === undefined || text.length > most * leastOfNode) return undefined;
    const { declarations } = this.#registry;
    const before = declarations.nodes;
    const needsJsx = this.#needsJsx;
    const read = interruptible(ts, isAwaited, () => parseAlone(ts, this.#reading(this.options), path, text));
    this.#needsJsx = needsJsx;
    if (read === interrupted) return interrupted;
    const { file, resolutions } = read;
    if (interruptible(ts, isAwaited, () => bind(ts, file, this.options)) === interrupted) {
      // Half of its nodes have their symbols.
      declarations.forget(file);
      return interrupted;
    }
    const leadsTo = [
      ...file.referencedFiles.map(({ fileName }) => ts.resolveTripleslashReference(fileName, path)),
      ...[...resolutions.values()].flatMap(({ resolvedModule }) => resolvedModule?.resolvedFileName ?? []),
    ];
    return { nodes: declarations.nodes - before, leadsTo: leadsTo.filter(isDeclaration) };
  }

  /** Where an import of a cell's would find a package's declarations; nothing is kept of the question. */
  declarationsOf(name: string): string | undefined {
    const needsJsx = this.#needsJsx;
    const path = this.resolve(name, this.current)?.resolvedFileName;
    this.#needsJsx = needsJsx;
    return path !== undefined && isDeclaration(path) ? path : undefined;
  }

  /**
   * How many nodes the declarations of packages have that the program holds: those that were only read ahead
   * are not in it.
   */
  packageNodes(): number {
    const files = this.#made().getSourceFiles() as readonly BoundFile[];
    return files.reduce((sum, file) => sum + (isDeclaration(file.fileName) ? file.nodeCount : 0), 0);
  }

  /** The declarations of packages that cells which ran have imported. */
  importedPackages(): readonly string[] {
    return [...this.#roots].filter(isDeclaration);
  }

  #reading(options: ts.CompilerOptions): SingleFileHost {
    const { sys } = this.#ts;
    const registry = this.#registry;
    return {
      options,
      cache: this.#cache,
      folder: () => this.#folder,
      resolve: (specifier, containingFile) => this.resolve(specifier, containingFile),
      fileExists: (path) => sys.fileExists(path),
      readFile: (path) => sys.readFile(path),
      library: (path, text, how) => {
        if (!isDeclaration(path)) return undefined;
        const key = registry.getDocumentRegistryBucketKeyWithMode(
          registry.getKeyForCompilationSettings(options),
          typeof how === "object" ? how.impliedNodeFormat : undefined,
        );
        return registry.declarations.read(key, path, text, how);
      },
    };
  }

  #made(): OpenProgram {
    const program = this.service.getProgram();
    if (!program) throw new Error("kernel: the language service has no program");
    return program as OpenProgram;
  }

  /** The file that an import leads to, as the checker sees it. */
  resolve(specifier: string, containingFile: string): ts.ResolvedModuleFull | undefined {
    const target = withoutRegistry(specifier);
    if (specifier === "tslab")
      return {
        resolvedFileName: this.#kernel.tslabTypes,
        extension: this.#ts.Extension.Dts,
        isExternalLibraryImport: true,
      };
    // Packages see only each other.
    const from =
      (isLocal(containingFile) && besideKernel(target, dirname(containingFile), this.#kernel.side)) ||
      containingFile;
    const { resolvedModule } = this.#ts.resolveModuleName(
      target,
      from,
      this.options,
      this.#host,
      this.#cache,
    );
    if (resolvedModule && /\.[jt]sx$/.test(resolvedModule.resolvedFileName)) this.#needsJsx = true;
    // What a cell misses may be there, written or installed, when the next one asks. Node's own modules have
    // no file.
    if (!resolvedModule && isLocal(containingFile) && !isOwnModule(specifier)) this.#cache.clear();
    return resolvedModule;
  }

  /** Types that everybody sees: the notebook's own, or else the kernel's. */
  #resolveTypes(
    name: string,
    containingFile: string,
  ): ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations {
    const { options } = this;
    const ts = this.#ts;
    const host = this.#host;
    const kernel = this.#kernel;
    const near = ts.resolveTypeReferenceDirective(name, containingFile, options, host);
    const found = near.resolvedTypeReferenceDirective
      ? near
      : ts.resolveTypeReferenceDirective(name, kernel.anchor, options, host);
    if (name !== "node" || !found.resolvedTypeReferenceDirective) return found;
    this.#nodeTypes ??= found.resolvedTypeReferenceDirective;
    return this.#nodeTypes.packageId?.version === found.resolvedTypeReferenceDirective.packageId?.version
      ? { ...found, resolvedTypeReferenceDirective: this.#nodeTypes }
      : found;
  }

  #createHost(): CachingHost {
    const { libraries } = this;
    const ts = this.#ts;
    const virtual = this.#virtual;
    const system = ts.sys;
    return {
      getCompilationSettings: () => this.options,
      getProjectVersion: () => String(this.#generation),
      getScriptFileNames: () => [
        this.#ambient,
        ...[...this.#roots].filter((path) => system.fileExists(path)),
        this.current,
      ],
      getScriptVersion: (path) => {
        const file = virtual.get(path);
        if (file) return String(file.version);
        if (!isLocal(path)) return declarationVersion;
        // What JSX stands for is written down in the file's own nodes.
        return /\.[jt]sx$/.test(path) ? `${stamp(path)} ${this.options.jsx}` : stamp(path);
      },
      getScriptSnapshot: (path) => {
        const file = virtual.get(path);
        if (file) return file.snapshot;
        if (!isLocal(path)) return libraries.snapshot(path, () => system.readFile(path));
        const text = system.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => this.#folder,
      getDefaultLibFileName: () => ts.getDefaultLibFilePath(this.options),
      fileExists: (path) => virtual.has(path) || system.fileExists(path),
      readFile: (path) => this.read(path),
      directoryExists: (path) => system.directoryExists(path),
      getDirectories: (path) => system.getDirectories(path),
      readDirectory: (path, extensions, exclude, include, depth) =>
        system.readDirectory(path, extensions, exclude, include, depth),
      ...(system.realpath ? { realpath: system.realpath } : {}),
      jsDocParsingMode: parsing(ts),
      getModuleResolutionCache: () => this.#cache,
      useCaseSensitiveFileNames: () => system.useCaseSensitiveFileNames,
      resolveModuleNameLiterals: (literals, containingFile) =>
        literals.map((literal) => ({ resolvedModule: this.resolve(literal.text, containingFile) })),
      resolveTypeReferenceDirectiveReferences: (references, containingFile) =>
        references.map((reference) => {
          const name = typeof reference === "string" ? reference : reference.fileName;
          return this.#resolveTypes(name, containingFile);
        }),
    };
  }
}

/**
 * Files are the same ones before JSX was met and after: it is told by their own names. And what a project
 * says of ways of writing is asked of its own files only, which are read after that is known.
 */
function sharing(registry: Registry): Registry {
  return {
    ...registry,
    getKeyForCompilationSettings({
      jsx,
      allowUnreachableCode,
      allowUnusedLabels,
      noFallthroughCasesInSwitch,
      ...settings
    }) {
      return registry.getKeyForCompilationSettings(settings);
    },
  };
}

/** Whether a file is the user's own: those are read again when they change. */
export function isLocal(path: string): boolean {
  return !path.includes("/node_modules/");
}

function resolvedImports(
  ts: TypeScript,
  program: OpenProgram,
  file: BoundFile,
  options: ts.CompilerOptions,
): readonly string[] {
  return file.imports.flatMap((specifier) => {
    const mode = ts.getModeForUsageLocation(file, specifier, options);
    return program.getResolvedModule(file, specifier.text, mode)?.resolvedModule?.resolvedFileName ?? [];
  });
}
