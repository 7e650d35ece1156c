// `npm run live:memory`: whether a live page's memory stays flat over 500 runs of its cells, in Chromium: text, a plot, HTML, and a cell
// that throws. The heaps of the page and of its worker are looked at after everything was collected that could be (`-- --runs 50`: fewer
// runs). `-- --edit`: the text cell is another one each time, with a completion in between; what somebody has typed the browser keeps for
// its own Undo, up to a thousand steps. No test depends on it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildSite, findChromium } from "@convfuse/lecture";
import { launch } from "puppeteer-core";
import { serveFolder } from "../support/static-server.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "500" }, edit: { type: "boolean", default: false } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 20 || runs % 10 > 0)
  throw new RangeError(`live:memory: --runs is a multiple of 10, at least 20; got ${values.runs}`);
/** How much more the second half of the runs may hold than the first, at the most: code is compiled for longer than a run takes. */
const mostGrowth = values.edit ? 0.1 : 0.05;

const plot = '{ "application/vnd.plotly.v1+json": { data: [{ y: [1, 3, 2] }], layout: {} } }, { raw: true }';
const cells = [
  (run) => `const run = ${run};\nconsole.log("run", run);\n[run, { run }]`,
  () => `jupyter.display(${plot});`,
  () => "jupyter.html`<table><tr><td>1</td><td>2</td></tr></table>`",
  () => 'throw new RangeError("as meant");',
];

const work = mkdtempSync(join(tmpdir(), "convfuse-live-memory-"));
const site = join(work, "site");
await buildSite(fileURLToPath(new URL("../../notebooks", import.meta.url)), site);
const server = await serveFolder(site);
const browser = await launch({
  executablePath: findChromium(),
  args: ["--no-sandbox", "--disable-gpu"],
  protocolTimeout: 600_000,
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(`${server.origin}/playground.html`);
  for (let n = 1; n < cells.length; n++) await page.click('[data-do="addCell"]');
  await page.waitForSelector(`[data-cell="${cells.length - 1}"] [role=textbox]`);
  const devtools = await page.createCDPSession();

  const source = (cell) => `[data-cell="${cell}"] [role=textbox]`;
  /** What a handle leads to stays in memory: a list of completions that was closed, for one. */
  async function seen(selector) {
    await (await page.waitForSelector(selector))?.dispose();
  }
  async function write(cell, code) {
    await page.focus(source(cell));
    await seen(`[data-cell="${cell}"] .cm-content`);
    await page.focus(source(cell));
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await devtools.send("Input.insertText", { text: code });
  }
  async function run(cell) {
    await page.click(`[data-cell="${cell}"] [data-do="run"]`);
    await seen(`[data-cell="${cell}"]:is([data-state="done"], [data-state="failed"])`);
  }
  /** The bytes that a heap has in use once it was collected, and what its buffers take. */
  async function heap(client) {
    await client.send("HeapProfiler.collectGarbage");
    const {
      usedSize,
      backingStorageSize = 0,
      embedderHeapUsedSize = 0,
    } = await client.send("Runtime.getHeapUsage");
    return usedSize + backingStorageSize + embedderHeapUsedSize;
  }

  for (const [cell, text] of cells.entries()) await write(cell, text(0));
  const looks = [];
  for (let n = 1; n <= runs; n++) {
    if (values.edit) await write(0, cells[0](n));
    for (const cell of cells.keys()) await run(cell);
    if (values.edit) {
      await write(0, "[1].redu");
      await seen("[role=listbox] [role=option]");
      await page.keyboard.press("Escape");
    }
    if (n % (runs / 10) > 0) continue;
    const [worker] = page.workers();
    const look = { n, page: (await heap(devtools)) / 1e6, worker: (await heap(worker.client)) / 1e6 };
    looks.push(look);
    console.log(`after ${n} runs: page ${look.page.toFixed(2)} MB, worker ${look.worker.toFixed(2)} MB`);
  }
  // The checker begins anew now and then, so the largest of each half are compared.
  const largest = (from, to) => Math.max(...looks.slice(from, to).map(({ page, worker }) => page + worker));
  const growth = largest(5, 10) / largest(0, 5) - 1;
  console.log(
    `growth from the first half to the second: ${(100 * growth).toFixed(1)} % (limit ${100 * mostGrowth} %)`,
  );
  process.exitCode = growth <= mostGrowth ? 0 : 1;
} finally {
  await browser.close();
  server.close();
  rmSync(work, { recursive: true, force: true });
}
