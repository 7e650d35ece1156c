import { notebookFile } from "./imports.js";

/** `import.meta` of a cell. */
export const cellMeta: { readonly url: string; readonly filename: string; readonly dirname: string } =
  Object.assign(Object.create(null) as object, {
    url: `file://${notebookFile}`,
    filename: notebookFile,
    dirname: notebookFile.replace(/\/[^/]*$/, ""),
  });
