import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A session's processes are Node's own, which run what is built: so that suites run the sources that they stand beside, the
 * kernel is built before any of them. (What is up to date is left alone.)
 */
export function setup(): void {
  const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  execFileSync(execPath, [join(compiler, "bin/tsc"), "-b", join(root, "packages/kernel")], {
    stdio: "inherit",
  });
}
