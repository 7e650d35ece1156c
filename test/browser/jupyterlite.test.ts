import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs, launchChromium } from "@convfuse/lecture";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildWheel } from "../../packages/jupyterlite/build.mjs";
import { writeLiteSite } from "../../packages/jupyterlite/site.mjs";
import { completesAndInspects, editLabCell, labCell, labOutput } from "../support/lab-page.js";
import { notebooksFolder } from "../support/lecture.js";
import { openLiteNotebook, runAllCells, serveLiteSite } from "../support/lite-site.mjs";
import { chromium, jupyterliteBuilder, python, requirement } from "../support/requirement.js";

const ready = [chromium(), python("lite"), jupyterliteBuilder()].every((need) => requirement(need) !== null);
const work = mkdtempSync(join(tmpdir(), "convfuse-lite-"));
const site = join(work, "site");

/** With data and plots, in one language; and in a folder of the other one. All of them: `npm run lite:lessons`. */
const lessons = ["01-seeing.ipynb", "zh-CN/05-pointwise.ipynb"];

const sources = [
  "const answer = 42;\nanswer",
  "while (true) {}",
  "answer + 1",
  "answ",
  'console.log("Hello,", await prompt("Name?"));',
  "for (let n = 0; ; n++) console.log(n);",
];

function notebookOf(cells: readonly string[], kernel: string): string {
  const metadata = { kernelspec: { name: kernel, display_name: kernel, language: "typescript" } };
  const code = cells.map((source, at) => ({
    cell_type: "code",
    id: `cell-${at}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: code });
}

// Every page is a whole JupyterLab, on machines that may be many times slower than a quiet one.
describe.skipIf(!ready)("JupyterLite in Chromium", { timeout: 240_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let wheel: string;
  let server: Awaited<ReturnType<typeof serveLiteSite>>;
  const problems: string[] = [];

  beforeAll(async () => {
    const notebooks = join(work, "notebooks");
    for (const path of [...lessons, "data"])
      cpSync(join(notebooksFolder, path), join(notebooks, path), { recursive: true });
    mkdirSync(join(notebooks, "own"));
    writeFileSync(join(notebooks, "own/live.ipynb"), notebookOf(sources, "convfuse"));
    writeFileSync(join(notebooks, "own/changing.ipynb"), notebookOf(['"before"'], "tslab"));
    wheel = buildWheel();
    writeLiteSite(wheel, notebooks, site);
    server = await serveLiteSite(site);
    browser = await launchChromium();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    // Machines that stall are no failure.
    context.setDefaultTimeout(100_000);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(work, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(problems.splice(0)).toEqual([]);
  });

  const open = (path: string): Promise<Page> => openLiteNotebook(context, server.address, path, problems);

  test("pip installs the wheel to where JupyterLite looks for extensions", () => {
    const prefix = join(work, "prefix");
    const flags = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--prefix", prefix];
    execFileSync(python("lite").path as string, ["-m", "pip", "install", ...flags, wheel], { stdio: "pipe" });
    const extension = join(prefix, "share/jupyter/labextensions/@convfuse/jupyterlite");
    const { jupyterlab } = JSON.parse(readFileSync(join(extension, "package.json"), "utf8"));
    expect(readdirSync(join(extension, "static"))).toContain(jupyterlab._build.load.replace("static/", ""));
    expect(readdirSync(join(extension, "static")).join(" ")).toMatch(/worker\.[0-9a-f]{20}\.js/);
  });

  test.each(lessons)(
    "%s runs to the outputs that it is committed with, and draws its plots",
    async (path) => {
      const page = await open(path);
      const file = join(work, "executed.ipynb");
      writeFileSync(file, await runAllCells(page));
      const committed = comparableOutputs(readNotebook(join(notebooksFolder, path)));
      expect(comparableOutputs(readNotebook(file))).toEqual(committed);
      const plot = page.locator(".jp-OutputArea .js-plotly-plot .main-svg").first();
      await plot.waitFor({ state: "attached" });
      await plot.scrollIntoViewIfNeeded();
      expect((await plot.boundingBox())?.width).toBeGreaterThan(200);
      await page.close();
    },
  );

  test("completes, inspects, asks; an interrupt ends a loop, also one that floods, and drops what waits; a restart begins anew", async () => {
    const page = await open("own/live.ipynb");
    const result = (index: number) => labOutput(page, index);
    const run = async (index: number) => {
      await editLabCell(page, index);
      await page.keyboard.press("Control+Enter");
    };
    const choose = async (item: string) => {
      await page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
      await page.getByText(item, { exact: true }).click();
    };
    const shows = async (index: number, text: string) => {
      await result(index).filter({ hasText: text }).first().waitFor();
    };

    await run(0);
    await shows(0, "42");
    await completesAndInspects(page);

    await run(4);
    await labCell(page, 4).locator(".jp-Stdin-input").fill("Ada");
    await page.keyboard.press("Enter");
    await shows(4, "Hello, Ada");

    await run(1);
    await page.getByText(/ \| Busy$/).waitFor();
    await run(2);
    await choose("Interrupt Kernel");
    await shows(1, "Interrupted");
    await page.getByText(/ \| Idle$/).waitFor();
    expect(await result(2).filter({ hasText: "43" }).count()).toBe(0);
    await run(2);
    await shows(2, "43");

    await choose("Restart Kernel…");
    await page.getByRole("button", { name: "Confirm Kernel Restart" }).click();
    await page.getByText(/ \| Idle$/).waitFor();
    await run(2);
    await shows(2, "Cannot find name 'answer'");
    expect((await labCell(page, 2).locator(".jp-InputPrompt").textContent())?.trim()).toBe("[1]:");
    await run(0);
    await shows(0, "42");

    // A flood of output leaves the page its clicks. It comes last: what it pushes out of sight JupyterLab takes off the page.
    await run(5);
    await result(5).first().waitFor();
    await choose("Interrupt Kernel");
    await shows(5, "Interrupted");
    await shows(5, "more characters are not shown");
    await page.getByText(/ \| Idle$/).waitFor();
    await page.close();
  });

  test("a lesson that has changed is shown, and what its reader had saved of the old one is kept beside it", async () => {
    const path = "own/changing.ipynb";
    const before = await open(path);
    await before.evaluate("jupyterapp.shell.currentWidget.context.save()");
    await before.close();

    writeFileSync(join(site, "files", path), notebookOf(['"after"'], "tslab"));
    const configuration = join(site, "jupyter-lite.json");
    const settings = JSON.parse(readFileSync(configuration, "utf8"));
    const { digests } = settings["jupyter-config-data"].litePluginSettings["@convfuse/jupyterlite:lessons"];
    expect(digests[path]).toMatch(/^[0-9a-f]{20}$/);
    digests[path] = "changed";
    writeFileSync(configuration, JSON.stringify(settings));
    const after = await open(path);
    expect(await after.locator(".jp-CodeCell .cm-content").first().textContent()).toBe('"after"');
    const copy = "own/changing (my copy).ipynb";
    const saved = await after.evaluate(
      `jupyterapp.serviceManager.contents.get(${JSON.stringify(copy)}, { content: true })`,
    );
    expect(saved).toMatchObject({ content: { cells: [{ source: '"before"' }] } });
    await after.close();
  });
});
