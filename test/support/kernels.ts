import { execFileSync } from "node:child_process";
import { env } from "node:process";
import { fileURLToPath } from "node:url";

const lab = fileURLToPath(new URL("../../scripts/lab.mjs", import.meta.url));

/** Installs both kernels (stock tslab, and ours) into the environment of that interpreter, as `npm run lab` does. */
export function installKernels(interpreter: string): void {
  execFileSync("node", [lab, "--setup-only"], {
    env: { ...env, CONVFUSE_PYTHON: interpreter },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
