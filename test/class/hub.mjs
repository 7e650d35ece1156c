// `npm run hub`: JupyterHub with separate unprivileged users, who run a lesson at once from one installation of the kernel.
// Prints for each kernel the time to its first reply and its memory, and what is left in the homes and of the processes.
// `-- --users N` (default 8). Needs root, who can become other users, Linux, and `node scripts/venv.mjs class`.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layOut } from "../../packages/python/installation.mjs";
import { pythonOf } from "../../scripts/venv.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({ options: { users: { type: "string", default: "8" } } });
const python = pythonOf("class");
if (python === null) throw new Error("no Python environment: run `node scripts/venv.mjs class`");
if (process.getuid?.() !== 0) throw new Error("only root can become other users");
const other = { uid: 54_400, gid: 54_400, encoding: "utf8" };
const { error, status } = spawnSync(python, ["--version"], other);
if (error || status !== 0)
  throw new Error(`other users cannot run ${python}, or what it leads to: ${error ?? status}`);

const work = realpathSync(mkdtempSync(join(tmpdir(), "convfuse-hub-")));
try {
  chmodSync(work, 0o755);
  await layOut(work);
  const script = join(work, "node_modules/@convfuse/kernel/bin/convfuse-kernel.js");
  execFileSync(execPath, [script, "install", "--prefix", work], { stdio: "inherit" });
  const proxy = createRequire(import.meta.url).resolve("configurable-http-proxy/package.json");
  const lesson = join(here, "../../notebooks/05-pointwise.ipynb");
  const command = join(dirname(proxy), "bin/configurable-http-proxy");
  const args = [join(here, "hub.py"), work, execPath, command, lesson, values.users];
  process.exitCode = spawnSync(python, args, { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 10 });
}
