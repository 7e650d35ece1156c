import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";
import {
  type BoundFile,
  bind,
  importReason,
  type OpenProgram,
  type PackageId,
  type Resolution,
} from "./internals.js";
import { parseAlone, resolutionKey, type SingleFileHost } from "./single-file.js";

/** What a living program asks of the project that it belongs to. */
export interface LivingHost extends SingleFileHost {
  /** The text of a file that exists only here: a cell. */
  virtualText(path: string): string | undefined;
  /**
   * Whether a program that was asked to hold this file has left it out, as it does JavaScript of packages.
   */
  isLeftOut(path: string): boolean;
  /** The text of a package's declarations, which do not change. */
  libraryText(path: string): string | undefined;
  /** A stamp of a file of the user's own; undefined for one that does not change. */
  stamp(path: string): string | undefined;
}

type Replaced =
  | "getSourceFile"
  | "getSourceFileByPath"
  | "getSourceFiles"
  | "getResolvedModule"
  | "getResolvedModuleFromModuleSpecifier";

interface Opened {
  readonly text: string;
  readonly file: BoundFile;
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

/**
 * One program and its checker, kept alive over many cells.
 *
 * TypeScript's own way for a new text is a new program with a new checker, which merges the globals of all
 * libraries and resolves every type that the text touches anew. But a cell is a module: it adds nothing to
 * the global scope, and nothing that was checked before it can see it. So a checker can be shown one more
 * file at any time, provided that
 * - the file is a module, is bound, and augments neither the global scope nor a module;
 * - all that it imports is in the program, or can be opened in the same way (an earlier cell, a package's
 *   declarations);
 * - no file of the program has changed on disk;
 * - a path is never given a second text that is checked: the checker keeps diagnostics by path. `open`
 * refuses what breaks the first two, `isCurrent` sees the third, cells are named apart for the last. A
 * program that refuses is left for a new one, made in TypeScript's own way.
 *
 * The order in which types came up is the only thing that shows: a message may name the members of a union in
 * another.
 */
export class LivingProgram {
  readonly #ts: TypeScript;
  readonly #program: OpenProgram;
  readonly #host: LivingHost;
  readonly #opened = new Map<string, Opened>();
  /** The methods that `release` gives back. */
  readonly #own: Pick<OpenProgram, Replaced>;
  readonly #stamps: ReadonlyMap<string, string>;
  readonly #files: ts.SourceFile[];
  /** Where each package's modules were found. */
  #places: Map<string, string> | undefined;
  /** How many cells it was shown. */
  count = 0;

  constructor(ts: TypeScript, program: OpenProgram, host: LivingHost) {
    this.#ts = ts;
    this.#program = program;
    this.#host = host;

    const { getSourceFile, getSourceFileByPath, getSourceFiles, getResolvedModule } = program;
    const { getResolvedModuleFromModuleSpecifier } = program;
    this.#own = {
      getSourceFile,
      getSourceFileByPath,
      getSourceFiles,
      getResolvedModule,
      getResolvedModuleFromModuleSpecifier,
    };
    this.#files = [...getSourceFiles()];
    const stamps = new Map<string, string>();
    for (const { fileName } of this.#files) {
      const stamp = host.stamp(fileName);
      if (stamp !== undefined) stamps.set(fileName, stamp);
    }
    this.#stamps = stamps;
    Object.assign(program, {
      getSourceFile: (name) => this.#opened.get(name)?.file ?? getSourceFile(name),
      getSourceFileByPath: (path) => this.#opened.get(path)?.file ?? getSourceFileByPath(path),
      getSourceFiles: () => this.#files,
      getResolvedModule: (file, name, mode) => {
        const opened = this.#opened.get(file.fileName);
        return opened?.file === file
          ? opened.resolutions.get(resolutionKey(name, mode))
          : getResolvedModule(file, name, mode);
      },
      getResolvedModuleFromModuleSpecifier: (specifier, file = specifier.getSourceFile()) =>
        program.getResolvedModule(
          file,
          specifier.text,
          ts.getModeForUsageLocation(file, specifier, host.options),
        ),
    } satisfies Pick<OpenProgram, Replaced>);
  }

