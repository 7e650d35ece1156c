// Opens the lecture in JupyterLab: makes the Python environment, installs both kernels into it (stock tslab, and ours), starts the server.
// `npm run lab -- --setup-only` stops before the server; every other argument goes to `jupyter lab`.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonOf } from "./venv.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const notebooks = join(root, "notebooks");
const args = process.argv.slice(2).filter((arg) => arg !== "--setup-only");

run("node", [join(root, "scripts/venv.mjs"), "jupyter"]);
const python = pythonOf("jupyter");
const tslab = dirname(createRequire(join(notebooks, "package.json")).resolve("tslab/package.json"));
run("node", [
  join(tslab, "bin/tslab"),
  "install",
  "--sys-prefix",
  "--python",
  python,
  "--binary",
  join(tslab, "bin/tslab"),
]);
run("node", [join(root, "packages/kernel/bin/convfuse-kernel.js"), "install", "--prefix", prefixOf(python)]);

if (process.argv.includes("--setup-only")) {
  console.log("JupyterLab and both kernels are ready.");
} else {
  run(python, ["-m", "jupyter", "lab", "--notebook-dir", notebooks, ...args]);
}

function prefixOf(interpreter) {
  return spawnSync(interpreter, ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" }).stdout.trim();
}

function run(command, commandArgs) {
  const { error, status } = spawnSync(command, commandArgs, { stdio: "inherit", cwd: root });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
