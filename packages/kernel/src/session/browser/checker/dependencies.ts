import { entriesOf } from "../tree.js";

/** What a cell can import by a package's name, and a word that changes with it. */
export function dependencies(_folder: string): { readonly names: readonly string[]; readonly stamp: string } {
  const scopes = entriesOf("/node_modules").flatMap((path) =>
    path.startsWith("/node_modules/@") ? entriesOf(path) : [path],
  );
  const names = scopes
    .map((path) => path.slice("/node_modules/".length))
    .filter((name) => !name.startsWith("@types/"));
  return { names, stamp: "" };
}