  /** Whether every file that it read from disk is still as it was. */
  isCurrent(): boolean {
    for (const [path, stamp] of this.#stamps) if (this.#host.stamp(path) !== stamp) return false;
    return true;
  }

  /** Shows the checker a file; undefined where only a new program can hold it. */
  open(path: string, text: string): ts.SourceFile | undefined {
    const known = this.#opened.get(path);
    if (known?.text === text) return known.file;
    const { file, resolutions } = parseAlone(this.#ts, this.#host, path, text);
    if (!isSelfContained(file)) return undefined;
    this.#opened.set(path, { text, file, resolutions });
    for (const { resolvedModule } of resolutions.values())
      if (resolvedModule && !this.#holds(resolvedModule)) return undefined;
    bind(this.#ts, file, this.#host.options);
    // Only binding shows a global name for a module.
    if (!isSelfContained(file)) return undefined;
    this.#noteImports(file);
    if (!file.isDeclarationFile) this.count++;
    return file;
  }

  /** Makes the program again what TypeScript made it: a new one is made from it. */
  release(): void {
    Object.assign(this.#program, this.#own);
  }

  #holds(module: NonNullable<Resolution["resolvedModule"]>): boolean {
    const path = module.resolvedFileName;
    if (this.#own.getSourceFile(path) !== undefined || this.#host.isLeftOut(path)) return true;
    if (this.#isCopy(module)) return false;
    const text = this.#host.virtualText(path) ?? this.#host.libraryText(path);
    const file = text === undefined ? undefined : this.open(path, text);
    if (file && !this.#files.includes(file)) this.#files.push(file);
    return file !== undefined;
  }

  /** Whether the program holds the module from another place, where the same package is installed too. */
  #isCopy({ packageId, resolvedFileName }: NonNullable<Resolution["resolvedModule"]>): boolean {
    if (!packageId) return false;
    if (!this.#places) {
      const places = new Map<string, string>();
      this.#program.forEachResolvedModule(({ resolvedModule }) => {
        if (resolvedModule?.packageId)
          places.set(packageKey(resolvedModule.packageId), resolvedModule.resolvedFileName);
      });
      this.#places = places;
    }
    const key = packageKey(packageId);
    const known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, resolvedFileName);
    return known !== undefined && known !== resolvedFileName;
  }

  /** A module is named, in messages and declarations, as the file imports it. */
  #noteImports(file: BoundFile): void {
    const ts = this.#ts;
    const program = this.#program;
    const host = this.#host;
    const reasons = program.getFileIncludeReasons();
    for (const [index, specifier] of file.imports.entries()) {
      const mode = ts.getModeForUsageLocation(file, specifier, host.options);
      const resolved = program.getResolvedModule(file, specifier.text, mode)?.resolvedModule;
      const imported =
        resolved && (program.getSourceFile(resolved.resolvedFileName) as BoundFile | undefined);
      if (!imported) continue;
      const reason = { kind: importReason, file: file.path, index };
      const known = reasons.get(imported.path);
      if (known) known.push(reason);
      else reasons.set(imported.path, [reason]);
    }
  }
}

function packageKey({ name, subModuleName, version, peerDependencies }: PackageId): string {
  return JSON.stringify([name, subModuleName, version, peerDependencies]);
}

/**
 * Whether a file adds nothing to what other files see without importing it, and asks for no file but by
 * importing it.
 */
export function isSelfContained(file: BoundFile): boolean {
  return (
    file.externalModuleIndicator !== undefined &&
    file.moduleAugmentations.length === 0 &&
    file.jsGlobalAugmentations === undefined &&
    file.symbol?.globalExports === undefined &&
    file.referencedFiles.length === 0 &&
    file.typeReferenceDirectives.length === 0 &&
    file.libReferenceDirectives.length === 0
  );
}
