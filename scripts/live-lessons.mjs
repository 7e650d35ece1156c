// `npm run live:lessons`: every lesson's page in both languages, run in Chromium and in Firefox, from files and from a static server, held to
// the outputs that it was built with (`-- --filter 05`: those with "05" in their name; `-- --browser firefox`: one browser). The suite is
// that of `npm test`, which runs two lessons.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const names = { chromium: "Chromium", firefox: "Firefox" };
const { values } = parseArgs({
  options: { filter: { type: "string", default: "." }, browser: { type: "string" } },
});
const { filter, browser } = values;
if (browser !== undefined && !Object.hasOwn(names, browser))
  throw new RangeError(`live:lessons: --browser is one of ${Object.keys(names).join(", ")}; got ${browser}`);

const { status } = spawnSync(
  "npx",
  [
    "--no-install",
    "vitest",
    "run",
    "test/browser/live-lessons.test.ts",
    "--reporter=verbose",
    ...(browser === undefined ? [] : ["-t", `in ${names[browser]} to`]),
  ],
  {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, CONVFUSE_LIVE_LESSONS: filter },
    stdio: "inherit",
    shell: process.platform === "win32",
  },
);
process.exitCode = status ?? 1;
