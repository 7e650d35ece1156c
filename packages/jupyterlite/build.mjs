// Makes the extension and its wheel: dist/convfuse_jupyterlite-VERSION-py3-none-any.whl. Needs `npm run build`, this package's own
// dependencies (`node scripts/pnpm.mjs install --filter=@convfuse/jupyterlite`) and the Python environment "lite".
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../../scripts/venv.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "dist");
const kernel = join(here, "../kernel");

/** In bytes: what is larger is not copied into the kernel's memory. */
export const largestFile = 32 * 2 ** 20;

/** The interpreter that builds, whose folder the node of this process joins, since the builder looks for one on the PATH. */
export function litePython() {
  const python = pythonOf("lite");
  if (python === null) throw new Error("no Python environment: run `node scripts/venv.mjs lite`");
  return python;
}

/** Runs a Python module quietly; what it said is in the error, should it fail. */
export function runPython(args, cwd) {
  const env = { ...process.env, PATH: `${dirname(execPath)}:${process.env.PATH}` };
  execFileSync(litePython(), args, { cwd, env, stdio: "pipe", maxBuffer: 2 ** 28 });
}

/** Builds the extension and its wheel; gives back the wheel's path. */
export function buildWheel() {
  const worker = readFileSync(join(kernel, "dist/browser/worker.js"));
  // In its name, so that no browser takes an old one from its cache for a new page.
  const workerFile = `worker.${createHash("sha256").update(worker).digest("hex").slice(0, 20)}.js`;
  const { version } = manifest(join(kernel, "package.json"));
  writeConstants({ version, typescriptVersion: typescriptVersion(), workerFile, largestFile });
  execFileSync("npx", ["tsc", "-b", here], { cwd: join(here, "../.."), stdio: "pipe" });
  // `jupyter-builder build`, by the interpreter that has it.
  runPython(["-c", "from jupyter_builder.main import main; main()", "build", here], here);
  const target = join(dist, "labextension/static");
  writeFileSync(join(target, workerFile), worker);
  cpSync(join(kernel, "assets"), target, { recursive: true });
  return packed(version);
}

function packed(version) {
  const work = mkdtempSync(join(dist, "wheel-"));
  try {
    for (const name of ["README.md", "pyproject.toml", "convfuse_jupyterlite"])
      cpSync(join(here, name), join(work, name), {
        recursive: true,
        filter: (path) => !path.includes("__pycache__"),
      });
    cpSync(join(here, "../../LICENSE"), join(work, "LICENSE"));
    cpSync(join(dist, "labextension"), join(work, "labextension"), { recursive: true });
    const init = join(work, "convfuse_jupyterlite/__init__.py");
    writeFileSync(
      init,
      readFileSync(init, "utf8").replace(/__version__ = ".*"/, `__version__ = "${version}"`),
    );
    const installer = { packageManager: "python", packageName: "convfuse-jupyterlite" };
    const uninstall =
      "Use your Python package manager (pip, conda, ...) to uninstall the package convfuse-jupyterlite";
    writeFileSync(
      join(work, "labextension/install.json"),
      `${JSON.stringify({ ...installer, uninstallInstructions: uninstall }, null, 2)}\n`,
    );
    for (const name of readdirSync(dist)) if (name.endsWith(".whl")) rmSync(join(dist, name));
    runPython(["-m", "hatchling", "build", "-t", "wheel", "-d", dist], work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(
    dist,
    readdirSync(dist).find((name) => name.endsWith(".whl")),
  );
}

function writeConstants(constants) {
  const lines = Object.entries(constants).map(
    ([name, value]) => `export const ${name}: ${typeof value} = ${JSON.stringify(value)};\n`,
  );
  const text = `// Made by build.mjs.\n${lines.join("")}`;
  writeFileSync(join(here, "src/constants.generated.ts"), text);
}

function typescriptVersion() {
  return manifest(createRequire(join(kernel, "package.json")).resolve("typescript6/package.json")).version;
}

function manifest(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
