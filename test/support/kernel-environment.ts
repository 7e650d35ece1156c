import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { notebooksFolder } from "./lecture.js";

const ours = fileURLToPath(new URL("../../packages/kernel/bin/convfuse-kernel.js", import.meta.url));

export interface KernelEnvironment {
  readonly [name: string]: string;
}

/**
 * Installs the built kernel, as `convfuse`, for a user who has nothing else: with folders of its own below the system's
 * temporary one. Returns the environment in which Jupyter finds it there, whatever the interpreter's own folders hold.
 */
export function kernelEnvironment(): KernelEnvironment {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-jupyter-"));
  const data = join(folder, "share", "jupyter");
  const environment = {
    // A virtual environment's kernels would else come before the user's.
    JUPYTER_PATH: data,
    JUPYTER_DATA_DIR: data,
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    IPYTHONDIR: join(folder, "ipython"),
  };
  execFileSync(execPath, [ours, "install"], { env: { ...env, ...environment } });
  return environment;
}

/** The same with stock tslab beside it, which is installed by Jupyter's own tool. */
export function bothKernelsEnvironment(interpreter: string): KernelEnvironment {
  const environment = kernelEnvironment();
  const manifest = createRequire(join(notebooksFolder, "package.json")).resolve("tslab/package.json");
  const tslab = join(dirname(manifest), "bin", "tslab");
  const prefix = join(environment.JUPYTER_DATA_DIR as string, "..", "..");
  const args = ["install", "--prefix", prefix, "--python", interpreter, "--binary", tslab];
  execFileSync(execPath, [tslab, ...args], { env: { ...env, ...environment }, stdio: "pipe" });
  return environment;
}
