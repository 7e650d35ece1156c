import { readFile } from "node:fs/promises";

/** What CITATION.cff says, as far as the site shows it. */
export interface Citation {
  readonly title: string;
  readonly author: string;
  readonly version: string;
}

/**
 * Reads a citation file: flat keys and one named entity as the author, which is the part of the format that
 * ours has.
 * @throws {Error} if a key is missing
 */
export async function readCitation(file: string): Promise<Citation> {
  const text = await readFile(file, "utf8");
  const value = (key: string): string => {
    const found = new RegExp(`^(?: *- )?${key}: *"?(.*?)"?$`, "m").exec(text)?.[1];
    if (found === undefined) throw new Error(`CITATION.cff: it has no ${key}`);
    return found;
  };
  return {
    title: value("title"),
    author: value("name"),
    version: value("version"),
  };
}

/** A citation as BibTeX. The second pair of braces keeps the author's name in one piece. */
export function bibtex({ title, author, version }: Citation): string {
  return `@software{convfuse,
  author  = {{${author}}},
  title   = {{${title}}},
  version = {${version}}
}`;
}
