import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { notebookFile } from "./imports.js";
import { placeOf } from "./resolve.js";

/** `import.meta` of a cell. */
export const cellMeta: ImportMeta = Object.assign(Object.create(null), {
  url: pathToFileURL(notebookFile).href,
  filename: notebookFile,
  dirname: dirname(notebookFile),
  resolve: (specifier: string): string => {
    const found = createRequire(placeOf(specifier, notebookFile)).resolve(specifier);
    return found.startsWith("/") ? pathToFileURL(found).href : found;
  },
});
