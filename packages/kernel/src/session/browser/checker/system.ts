import type ts from "typescript6";
import { notebookFolder, resolve } from "../paths.js";
import { entriesOf, isFile, isFolder, textOf, writeFile } from "../tree.js";

/** TypeScript's system calls, on the worker's file tree. */
export const system: ts.System = {
  args: [],
  newLine: "\n",
  useCaseSensitiveFileNames: true,
  write: () => {},
  readFile: textOf,
  writeFile,
  resolvePath: resolve,
  fileExists: isFile,
  directoryExists: isFolder,
  createDirectory: () => {},
  getExecutingFilePath: () => "/bundle/node_modules/typescript/lib/typescript.js",
  getCurrentDirectory: () => notebookFolder,
  getDirectories: (path) =>
    entriesOf(path)
      .filter(isFolder)
      .map((entry) => entry.replace(/^.*\//, "")),
  readDirectory: () => [],
  exit: () => {},
};
