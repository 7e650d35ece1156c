import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../packages/kernel/bin/convfuse-kernel.js", import.meta.url));

/**
 * Installs the built kernel, as `convfuse`, for a user who has nothing else: with a data folder of its own below the
 * system's temporary one. Returns the environment in which Jupyter finds it there.
 */
export function kernelEnvironment(): { readonly [name: string]: string } {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-jupyter-"));
  const environment = {
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    IPYTHONDIR: join(folder, "ipython"),
  };
  execFileSync(execPath, [script, "install", "--user"], { env: { ...env, ...environment } });
  return environment;
}
