import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernels } from "../support/kernels.js";
import { chromium, python, requirement } from "../support/requirement.js";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const interpreter = requirement(python("jupyter"));
const ready = requirement(chromium()) !== null && interpreter !== null;
const folder = mkdtempSync(join(tmpdir(), "convfuse-lab-"));

let browser: Browser;
let server: ChildProcess;
let address: string;

/** Copies a lesson without its outputs, so that whatever is seen was computed here. */
function bareCopy(name: string, kernel: string): void {
  const notebook = JSON.parse(readFileSync(join(notebooks, name), "utf8"));
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  notebook.metadata.kernelspec = { name: kernel, display_name: kernel, language: "typescript" };
  writeFileSync(join(folder, `${kernel}-${name}`), JSON.stringify(notebook));
}

/** Starts JupyterLab on a port that is free and resolves with its address once it says that it listens. */
async function startLab(): Promise<string> {
  server = spawn(
    interpreter as string,
    [
      "-m",
      "jupyterlab",
      "--no-browser",
      "--allow-root",
      "--ServerApp.ip=127.0.0.1",
      "--ServerApp.port=0",
      "--LabApp.news_url=",
      `--ServerApp.root_dir=${folder}`,
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  for await (const chunk of server.stderr as NodeJS.ReadableStream) {
    said += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+\/lab\?token=\w+/.exec(said)?.[0];
    if (url) {
      server.stderr?.resume();
      return url;
    }
  }
  throw new Error(`JupyterLab did not start:\n${said}`);
}

describe.skipIf(!ready)("JupyterLab in Chromium", () => {
  beforeAll(async () => {
    installKernels(interpreter as string);
    for (const file of ["node_modules", "package.json"]) {
      const source = join(notebooks, file);
      if (file === "node_modules") symlinkSync(source, join(folder, file));
      else cpSync(source, join(folder, file));
    }
    [address, browser] = await Promise.all([startLab(), launchChromium()]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    if (server && server.exitCode === null) {
      const gone = once(server, "exit");
      server.kill("SIGTERM");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test("runs a lesson under stock tslab and draws its plots", async () => {
    const name = "02-weight-shapes.ipynb";
    bareCopy(name, "tslab");
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const { pathname, search, origin } = new URL(address);
    await page.goto(`${origin}${pathname}/tree/tslab-${name}${search}`);
    await page.getByRole("menuitem", { name: "Run", exact: true }).click();
    await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
    const plot = page.locator(".jp-OutputArea .js-plotly-plot .main-svg").first();
    await plot.waitFor({ state: "attached", timeout: 90_000 });
    await plot.scrollIntoViewIfNeeded();
    expect((await plot.boundingBox())?.width).toBeGreaterThan(200);
    expect(
      await page.locator('.jp-OutputArea [data-mime-type="application/vnd.jupyter.stderr"]').count(),
    ).toBe(0);
    await page.close();
  }, 150_000);
});
