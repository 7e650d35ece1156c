// `npm run lite:lessons`: every lesson of both languages in JupyterLite, in Chromium, held to the outputs that it is committed with
// (`-- --filter 05`: those with "05" in their path). Ends with `N passed, N failed`.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs, launchChromium } from "@convfuse/lecture";
import { openLiteNotebook, runAllCells, serveLiteSite } from "../support/lite-site.mjs";

const { values } = parseArgs({ options: { filter: { type: "string", default: "" } } });
const repository = fileURLToPath(new URL("../../", import.meta.url));
const notebooks = join(repository, "notebooks");
const names = (folder) =>
  readdirSync(join(notebooks, folder))
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .map((name) => folder + name);
const lessons = [...names(""), ...names("zh-CN/")].filter((path) => path.includes(values.filter));

const work = mkdtempSync(join(tmpdir(), "convfuse-lite-lessons-"));
const server = await serveLiteSite(join(repository, ".cache/lite"));
const browser = await launchChromium();
let failed = 0;
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  // Machines that stall are no failure.
  context.setDefaultTimeout(300_000);
  for (const path of lessons) {
    // One that cannot even be opened keeps the others from nothing.
    const differences = await differencesOf(context, path).catch((error) => [`  ${error.message}`]);
    if (differences.length > 0) failed++;
    console.log(`${differences.length === 0 ? "ok" : "FAILED"} ${path}`);
    for (const difference of differences) console.log(difference);
  }
} finally {
  await browser.close();
  server.close();
  rmSync(work, { recursive: true, force: true });
}
console.log(`${lessons.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && lessons.length > 0 ? 0 : 1;

async function differencesOf(context, path) {
  const problems = [];
  const page = await openLiteNotebook(context, server.address, path, problems);
  const file = join(work, "executed.ipynb");
  writeFileSync(file, await runAllCells(page));
  await page.close();
  const stored = readNotebook(join(notebooks, path));
  const codeCells = stored.cells.filter((cell) => cell.cell_type === "code");
  const committed = comparableOutputs(stored);
  const executed = comparableOutputs(readNotebook(file));
  const differing = committed.flatMap((cell, at) =>
    needsNode(codeCells[at]) || isDeepStrictEqual(cell, executed[at])
      ? []
      : [`  code cell ${at + 1}: ${JSON.stringify(executed[at])?.slice(0, 2000)}`],
  );
  return [...problems.map((problem) => `  ${problem}`), ...differing];
}

/** Whether a cell has another program compute, which only Node can load. */
function needsNode({ metadata }) {
  return (metadata.tags ?? []).some((tag) => tag.startsWith("node:"));
}
