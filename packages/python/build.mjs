// `npm run wheel`: makes packages/python/dist/convfuse-VERSION-py3-none-any.whl, with hatchling of the Python environment "class".
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../../scripts/venv.mjs";
import { layOut } from "./installation.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Builds the wheel in `work`, a folder that is emptied first; gives back its path. */
export async function buildWheel(work = join(here, "dist")) {
  const python = pythonOf("class");
  if (python === null) throw new Error("no Python environment: run `node scripts/venv.mjs class`");
  const source = join(work, "source");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const name of ["README.md", "pyproject.toml"]) cpSync(join(here, name), join(source, name));
  cpSync(join(here, "../../LICENSE"), join(source, "LICENSE"));
  const isSource = (path) => !path.includes("__pycache__");
  cpSync(join(here, "src"), join(source, "src"), { recursive: true, filter: isSource });
  await layOut(join(source, "src/convfuse"));
  writeKernelSpec(join(source, "kernelspec"));
  const { version } = JSON.parse(readFileSync(join(here, "../kernel/package.json"), "utf8"));
  const init = join(source, "src/convfuse/__init__.py");
  writeFileSync(init, readFileSync(init, "utf8").replace(/__version__ = ".*"/, `__version__ = "${version}"`));
  execFileSync(python, ["-m", "hatchling", "build", "-t", "wheel", "-d", work], {
    cwd: source,
    stdio: "pipe",
  });
  rmSync(source, { recursive: true });
  return join(
    work,
    readdirSync(work).find((name) => name.endsWith(".whl")),
  );
}

/** The kernelspec of `convfuse-kernel install`, but that a wheel does not know where it will lie: Jupyter's own Python finds it. */
function writeKernelSpec(folder) {
  cpSync(join(here, "../kernel/assets"), folder, { recursive: true });
  const spec = {
    argv: ["python", "-m", "convfuse.kernel", "start", "{connection_file}"],
    display_name: "TypeScript (convfuse)",
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: true, supported_encryption: "curve" },
  };
  writeFileSync(join(folder, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(await buildWheel());
