// Runs the one pnpm version that package.json pins (config.pnpm), so that nothing but Node has to be installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const args = ["--yes", `pnpm@${manifest.config.pnpm}`, ...process.argv.slice(2)];
const result = spawnSync("npx", args, { stdio: "inherit", shell: process.platform === "win32" });
if (result.error) throw result.error;
process.exitCode = result.status ?? 1;
