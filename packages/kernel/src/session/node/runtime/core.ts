import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** `@convfuse/core` as the notebook's folder has it. */
export function importCore(): Promise<{ readonly format?: unknown }> {
  const require = createRequire(`${process.cwd()}/notebook.js`);
  return import(pathToFileURL(require.resolve("@convfuse/core")).href) as Promise<{
    readonly format?: unknown;
  }>;
}
