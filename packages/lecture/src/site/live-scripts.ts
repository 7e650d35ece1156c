import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Notebook } from "@convfuse/kernel";
import { build } from "rolldown";

/** Made by `npm run build`. */
const sessionWorker = new URL("./browser/worker.js", import.meta.resolve("@convfuse/kernel"));

/** What a page with cells that run loads at once. */
export const liveStart: readonly string[] = ["live-start.js"];

const outputCollector = new URL("./headless/outputs.js", import.meta.resolve("@convfuse/kernel"));

/** Files that cells read: tensors and networks. */
const isData = (name: string): boolean => /\.(npy|npz|onnx|pth|safetensors)$/.test(name);

/**
 * Writes what live pages load: a few lines at once, the rest when a reader first runs or edits a cell. All of
 * it is scripts, since a page that was opened from a file may fetch nothing. Such a page may not start a
 * worker from a file either, so it has the worker's text in a script; one from a server starts the worker
 * itself, without reading it twice.
 *
 * @param notebooks the folder with the lessons, whose `data` cells read
 * @param assets the folder to write to
 */
export async function writeLiveScripts(notebooks: string, assets: string): Promise<void> {
  await writeFile(join(assets, "live-start.js"), await bundled("#live-start"));
  await writeFile(join(assets, "live.js"), await bundled("#live"));
  const worker = await readFile(sessionWorker, "utf8");
  await writeFile(join(assets, "session-worker.js"), worker);
  await writeFile(join(assets, "live-worker.js"), globalScript("convfuseSessionWorker", worker));
  await writeFile(join(assets, "live-files.js"), globalScript("convfuseFiles", await dataFiles(notebooks)));
}

/**
 * A script with a lesson's notebook, for its download. Images of plots are left out: the plots are there too.
 */
export function notebookScript(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const outputs = cell.outputs.map((output) => {
      if (!("data" in output) || output.data["application/vnd.plotly.v1+json"] === undefined) return output;
      const { "image/png": _, ...data } = output.data;
      return { ...output, data };
    });
    return { ...cell, outputs };
  });
  return globalScript("convfuseNotebook", { ...notebook, cells });
}

function globalScript(name: string, value: unknown): string {
  return `globalThis.${name} = ${JSON.stringify(value)};\n`;
}

const bundles = new Map<string, Promise<string>>();

/** One script of a browser's part and all that it imports; made once. */
function bundled(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? bundle(entry);
  bundles.set(entry, made);
  return made;
}

async function bundle(entry: string): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(import.meta.resolve(entry)),
    platform: "browser",
    write: false,
    // Of the kernel's index, which needs Node, a page has the part that puts outputs together.
    resolve: { alias: { "@convfuse/kernel$": fileURLToPath(outputCollector) } },
    output: { format: "iife", minify: true },
  });
  return output[0].code;
}

/** The lessons' data by path, in base64. */
async function dataFiles(notebooks: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(notebooks, "data");
  const names = await readdir(folder).catch(() => []);
  const contents = names
    .filter(isData)
    .map(async (name) => [`data/${name}`, await readFile(join(folder, name), "base64")] as const);
  return Object.fromEntries(await Promise.all(contents));
}
