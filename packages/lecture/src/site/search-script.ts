import { fileURLToPath } from "node:url";
import { build } from "rolldown";

let made: Promise<string> | undefined;

/**
 * The search itself as a script for pages, which load it, and what it searches, when somebody searches. Made
 * once a process.
 */
export function searchScript(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(import.meta.resolve("#search")),
    platform: "browser",
    write: false,
    output: { format: "iife", name: "convfuseSearch", minify: true },
  });
  return output[0].code;
}
