import type { TypeScript } from "../typescript.js";
import type { Importable } from "./package-exports.js";

/** The most names that are offered. */
const most = 50;

/** A completion that replaces what stands from `start` on. */
export interface ImportingEntry {
  readonly text: string;
  readonly type: string;
}

/**
 * Completions of a name that is not there yet, with the import that brings it: a front end only replaces text
 * in one place, so each begins where the statement does.
 */
export function importingEntries(
  ts: TypeScript,
  code: string,
  wordStart: number,
  importable: readonly Importable[],
): { readonly start: number; readonly entries: readonly ImportingEntry[] } {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext);
  const statement = file.statements.find((node) => node.getStart(file) <= wordStart && wordStart < node.end);
  const start = statement?.getStart(file) ?? wordStart;
  const before = code.slice(start, wordStart);
  const entries = importable.slice(0, most).map(({ name, specifier, isDefault }) => ({
    text: `import ${isDefault ? name : `{ ${name} }`} from "${specifier}";\n${before}${name}`,
    type: "import",
  }));
  return { start, entries };
}
