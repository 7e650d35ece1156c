import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completesAndInspects, editLabCell, labCell, labOutput } from "../support/lab-page.js";
import { chromium, python, requirement } from "../support/requirement.js";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const lab = fileURLToPath(new URL("../../scripts/lab.mjs", import.meta.url));
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
    // As `npm run lab` does it.
    execFileSync("node", [lab, "--setup-only"], {
      env: { ...env, CONVFUSE_PYTHON: interpreter as string },
      stdio: ["ignore", "pipe", "pipe"],
    });
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

  /** Opens a notebook of the folder in a workspace of its own and waits until its kernel is idle, as a person would. */
  async function open(name: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    // A kernel that starts on a busy machine may take its time.
    page.setDefaultTimeout(120_000);
    const { pathname, search, origin } = new URL(address);
    await page.goto(`${origin}${pathname}/workspaces/${name.replace(/\W/g, "-")}/tree/${name}${search}`);
    await page.getByText(/ \| Idle$/).waitFor();
    return page;
  }

  async function chooseFromMenu(page: Page, menu: string, item: string): Promise<void> {
    await page.getByRole("menuitem", { name: menu, exact: true }).click();
    await page.getByText(item, { exact: true }).click();
  }

  test.each(["tslab", "convfuse"])(
    "runs a lesson under the kernel %s and draws its plots",
    async (kernel) => {
      const name = "03-weight-shapes.ipynb";
      bareCopy(name, kernel);
      const page = await open(`${kernel}-${name}`);
      await chooseFromMenu(page, "Run", "Run All Cells");
      const plot = page.locator(".jp-OutputArea .js-plotly-plot .main-svg").first();
      await plot.waitFor({ state: "attached" });
      await plot.scrollIntoViewIfNeeded();
      expect((await plot.boundingBox())?.width).toBeGreaterThan(200);
      expect(
        await page.locator('.jp-OutputArea [data-mime-type="application/vnd.jupyter.stderr"]').count(),
      ).toBe(0);
      await page.close();
    },
    150_000,
  );

  test("under our kernel: completes with Tab, inspects with Shift-Tab, interrupts an endless loop and goes on", async () => {
    const cell = (source: string) => ({
      cell_type: "code",
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    });
    const kernelspec = { name: "convfuse", display_name: "convfuse", language: "typescript" };
    const cells = [
      cell("const answer = 42;\nanswer"),
      cell("while (true) {}"),
      cell("answer + 1"),
      cell("answ"),
    ];
    writeFileSync(
      join(folder, "live.ipynb"),
      JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: { kernelspec }, cells }),
    );
    const page = await open("live.ipynb");
    const edit = (index: number) => editLabCell(page, index);
    const result = (index: number) => labOutput(page, index);

    await edit(0);
    await page.keyboard.press("Control+Enter");
    await result(0).waitFor();
    expect((await result(0).textContent())?.trim()).toBe("42");

    await completesAndInspects(page);

    await edit(1);
    await page.keyboard.press("Control+Enter");
    await page.getByText(/ \| Busy$/).waitFor();
    await chooseFromMenu(page, "Kernel", "Interrupt Kernel");
    await page.getByText(/ \| Idle$/).waitFor();
    await edit(2);
    await page.keyboard.press("Control+Enter");
    await result(2).waitFor();
    expect((await result(2).textContent())?.trim()).toBe("43");
    await page.close();
  }, 150_000);

  test("under our kernel: the debugger lists variables, stops at a breakpoint of a cell, shows the line and what is there, evaluates, steps and goes on", async () => {
    const kernelspec = { name: "convfuse", display_name: "convfuse", language: "typescript" };
    const source =
      "const times = (a: number) => {\n  let twice: number = a * 2;\n  return Math.abs(twice);\n};\nconst found = times(21);\nfound";
    const cells = ['const shown = { deep: [1, 2] };\n"ready"', source].map((text) => ({
      cell_type: "code",
      metadata: {},
      source: text,
      outputs: [],
      execution_count: null,
    }));
    writeFileSync(
      join(folder, "debugged.ipynb"),
      JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: { kernelspec }, cells }),
    );
    const page = await open("debugged.ipynb");
    const run = async (index: number) => {
      await labCell(page, index).locator(".cm-content").click();
      await page.keyboard.press("Control+Enter");
    };
    const variable = (name: string) =>
      page.locator(".jp-DebuggerVariables").getByText(name, { exact: true }).first();
    await run(0);
    await labOutput(page, 0).waitFor();
    await page.locator(".jp-DebuggerBugButton").click();
    await variable("shown").waitFor();

    await labCell(page, 1).locator(".cm-gutterElement", { hasText: /^3$/ }).waitFor();
    await labCell(page, 1).locator(".cm-breakpoint-gutter .cm-gutterElement").nth(3).click();
    await page.locator(".jp-DebuggerBreakpoint").waitFor();
    await run(1);
    const line = labCell(page, 1).locator(".jp-DebuggerEditor-highlight");
    await line.waitFor();
    expect(await line.textContent()).toContain("return Math.abs(twice)");
    await page.locator(".jp-DebuggerCallstackFrame, .jp-DebuggerCallstack-body li").first().waitFor();
    await variable("twice").waitFor();

    const press = (command: string) => page.locator(`[data-command="debugger:${command}"]`).first().click();
    await press("evaluate");
    await page.locator(".jp-CodeConsole-input .cm-content").waitFor();
    await page.locator(".jp-CodeConsole-input .cm-content").fill("twice = twice + a");
    await page.keyboard.press("Shift+Enter");
    await page.locator(".jp-DebuggerVariables").getByText("63").waitFor();
    await press("stepOut");
    await labCell(page, 1)
      .locator(".jp-DebuggerEditor-highlight", { hasText: /^found$/ })
      .waitFor();
    await press("continue");
    await labOutput(page, 1).waitFor();
    expect((await labOutput(page, 1).textContent())?.trim()).toBe("63");
    await page.close();
  }, 150_000);
});
