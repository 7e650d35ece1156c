import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

/** Core as a developer's bundler makes it for a browser: one script that leaves the module in the global `convfuse`. */
export async function bundledCore({ minify = false } = {}): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve("@convfuse/core"));
  const output = (await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify, lib: { entry, formats: ["iife"], name: "convfuse" } },
  })) as Rolldown.RolldownOutput[];
  return output[0]?.output[0].code ?? "";
}
