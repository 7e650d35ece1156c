import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";
import { parsing } from "./documentation.js";
import type { BoundFile, OpenProgram, Resolution } from "./internals.js";

/** What reading a single file asks of the project that it belongs to. */
export interface SingleFileHost {
  readonly options: ts.CompilerOptions;
  /** Knows the manifests of packages, which say what kind of module each file is. */
  readonly cache: ts.ModuleResolutionCache;
  folder(): string;
  resolve(specifier: string, containingFile: string): ts.ResolvedModuleFull | undefined;
  fileExists(path: string): boolean;
  readFile(path: string): string | undefined;
  /**
   * A package's declarations with this text, which may have been parsed before; undefined for every other
   * file.
   */
  library(
    path: string,
    text: string,
    options: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined;
}

/** A file and where its imports lead, by `resolutionKey`. */
export interface SingleFile {
  readonly file: BoundFile;
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

export function resolutionKey(name: string, mode: ts.ResolutionMode): string {
  return `${mode}:${name}`;
}

/** Parses a file. A program of this file alone sets in it all that a program sets. */
export function parseAlone(ts: TypeScript, host: SingleFileHost, path: string, text: string): SingleFile {
  const options: ts.CompilerOptions = { ...host.options, noLib: true, noResolve: true, types: [] };
  const single = ts.createProgram([path], options, {
    getSourceFile: (name, how) =>
      name === path ? (host.library(path, text, how) ?? ts.createSourceFile(path, text, how)) : undefined,
    getDefaultLibFileName: () => "",
    getCurrentDirectory: () => host.folder(),
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => {},
    jsDocParsingMode: parsing(ts),
    getModuleResolutionCache: () => host.cache,
    fileExists: (name) => name === path || host.fileExists(name),
    readFile: (name) => host.readFile(name),
    resolveModuleNameLiterals: (literals, containingFile) =>
      literals.map((literal) => ({ resolvedModule: host.resolve(literal.text, containingFile) })),
  }) as OpenProgram;
  const file = single.getSourceFile(path) as BoundFile;
  const resolutions = new Map<string, Resolution>();
  for (const specifier of file.imports) {
    const mode = ts.getModeForUsageLocation(file, specifier, options);
    const resolution = single.getResolvedModule(file, specifier.text, mode);
    if (resolution) resolutions.set(resolutionKey(specifier.text, mode), resolution);
  }
  return { file, resolutions };
}
