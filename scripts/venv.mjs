// Makes the Python environments of the tests: `node scripts/venv.mjs jupyter`, `torch`, `class`, `lite` or `networks`.
// An environment that is there already is left as it is, unless its requirements have changed.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { argv, env, platform, stderr } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Per environment: its folder, its pinned requirements, and the variable that names an interpreter to use instead. */
const environments = {
  jupyter: { folder: ".venv", requirements: "test/jupyter/requirements.txt", override: "CONVFUSE_PYTHON" },
  torch: {
    folder: ".venv-torch",
    requirements: "test/goldens/requirements.txt",
    override: "CONVFUSE_TORCH_PYTHON",
  },
  class: {
    folder: ".venv-class",
    requirements: "test/class/requirements.txt",
    override: "CONVFUSE_CLASS_PYTHON",
  },
  lite: {
    folder: ".venv-lite",
    requirements: "packages/jupyterlite/requirements.txt",
    override: "CONVFUSE_LITE_PYTHON",
  },
  networks: {
    folder: ".venv-networks",
    requirements: "test/onnx-networks/requirements.txt",
    override: "CONVFUSE_NETWORKS_PYTHON",
    // The list is complete; what the packages ask for beyond it is for training, exporting to other formats, or a screen.
    flags: ["--no-deps"],
  },
};

function interpreterIn(folder) {
  return platform === "win32"
    ? join(root, folder, "Scripts", "python.exe")
    : join(root, folder, "bin", "python");
}

/** The interpreter of an environment, or null where nobody has made it. */
export function pythonOf(name) {
  const { folder, override } = environments[name];
  if (env[override]) return env[override];
  return existsSync(join(root, folder, "requirements.txt")) ? interpreterIn(folder) : null;
}

function run(command, args) {
  const { error, status } = spawnSync(command, args, { stdio: "inherit", cwd: root });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${status}`);
}

function basePython() {
  const candidates = platform === "win32" ? ["py", "python"] : ["python3", "python"];
  // The packages that are pinned need Python 3.11.
  const check = ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"];
  const found = candidates.find((candidate) => spawnSync(candidate, check).status === 0);
  if (!found) {
    throw new Error("no Python of 3.11 or newer with its venv module is on the PATH (Debian: python3-venv)");
  }
  return found;
}

function make(name) {
  const { folder, requirements, override, flags = [] } = environments[name];
  if (env[override]) {
    stderr.write(`${name}: using ${override}=${env[override]}\n`);
    return;
  }
  const wanted = join(root, requirements);
  // A copy of what was installed: written last, so a broken installation is made anew.
  const installed = join(root, folder, "requirements.txt");
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(wanted, "utf8")) return;
  rmSync(join(root, folder), { recursive: true, force: true });
  run(basePython(), ["-m", "venv", folder]);
  run(interpreterIn(folder), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...flags,
    "--requirement",
    requirements,
  ]);
  copyFileSync(wanted, installed);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const names = argv.slice(2);
  const unknown = names.filter((name) => !(name in environments));
  if (names.length === 0 || unknown.length > 0) {
    stderr.write(`usage: node scripts/venv.mjs ${Object.keys(environments).join(" | ")}\n`);
    process.exitCode = 2;
  } else {
    for (const name of names) make(name);
  }
}
