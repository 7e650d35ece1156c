// `npm run hub`: JupyterHub with separate unprivileged users, who run a lesson at once from one installation of the kernel.
// Prints for each kernel the time to its first reply and its memory, and what is left in the homes and of the processes.
// Fails where a cell does, a kernel takes more than 220 MiB, a process is left, or a file that is neither a notebook nor Jupyter's own.
// `-- --users N` (default 8). Needs root, who can become other users, Linux, and `node scripts/venv.mjs class`.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layOut } from "../../packages/python/installation.mjs";
import { pythonOf } from "../../scripts/venv.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({ options: { users: { type: "string", default: "8" } } });
const python = pythonOf("class");
if (python === null) throw new Error("no Python environment: run `node scripts/venv.mjs class`");
if (process.getuid?.() !== 0) throw new Error("only root can become other users");

/** One of the class. */
const other = { uid: 54_400, gid: 54_400 };
const work = realpathSync(mkdtempSync(join(tmpdir(), "convfuse-hub-")));
try {
  chmodSync(work, 0o755);
  await layOut(work);
  const script = join(work, "node_modules/@convfuse/kernel/bin/convfuse-kernel.js");
  execFileSync(execPath, [script, "install", "--prefix", work, "--no-history"], { stdio: "inherit" });
  const proxy = createRequire(import.meta.url).resolve("configurable-http-proxy/package.json");
  const lesson = join(here, "../../notebooks/05-pointwise.ipynb");
  const command = join(dirname(proxy), "bin/configurable-http-proxy");
  const config = join(here, "../../deploy/jupyterhub/jupyterhub_config.py");
  const args = [join(here, "hub.py"), work, execPath, command, lesson, config, values.users];
  const own = canRun(other, python) ? python : copyPython(join(work, "python"));
  if (!canRun(other, own)) throw new Error(`other users can run neither ${python} nor a copy of it`);
  process.exitCode = spawnSync(own, args, { stdio: "inherit", env: environment(own) }).status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 10 });
}

function canRun(user, path) {
  const start = { ...user, cwd: "/", env: environment(path) };
  return spawnSync(path, ["-c", "import jupyterhub"], start).status === 0;
}

/** A copy is told where its library and its packages are: they may be looked for where it was built, or in Debian's own folders. */
function environment(path) {
  if (path === python) return env;
  const lib = join(dirname(path), "../lib");
  return { ...env, LD_LIBRARY_PATH: lib, PYTHONPATH: join(lib, basename(path), "site-packages") };
}

/** A copy for everybody of a Python that lies in somebody's home, with what its environment holds. Gives back its interpreter. */
function copyPython(to) {
  const ask =
    "import json, os, sys, sysconfig as s; print(json.dumps([os.path.realpath(sys.executable), s.get_path('stdlib'), s.get_path('purelib'), sys.base_prefix, sys.prefix]))";
  const [binary, library, packages, base, prefix] = JSON.parse(
    execFileSync(python, ["-c", ask], { encoding: "utf8" }),
  );
  const name = basename(library);
  mkdirSync(join(to, "bin"), { recursive: true });
  mkdirSync(join(to, "lib", name), { recursive: true });
  copy(binary, join(to, "bin", name));
  for (const file of readdirSync(join(base, "lib")))
    if (/^libpython.*\.so/.test(file)) copy(join(base, "lib", file), join(to, "lib", file));
  for (const entry of readdirSync(library))
    if (!["site-packages", "test"].includes(entry)) copy(join(library, entry), join(to, "lib", name, entry));
  copy(packages, join(to, "lib", name, "site-packages"));
  for (const folder of ["share", "etc"]) copy(join(prefix, folder), join(to, folder));
  return join(to, "bin", name);
}

/** Without a second copy on the disk, where that is the same one. */
function copy(from, to) {
  if (!existsSync(from) || spawnSync("cp", ["-a", "--link", from, to]).status === 0) return;
  execFileSync("cp", ["-a", from, to]);
}
