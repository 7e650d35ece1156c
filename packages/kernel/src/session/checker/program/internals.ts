import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/**
 * What the living program uses of TypeScript beyond its declarations. The version is pinned, and a test asks
 * for each of these, so that one that changes them says so.
 */
export interface BoundFile extends ts.SourceFile {
  /** Its name as a program's key. */
  readonly path: ts.Path;
  /** How many nodes its syntax tree has. */
  readonly nodeCount: number;
  /** The names that the parser met in it. */
  readonly identifiers: ReadonlyMap<string, string>;
  /** The module names of its imports, exports and `import()`s. */
  readonly imports: readonly ts.StringLiteralLike[];
  /** The names of its `declare global` and `declare module`. */
  readonly moduleAugmentations: readonly ts.Node[];
  /** Set in JavaScript that adds to the global scope. */
  readonly jsGlobalAugmentations?: ReadonlyMap<unknown, unknown>;
  /** Set by imports and exports; what has none is a script, whose names are global. */
  readonly externalModuleIndicator?: unknown;
  /** Its `globalExports` come from `export as namespace`. */
  readonly symbol?: { readonly globalExports?: ReadonlyMap<unknown, unknown> };
}

/** Why a file is in a program: `IMPORT_REASON`, the importing file, and which of its imports. */
export interface IncludeReason {
  readonly kind: number;
  readonly file: ts.Path;
  readonly index: number;
}

export const importReason = 3;

/** Tells copies of one package's module apart from other modules: a program makes them one. */
export interface PackageId extends ts.PackageId {
  readonly peerDependencies?: string;
}

export interface Resolution {
  readonly resolvedModule: (ts.ResolvedModuleFull & { readonly packageId?: PackageId }) | undefined;
}

/**
 * A program is a plain object: its checker, its emitter and the language service call these methods on it
 * each time, so that others can stand in their place.
 */
export interface OpenProgram extends ts.Program {
  getSourceFile(name: string): ts.SourceFile | undefined;
  getSourceFileByPath(path: ts.Path): ts.SourceFile | undefined;
  getSourceFiles(): readonly ts.SourceFile[];
  forEachResolvedModule(work: (resolution: Resolution) => void): void;
  getFileIncludeReasons(): Map<ts.Path, IncludeReason[]>;
  getResolvedModule(file: ts.SourceFile, name: string, mode: ts.ResolutionMode): Resolution | undefined;
  getResolvedModuleFromModuleSpecifier(
    specifier: ts.StringLiteralLike,
    file?: ts.SourceFile,
  ): Resolution | undefined;
}

/**
 * Gives the nodes of a file their symbols, which a program's checker otherwise does once for all its files.
 */
export function bind(ts: TypeScript, file: ts.SourceFile, options: ts.CompilerOptions): void {
  (
    ts as TypeScript & { bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void }
  ).bindSourceFile(file, options);
}

/**
 * A host that knows the manifests of packages; without, each file of a package has them read and parsed
 * again.
 */
export interface CachingHost extends ts.LanguageServiceHost {
  getModuleResolutionCache(): ts.ModuleResolutionCache;
}

/**
 * Where a registry looks for a file before it parses it, and puts what it has parsed. `key` stands for the
 * options.
 */
export interface FileCache {
  getDocument(key: string, path: string): ts.SourceFile | undefined;
  setDocument(key: string, path: string, file: ts.SourceFile): void;
}

/** The keys of files, by the options that they are parsed with. */
export interface KeyedRegistry extends ts.DocumentRegistry {
  getDocumentRegistryBucketKeyWithMode(key: ts.DocumentRegistryBucketKey, mode: ts.ResolutionMode): string;
}

/**
 * A registry of files as `createDocumentRegistry` makes it, with a cache that outlives what programs hold.
 */
export function createRegistryWith(
  ts: TypeScript,
  jsDocParsingMode: ts.JSDocParsingMode,
  cache: FileCache,
): KeyedRegistry {
  const internal = ts as TypeScript & {
    createDocumentRegistryInternal(
      useCaseSensitiveFileNames: boolean,
      currentDirectory: string | undefined,
      jsDocParsingMode: ts.JSDocParsingMode,
      cache: FileCache,
    ): KeyedRegistry;
  };
  return internal.createDocumentRegistryInternal(
    ts.sys.useCaseSensitiveFileNames,
    undefined,
    jsDocParsingMode,
    cache,
  );
}

/** A symbol, which has declarations, or a signature, which has one. */
export interface Documented {
  readonly declarations?: readonly ts.Declaration[];
  readonly declaration?: ts.Declaration;
}

/** What symbols and signatures are asked for their documentation by; a signature knows no context. */
export const documentedMethods = [
  "getDocumentationComment",
  "getContextualDocumentationComment",
  "getJsDocTags",
  "getContextualJsDocTags",
] as const;

export type DocumentedPrototype = {
  [Method in (typeof documentedMethods)[number]]?: (this: Documented, ...args: unknown[]) => unknown;
};

type ClassOf<Prototype> = (new (...args: never[]) => object) & { readonly prototype: Prototype };

/** Where the parser and the binder take their classes from, each time that they begin a file. */
export interface Allocator {
  getNodeConstructor(): ClassOf<object>;
  getSymbolConstructor(): ClassOf<DocumentedPrototype>;
  getSignatureConstructor(): ClassOf<DocumentedPrototype>;
}

export function allocatorOf(ts: TypeScript): Allocator {
  return (ts as TypeScript & { readonly objectAllocator: Allocator }).objectAllocator;
}

/** The classes whose instances the language service asks for documentation. */
export function documentedPrototypes(ts: TypeScript): readonly DocumentedPrototype[] {
  const allocator = allocatorOf(ts);
  return [allocator.getSymbolConstructor().prototype, allocator.getSignatureConstructor().prototype];
}

/** Hangs a comment below the node that it documents, as binding a file does. */
export function setParents(ts: TypeScript, comment: ts.Node, node: ts.Node): void {
  const internal = ts as TypeScript & {
    setParent(child: ts.Node, parent: ts.Node): void;
    setParentRecursive(root: ts.Node, incremental: boolean): void;
  };
  internal.setParent(comment, node);
  internal.setParentRecursive(comment, false);
}
