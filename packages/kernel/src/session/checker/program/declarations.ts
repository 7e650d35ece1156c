import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";
import { type BoundFile, createRegistryWith, type KeyedRegistry } from "./internals.js";
import { parseOutlined } from "./postponed/parse-outlined.js";

/**
 * The files that programs are made of, and among them the declarations of packages, which stay as long as the
 * process.
 */
export interface Registry extends KeyedRegistry {
  readonly declarations: Declarations;
}

/** Declarations of packages have this version in every program: another text is another file. */
export const declarationVersion = "0";

const declarationFile = /\/node_modules\/.*\.d\.[cm]?ts$/;

/** Whether a file is the declarations of a package. */
export function isDeclaration(path: string): boolean {
  return declarationFile.test(path);
}

export function declarationRegistry(ts: TypeScript, jsDocParsingMode: ts.JSDocParsingMode): Registry {
  const declarations = new Declarations(ts);
  const registry = createRegistryWith(ts, jsDocParsingMode, declarations);
  return {
    ...registry,
    declarations,
    acquireDocumentWithKey(path, key, settings, bucket, snapshot, version, kind, how) {
      // The registry finds there what it would parse itself.
      if (isDeclaration(path) && typeof how === "object") {
        const name = registry.getDocumentRegistryBucketKeyWithMode(bucket, how.impliedNodeFormat);
        if (!declarations.getDocument(name, path))
          declarations.read(name, path, snapshot.getText(0, snapshot.getLength()), how);
      }
      return registry.acquireDocumentWithKey(path, key, settings, bucket, snapshot, version, kind, how);
    },
  };
}

/**
 * The declarations of packages that were parsed, whoever asked first: the living program, one in TypeScript's
 * own way, or who reads ahead. A parsed file is given for the text that it was made of and for no other, so
 * that one which nobody has imported yet shows nowhere, and one that was installed anew is parsed anew.
 */
export class Declarations {
  readonly #ts: TypeScript;
  readonly #files = new Map<string, BoundFile>();
  /** How many nodes the syntax trees had that were made. */
  nodes = 0;

  constructor(ts: TypeScript) {
    this.#ts = ts;
  }

  /** What a registry knows no more or not yet; `key` stands for the options that a file is parsed with. */
  getDocument(key: string, path: string): ts.SourceFile | undefined {
    return this.#files.get(`${key} ${path}`);
  }

  setDocument(key: string, path: string, file: ts.SourceFile): void {
    if (!isDeclaration(path)) return;
    this.#files.set(`${key} ${path}`, file as BoundFile);
    this.nodes += (file as BoundFile).nodeCount;
  }

  /** All that are kept. */
  files(): Iterable<ts.SourceFile> {
    return this.#files.values();
  }

  /** Has a file parsed anew by whoever wants it next. */
  forget(file: ts.SourceFile): void {
    for (const [key, known] of this.#files)
      if (known === file) {
        this.#files.delete(key);
        this.nodes -= known.nodeCount;
      }
  }

  /** The file with this text, parsed at most once. */
  read(
    key: string,
    path: string,
    text: string,
    options: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile {
    const known = this.getDocument(key, path);
    if (known?.text === text) return known;
    const file =
      parseOutlined(this.#ts, text, (outline) => this.#parse(path, outline, options)) ??
      this.#parse(path, text, options);
    this.setDocument(key, path, file);
    return file;
  }

  #parse(path: string, text: string, options: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile {
    const ts = this.#ts;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    return ts.createLanguageServiceSourceFile(path, snapshot, options, declarationVersion, false);
  }
}
