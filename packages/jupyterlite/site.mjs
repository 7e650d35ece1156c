// A static site with JupyterLab, notebooks and the kernel, as `jupyter lite build` makes it.
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { largestFile, runPython } from "./build.mjs";

/** Of a lecture's folder, what readers see: not what Node needs beside it. */
const hidden = /(^|\/)(node_modules|package\.json|\.[^/]*|__pycache__)(\/|$)/;

/**
 * Writes the site into `folder`, which is replaced whole once everything is there.
 *
 * @param wheel what {@link buildWheel} made
 * @param notebooks the folder of the notebooks, with their data
 */
export function writeLiteSite(wheel, notebooks, folder) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const contents = join(work, "contents");
    cpSync(notebooks, contents, {
      recursive: true,
      filter: (path) => !hidden.test(relative(notebooks, path).replaceAll(sep, "/")),
    });
    tellLarge(contents);
    writeFileSync(join(work, "jupyter-lite.json"), JSON.stringify(configuration(contents)));
    const site = join(work, "site");
    const options = {
      apps: ["lab"],
      cache_dir: join(work, "cache"),
      contents: [contents],
      federated_extensions: [wheel],
      lite_dir: work,
      no_sourcemaps: true,
      output_dir: site,
    };
    writeFileSync(join(work, "jupyter_lite_config.json"), JSON.stringify({ LiteBuildConfig: options }));
    runPython(["-m", "jupyterlite_core", "build"], work);
    rmSync(folder, { recursive: true, force: true });
    renameSync(site, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function configuration(contents) {
  return {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
      appName: "convfuse",
      defaultKernelName: "convfuse",
      // By these the kernel's extension sees which lessons have changed since a browser stored them.
      litePluginSettings: { "@convfuse/jupyterlite:lessons": { digests: digests(contents) } },
    },
  };
}

/** Says which files are there to be downloaded, but too large for cells to read: `drive-files.ts` leaves them out. */
function tellLarge(folder) {
  for (const file of filesBelow(folder)) {
    const { size } = statSync(file);
    if (size > largestFile && !file.endsWith(".ipynb"))
      console.warn(
        `lite: cells cannot read ${relative(folder, file)}: ${size} bytes; at most ${largestFile} fit the kernel`,
      );
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function digests(folder) {
  return Object.fromEntries(
    filesBelow(folder).map((file) => [
      relative(folder, file).replaceAll(sep, "/"),
      createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 20),
    ]),
  );
}
