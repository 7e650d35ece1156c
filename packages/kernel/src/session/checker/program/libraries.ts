import type ts from "typescript6";
import { engine } from "#host/checker/environment.js";
import { basename } from "#host/paths.js";
import type { Edit } from "../../unit.js";
import type { TypeScript } from "../typescript.js";
import { type Missing, MissingMembers } from "./missing-members.js";
import { nodeVersions } from "./node-versions.js";

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
  readonly #texts = new Map<string, ts.IScriptSnapshot>();
  readonly #lacks = new Map<string, Lack[]>();

  /**
   * @param gaps of the libraries where they are known; left out, each is looked at in this process when it is
   *   read
   */
  constructor(ts: TypeScript, gaps: LibraryGaps = {}) {
    this.#ts = ts;
    this.#gaps = gaps;
  }

  /** `text` reads the file, for the first time. */
  snapshot(path: string, text: () => string | undefined): ts.IScriptSnapshot | undefined {
    const known = this.#texts.get(path);
    if (known) return known;
    const read = text();
    if (read === undefined) return undefined;
    const file = basename(path);
    const snapshot = this.#ts.ScriptSnapshot.fromString(
      newLibrary.test(file) ? this.#reduced(file, read) : read,
    );
    this.#texts.set(path, snapshot);
    return snapshot;
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

  #reduced(file: string, text: string): string {
    const removed: Edit[] = [];
    const gaps = this.#gaps[file] ?? new MissingMembers(this.#ts).find(text);
    for (const { start, end, name, shown, holder } of gaps) {
      // Lines stay where they are.
      removed.push({ start, end, text: text.slice(start, end).replace(/[^\n]/g, " ") });
      const list = this.#lacks.get(name) ?? [];
      list.push({ shown, holder: holder === undefined ? undefined : mentionOf(holder) });
      this.#lacks.set(name, list);
    }
    let result = text;
    for (const { start, end, text: blank } of removed)
      result = result.slice(0, start) + blank + result.slice(end);
    return result;
  }
}

/** How a message names a value of a type that has the members of `holder`. */
function mentionOf(holder: string): RegExp {
  if (holder === "IteratorObject") return /Iterator|Generator/;
  if (holder === "Uint8Array") return /\b(Uint8Array|Buffer)\b/;
  return new RegExp(`\\b${holder.replace(/^.*\./, "")}\\b`);
}
