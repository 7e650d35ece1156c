import { existsSync } from "node:fs";
import { env, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { findChromium } from "@convfuse/lecture";
import { pythonOf } from "../../scripts/venv.mjs";

/** What a suite needs from the machine, beyond Node. */
export type Requirement = { readonly path: string } | { readonly path: null; readonly reason: string };

/** The Python interpreter of an environment that `node scripts/venv.mjs` makes. */
export function python(environment: "jupyter" | "torch" | "class" | "lite"): Requirement {
  const path = pythonOf(environment);
  if (path !== null) return { path };
  return { path, reason: `no Python environment: run \`node scripts/venv.mjs ${environment}\`` };
}

/** Chromium, where the lecture finds it. */
export function chromium(): Requirement {
  const path = findChromium();
  if (path !== undefined) return { path };
  return { path: null, reason: "no Chromium in its usual places, and CONVFUSE_CHROMIUM is not set" };
}

/** What bundles the extension for JupyterLite, which `npm run setup` leaves out. */
export function jupyterliteBuilder(): Requirement {
  const path = fileURLToPath(
    new URL("../../packages/jupyterlite/node_modules/@jupyter/builder", import.meta.url),
  );
  if (existsSync(path)) return { path };
  return { path: null, reason: "no builder of JupyterLab's extensions: run `npm run lite`" };
}

/**
 * The path, or `null` where the machine lacks it and the suite is to be skipped with the reason printed. With `CI=true`
 * nothing may be skipped, so what is absent is an error:
 *
 *     const interpreter = requirement(python("jupyter"));
 *     describe.skipIf(interpreter === null)("...", () => ...);
 */
export function requirement(need: Requirement): string | null {
  if (need.path !== null) return need.path;
  if (env.CI === "true") throw new Error(`CI=true skips nothing, but ${need.reason}`);
  stderr.write(`skipped: ${need.reason}\n`);
  return null;
}
