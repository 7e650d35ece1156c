import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Notebook } from "@convfuse/kernel";

/** For each package, the page of the API reference that each of its public names has. */
type ApiPages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The names that a lesson's code may use, each with the address of its page. */
export type ApiLinks = ReadonlyMap<string, string>;

/** Reads the list that `npm run api` writes beside the reference; undefined where none was written. */
export function readApiPages(folder: string): ApiPages | undefined {
  const file = join(folder, "names.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/**
 * What a lesson imports by name from documented packages: `add` is a page's only where it came from there.
 *
 * @param pages of {@link readApiPages}
 * @param base from the lesson's page to the reference's folder, with a slash at its end
 */
export function apiLinks({ cells }: Notebook, pages: ApiPages, base: string): ApiLinks {
  const links = new Map<string, string>();
  for (const { cell_type, source } of cells) {
    if (cell_type !== "code") continue;
    for (const [, names, from] of source.matchAll(/^import (?:type )?\{([^}]*)\} from "([^"]+)"/gm)) {
      for (const name of (names as string).split(",")) {
        const [, imported, local] = /^\s*(?:type )?(\w+)(?: as (\w+))?\s*$/.exec(name) ?? [];
        const page = pages[from as string]?.[imported ?? ""];
        if (page !== undefined) links.set((local ?? imported) as string, base + page);
      }
    }
  }
  return links;
}
