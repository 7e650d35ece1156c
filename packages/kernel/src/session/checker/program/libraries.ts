import type ts from "typescript6";
import { engine } from "#host/checker/environment.js";
import { basename } from "#host/paths.js";
import type { TypeScript } from "../typescript.js";
import type { BoundFile } from "./internals.js";
import { LibraryText } from "./library-text.js";
import { declaredIn, type Missing, missingOf } from "./missing-members.js";
import { nodeVersions } from "./node-versions.js";
import { isPostponed } from "./postponed/postponed-nodes.js";

/** Libraries of years that the oldest supported Node does not have in full; decorators have types alone. */
export const newLibrary: RegExp = /^lib\.(es20(2[4-9]|[3-9]\d)|esnext)\.(?!decorators\.)[\w.]+\.d\.ts$/;

/** By a library's file name: what it declares and the running Node lacks. */
export interface LibraryGaps {
  readonly [file: string]: readonly Missing[];
}

/** Something of JavaScript that this Node lacks. */
interface Lack {
  /** As one would write it: "Set.prototype.union". */
  readonly shown: string;
  /** What TypeScript's message about it names; undefined for a name of its own. */
  readonly holder: RegExp | undefined;
}

/**
 * The texts of packages' declarations, which do not change, and of JavaScript's own library, in which only
 * that stays what the running Node has: everything else would pass the check and then fail.
 */
export class Libraries {
  readonly #ts: TypeScript;
  readonly #gaps: LibraryGaps;
  readonly #texts = new Map<string, LibraryText>();
  readonly #lacks = new Map<string, Lack[]>();

  /**
   * @param gaps of the libraries where they are known; left out, each is looked at in this process when it is
   *   read
   */
  constructor(ts: TypeScript, gaps: LibraryGaps = {}) {
    this.#ts = ts;
    this.#gaps = gaps;
  }

  /** `text` reads the file. */
  snapshot(path: string, text: () => string | undefined): ts.IScriptSnapshot | undefined {
    const known = this.#texts.get(path);
    if (known) return known;
    const read = text();
    if (read === undefined) return undefined;
    const file = basename(path);
    const gaps = newLibrary.test(file) ? (this.#gaps[file] ?? missingOf(declaredIn(this.#ts, read))) : [];
    this.#note(gaps);
    const snapshot = new LibraryText(reduced(read, gaps), () => {
      const again = text();
      return again === undefined ? undefined : reduced(again, gaps);
    });
    this.#texts.set(path, snapshot);
    return snapshot;
  }

  /**
   * Lets go of the texts of parsed files, and of all others that were read; who asks for one has it read
   * again.
   */
  releaseTexts(files: Iterable<ts.SourceFile>): void {
    const { sys } = this.#ts;
    for (const file of files) {
      const { fileName, text } = file;
      const known = this.#texts.get(fileName) ?? new LibraryText(text, () => sys.readFile(fileName));
      keepNames(this.#ts, file as BoundFile);
      known.release();
      Object.defineProperty(file, "text", { get: () => known.text, configurable: true, enumerable: true });
    }
    for (const text of this.#texts.values()) text.release();
  }

  /** What to say of a name that the checker did not find, where another Node has it. */
  explain(name: string, message: string): string | undefined {
    const lack = this.#lacks
      .get(name)
      ?.find(({ holder }) => (holder ? holder.test(message) : !/^Property /.test(message)));
    if (!lack) return undefined;
    const since = nodeVersions[lack.shown];
    const running = `${engine.name} ${engine.version}`;
    return since === undefined || engine.name !== "Node"
      ? `${lack.shown} does not exist in ${running}, which runs this notebook`
      : `${lack.shown} exists from Node ${since} on; this notebook runs in ${running}`;
  }

  #note(gaps: readonly Missing[]): void {
    for (const { name, shown, holder } of gaps) {
      const list = this.#lacks.get(name) ?? [];
      list.push({ shown, holder: holder === undefined ? undefined : mentionOf(holder) });
      this.#lacks.set(name, list);
    }
  }
}

/** A library's text without its gaps; lines stay where they are. */
function reduced(text: string, gaps: readonly Missing[]): string {
  let result = text;
  for (const { start, end } of gaps)
    result = result.slice(0, start) + result.slice(start, end).replace(/[^\n]/g, " ") + result.slice(end);
  return result;
}

/**
 * Has V8 keep a file's names by themselves, as it does with names of properties: a longer one is a part of
 * the file's text to it, and would hold all of that.
 */
function keepNames(ts: TypeScript, file: BoundFile): void {
  const names: { [name: string]: true } = Object.create(null);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names[node.escapedText as string] = true;
    else if (ts.isLiteralExpression(node)) names[node.text] = true;
    const { name } = node as ts.NamedDeclaration;
    if (!isPostponed(node)) ts.forEachChild(node, visit);
    else if (name) visit(name);
  };
  visit(file);
  for (const name of file.identifiers.keys()) names[name] = true;
  for (const references of [file.referencedFiles, file.typeReferenceDirectives, file.libReferenceDirectives])
    for (const { fileName } of references) names[fileName] = true;
}

/** How a message names a value of a type that has the members of `holder`. */
function mentionOf(holder: string): RegExp {
  if (holder === "IteratorObject") return /Iterator|Generator/;
  if (holder === "Uint8Array") return /\b(Uint8Array|Buffer)\b/;
  return new RegExp(`\\b${holder.replace(/^.*\./, "")}\\b`);
}
