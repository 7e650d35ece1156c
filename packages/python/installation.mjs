// The built packages in one node_modules, as an installation of them lies on a disk: what the wheel carries. Needs `npm run build`.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCore } from "../core/bundle.mjs";
import { bundleKernel } from "../kernel/bundle.mjs";

const packages = fileURLToPath(new URL("..", import.meta.url));

/** What of our own packages is needed to run: their sources stay here. */
const ours = {
  kernel: ["assets", "bin", "dist"],
  core: ["dist"],
  figures: ["dist"],
  cli: ["bin", "dist/bundle"],
};

/** Of packages that hold more than a program needs: what is taken, given a file's path in the package, and the package's folder. */
const parts = {
  // The compiler as a library, and the declarations of JavaScript's own.
  typescript: (path) => /^(LICENSE|ThirdParty)|^lib\/(typescript\.js|lib\..*\.ts|lib\.d\.ts)$/.test(path),
  // What loads its binaries, and those for every system that it would load: its folder holds more, which nothing names.
  zeromq: (path, place) =>
    /^LICENSE|^lib\/.*\.js$|^build\/manifest\.json$/.test(path) || binaries(place).has(path),
  "cmake-ts": (path) => /^LICENSE|^build\/loader\.js$/.test(path),
  // Only a compiler of C++ reads it.
  "node-addon-api": undefined,
};

/** The binaries that a manifest of cmake-ts names, each in the manner of the system that built it. */
function binaries(place) {
  const manifest = JSON.parse(readFileSync(join(place, "build/manifest.json"), "utf8"));
  return new Set(Object.values(manifest).map((path) => `build/${path.replaceAll("\\", "/")}`));
}

/**
 * Lays the kernel, core, figures and the command out in `folder`/node_modules. What the kernel depends on lies inside it, so that
 * notebooks do not see it; what core depends on lies beside it, since tensors are made of it.
 */
export async function layOut(folder) {
  const modules = join(folder, "node_modules");
  for (const [name, files] of Object.entries(ours)) {
    const from = join(packages, name);
    const manifest = manifestOf(from);
    const to = join(modules, manifest.name);
    for (const file of files)
      copy(
        join(from, file),
        join(to, file),
        (path) => !/\.(map|tsbuildinfo)$/.test(path) && isWanted(name, path),
      );
    writeManifest(to, manifest);
    const inside = name === "kernel" ? join(to, "node_modules") : modules;
    for (const dependency of Object.keys(manifest.dependencies ?? {}))
      if (!dependency.startsWith("@convfuse/")) copyInstalled(dependency, from, inside);
  }
  await bundleCore(join(modules, "@convfuse/core/dist"));
  await bundleKernel(join(modules, "@convfuse/kernel/dist"));
}

/** Of core, one file is imported, which is bundled below; the others say what its types are. Of the kernel, what is for browsers stays. */
function isWanted(name, path) {
  if (name === "core") return path.endsWith(".d.ts");
  return name !== "kernel" || !path.startsWith("browser/");
}

/** A dependency of an installed package, with its own. The name may be an alias. */
function copyInstalled(name, from, modules) {
  const place = realpathSync(folderOf(name, from));
  const manifest = manifestOf(place);
  if (manifest.name in parts && parts[manifest.name] === undefined) return;
  const to = join(modules, name);
  if (existsSync(to)) return;
  const wanted = parts[manifest.name];
  copy(place, to, (path) => {
    if (/(^|\/)node_modules\//.test(path)) return false;
    return wanted === undefined || path === "package.json" || wanted(path, place);
  });
  for (const dependency of Object.keys(manifest.dependencies ?? {}))
    copyInstalled(dependency, place, modules);
}

function folderOf(name, from) {
  const places = createRequire(join(realpathSync(from), "package.json")).resolve.paths(name);
  const found = places
    .map((place) => join(place, name))
    .find((place) => existsSync(join(place, "package.json")));
  if (found === undefined) throw new Error(`${name}, on which ${basename(from)} depends, is not installed`);
  return found;
}

/** Copies the files of a folder whose paths in it are wanted. */
function copy(from, to, isWanted) {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const within = relative(from, file);
    if (!entry.isFile() || !isWanted(within.replaceAll(sep, "/"))) continue;
    mkdirSync(dirname(join(to, within)), { recursive: true });
    copyFileSync(file, join(to, within));
  }
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** A manifest as it is published, without the ways to what is for browsers. */
function writeManifest(to, { scripts, devDependencies, publishConfig = {}, ...manifest }) {
  const published = { ...manifest, ...publishConfig };
  const text = JSON.stringify(
    published,
    (key, value) => (/^(\.\/)?browser$/.test(key) ? undefined : value),
    2,
  );
  writeFileSync(join(to, "package.json"), `${text}\n`);
}
