import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * A script that keeps the worker's whole code as a text: a page that was opened from a file can start no
 * worker in another way.
 */
export async function fuseWorkerScript(): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(import.meta.resolve("#fuse-worker")),
    platform: "browser",
    write: false,
    output: { format: "iife", minify: true },
  });
  return `globalThis.convfuseWorker = ${JSON.stringify(output[0].code)};\n`;
}
