// `npm run live:times`: how fast live pages are in Chromium, how much memory one takes, and what it loads, against their limits. To be run on
// cores that nobody else uses; no test depends on these times. Whether the memory stays flat: `npm run live:memory`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSite, launchChromium } from "@convfuse/lecture";
import { serveFolder } from "../support/static-server.mjs";

const repeats = 7;

const work = mkdtempSync(join(tmpdir(), "convfuse-live-times-"));
const site = join(work, "site");
await buildSite(fileURLToPath(new URL("../../notebooks", import.meta.url)), site);
const server = await serveFolder(site);
const browser = await launchChromium();
const missed = [];

/** Prints a figure, and notes it where it is over its limit. */
function tell(what, value, unit, limit) {
  const shown = `${Number(value.toPrecision(3))} ${unit}`;
  console.log(`${what}: ${shown}${limit === undefined ? "" : ` (limit ${limit} ${unit})`}`);
  if (limit !== undefined && value > limit) missed.push(`${what}: ${shown}, over ${limit}`);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

async function repeated(count, measure) {
  const found = [];
  for (let i = 0; i < count; i++) found.push(await measure(i));
  return found;
}

/** A page that no other has left anything for. */
async function open(name, from = server.origin) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${from}/${name}`);
  return page;
}

async function write(page, code) {
  await page.locator("[data-cell]").first().getByRole("textbox").click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(code);
}

/** Presses a button of the first cell; the milliseconds until the cell is in one of these states. */
function press(page, action, ...states) {
  return page.evaluate(
    ([action, states]) =>
      new Promise((resolve) => {
        const cell = document.querySelector("[data-cell]");
        const start = performance.now();
        let hasChanged = false;
        new MutationObserver((_changes, observer) => {
          hasChanged ||= cell.dataset.state === "running" || action !== "run";
          if (!hasChanged || !states.includes(cell.dataset.state)) return;
          observer.disconnect();
          resolve(performance.now() - start);
        }).observe(cell, { attributes: true, attributeFilter: ["data-state"] });
        cell.querySelector(`[data-do="${action}"]`).click();
      }),
    [action, states],
  );
}

/** The memory of the process that has the page and its worker, in MB. */
async function memory(page) {
  const own = await page.context().newCDPSession(page);
  await own.send("HeapProfiler.collectGarbage");
  await own.detach();
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(execFileSync("ps", ["-o", "rss=", "-p", String(id)], { encoding: "utf8" })));
  return Math.max(...sizes) / 1024;
}

try {
  const first = await repeated(repeats, async () => {
    const page = await open("05-pointwise.html");
    const time = await press(page, "run", "done");
    await page.context().close();
    return time;
  });
  tell("first click to first result, median", median(first) / 1000, "s", 2);

  const page = await open("playground.html");
  await write(page, "1 + 1");
  await press(page, "run", "done");
  const later = await repeated(41, async (i) => {
    await write(page, `const x${i} = [${i}].map((n) => n + 1);\nx${i}`);
    return press(page, "run", "done");
  });
  tell("a later cell, median", median(later), "ms", 60);
  await page.context().close();

  const inFunction = "let turns = 0;\nconst spin = (): void => {\n  while (true) turns++;\n};\nspin();";
  const files = pathToFileURL(site).href;
  for (const [what, from, code, isKept, limit] of [
    ["a loop, from a server", server.origin, "let turns = 0;\nwhile (true) turns++;", true, 300],
    ["a loop in a function, from a server", server.origin, inFunction, true, 300],
    ["a loop, from files", files, "let turns = 0;\nwhile (true) turns++;", true, 300],
    ["a loop in a function, from files, where it costs the variables", files, inFunction, false, 1000],
  ]) {
    const stops = await repeated(repeats, async () => {
      const endless = await open("playground.html", from);
      await write(endless, code);
      await endless.keyboard.press("Shift+Enter");
      await endless.getByText("Cell 1 is running.").waitFor();
      const time = await press(endless, "stop", "failed");
      const state = await endless.evaluate(() => document.documentElement.dataset.session);
      if ((state === "ready") !== isKept) throw new Error(`live:times: ${what}: the session is ${state}`);
      await endless.context().close();
      return time;
    });
    tell(`Stop ends ${what}, median`, median(stops), "ms", limit);
  }

  const measured = await open("07-fusion.html");
  tell("a lesson's page that nobody runs", await memory(measured), "MB");
  await press(measured, "run", "done");
  tell("with its session, after one cell", await memory(measured), "MB");
  await measured.getByRole("button", { name: "Run all", exact: true }).click();
  await measured.waitForFunction(() =>
    [...document.querySelectorAll("[data-cell]")].every(({ dataset }) => dataset.state === "done"),
  );
  tell("after all of its cells", await memory(measured), "MB");
  const asset = (name) => readFileSync(join(site, "assets", name));
  const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
  tell("the worker's script, gzip", zipped(asset("session-worker.js")) / 1e6, "MB", 1.6);
  tell("the worker's script, Brotli", brotliCompressSync(asset("session-worker.js")).length / 1e6, "MB", 1.3);
  tell("editor and page, gzip", zipped(asset("live.js")) / 1e3, "kB", 200);
  tell("what a page loads that nobody runs, gzip", zipped(asset("live-start.js")) / 1e3, "kB", 2);
} finally {
  await browser.close();
  server.close();
  rmSync(work, { recursive: true, force: true });
}
console.log(missed.length === 0 ? "all limits are kept" : `missed:\n${missed.join("\n")}`);
process.exitCode = missed.length === 0 ? 0 : 1;
