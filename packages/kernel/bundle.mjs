// Makes few files of the many that a kernel starts from: finding and reading some hundred small ones takes its processes longer.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const dist = fileURLToPath(new URL("dist/", import.meta.url));

/**
 * Writes bundles into `dir`, a copy of dist, over the modules that programs begin with. The other modules stay: the start-up
 * snapshot is made of them, and cells are checked against their types. `session/build-id` says what all of it was made from.
 */
export async function bundleKernel(dir) {
  await bundle(dir, "", { cli: "cli.js", index: "index.js" });
  // By itself, in the session's own folder: a cell's stack shows nothing that lies there.
  await bundle(dir, "session/node/runtime/", { main: "session/node/runtime/main.js" });
  writeFileSync(join(dir, "session/build-id"), `${digest(dir)}\n`);
}

/** Writes into `dir`/`folder` a file for each entry, and those that entries share or load later. */
async function bundle(dir, folder, entries) {
  await build({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(dist, file)])),
    platform: "node",
    // Packages, and Node's own modules.
    external: /^[@a-z][^:]|^node:/,
    plugins: [keepPlaces(folder)],
    output: { dir: join(dir, folder), format: "esm", chunkFileNames: "bundled-[name].js" },
  });
}

/** A module finds what lies beside it by its own URL: in a bundle it is told where it would lie. */
function keepPlaces(folder) {
  const mark = (path) => `__placeOf(${JSON.stringify(path)})`;
  return {
    name: "keep-places",
    transform(code, id) {
      const path = relative(dist, id).replaceAll(sep, "/");
      return code.replaceAll("import.meta.url", mark(path));
    },
    renderChunk(code, { fileName }) {
      const here = dirname(folder + fileName);
      return code.replace(/__placeOf\("(.*?)"\)/g, (_, path) => {
        const way = relative(here, path).replaceAll(sep, "/");
        return `new URL(${JSON.stringify(`./${way}`)}, import.meta.url).href`;
      });
    },
  };
}

function digest(dir) {
  const hash = createHash("sha256");
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(relative(dir, path).replaceAll(sep, "/")).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}
