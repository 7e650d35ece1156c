import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateSync, gzipSync } from "node:zlib";
import { buildSite, launchChromium } from "@convfuse/lecture";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromium, requirement } from "../support/requirement.js";
import { serveFolder } from "../support/static-server.mjs";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const lesson = readdirSync(notebooks)
  .find((name) => name.includes("pointwise"))
  ?.replace(".ipynb", "") as string;
const work = mkdtempSync(join(tmpdir(), "convfuse-live-"));
/** As readers call their folders. */
const site = join(work, "网页 of #1, 100%");

describe.skipIf(requirement(chromium()) === null)("live pages in Chromium", () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveFolder>>;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    // One lesson serves for all: what each of them computes is for the suites that run notebooks.
    for (const folder of ["", "zh-CN"]) {
      mkdirSync(join(work, "notebooks", folder), { recursive: true });
      cpSync(join(notebooks, folder, `${lesson}.ipynb`), join(work, "notebooks", folder, `${lesson}.ipynb`));
    }
    await buildSite(join(work, "notebooks"), site);
    server = await serveFolder(site);
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(work, { recursive: true, force: true });
  });
  afterEach(async () => {
    await page.context().close();
    expect(problems.splice(0)).toEqual([]);
  });

  async function visit(name: string, { width = 1280, from = pathToFileURL(site).href } = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    // Machines that stall are no failure.
    context.setDefaultTimeout(100_000);
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(file|data|blob):/.test(url) && !url.startsWith(`${server.origin}/`))
        problems.push(`asks the network for ${url}`);
    });
    await page.goto(`${from}/${name}`);
  }

  const cell = (index: number): Locator => page.locator(`[data-cell="${index}"]`);
  const button = (name: string, within: Locator | Page = page): Locator =>
    within.getByRole("button", { name, exact: true });
  const session = (): Promise<string | undefined> =>
    page.evaluate(() => document.documentElement.dataset.session);
  const status = (): Promise<string | null> => page.textContent("[role=status]");

  async function settled(index: number, state: "done" | "failed" | "idle"): Promise<void> {
    await page.waitForSelector(`[data-cell="${index}"][data-state="${state}"]`);
  }

  /** Puts code into a cell, as a reader does who pastes it. */
  async function write(index: number, code: string): Promise<void> {
    await cell(index).getByRole("textbox").click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(code);
  }

  async function run(index: number, code: string, state: "done" | "failed" = "done"): Promise<void> {
    await write(index, code);
    await page.keyboard.press("Shift+Enter");
    await settled(index, state);
  }

  test("a page that nobody runs has loaded two kilobytes for it, and an editor no more than 200 when it is used", async () => {
    await visit(`${lesson}.html`);
    const scripts = () =>
      page.$$eval("script[src]", (all) =>
        all.map((script) => (script as HTMLScriptElement).src.replace(/.*\//, "")),
      );
    expect((await scripts()).filter((name) => name.startsWith("live"))).toEqual(["live-start.js"]);
    const zipped = (name: string): number =>
      gzipSync(readFileSync(join(site, "assets", name)), { level: 9 }).length;
    expect(zipped("live-start.js")).toBeLessThan(2000);
    expect(zipped("live.css")).toBeLessThan(2000);
    expect(zipped("live.js")).toBeLessThan(200_000);
    // Entering a source brings the editor, and only a change the worker.
    await page.getByRole("textbox").first().click();
    await page.locator(".cm-content").waitFor();
    expect(await session()).toBe("none");
    await page.keyboard.type(" ");
    await page.waitForSelector("[data-session=ready]");
  });

  test("a lesson runs to the outputs that it was built with; what is changed is marked, downloaded and taken back", async () => {
    await visit(`${lesson}.html`);
    const texts = () =>
      page.$$eval("[data-outputs]", (all) =>
        all.map((each) =>
          [...each.querySelectorAll("pre.output")].map((pre) => `${pre.className}: ${pre.textContent}`),
        ),
      );
    const plots = () =>
      page.$$eval(".js-plotly-plot", (all) => all.map((plot) => plot.getAttribute("aria-label")));
    const indices = await page.$$eval("[data-cell]", (all) =>
      all.map((each) => Number((each as HTMLElement).dataset.cell)),
    );
    const built = { texts: await texts(), plots: await plots() };
    expect(built.plots.length).toBeGreaterThan(0);
    await button("Run all").click();
    for (const index of indices) await settled(index, "done");
    expect({ texts: await texts(), plots: await plots() }).toEqual(built);
    // The same looks: a box more, which is not there to the eye.
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>(".plot")].every((plot) => plot.dataset.drawn),
    );

    const [first] = indices as [number];
    await run(first, 'console.log("changed")');
    expect(await cell(first).locator("pre.stdout").allTextContents()).toEqual(["changed\n"]);
    expect(await cell(first).locator(".changed").isVisible()).toBe(true);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button("Download notebook").click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${lesson}.ipynb`);
    const saved = JSON.parse(readFileSync(await download.path(), "utf8"));
    const stored = JSON.parse(readFileSync(join(notebooks, `${lesson}.ipynb`), "utf8"));
    expect(saved.cells.length).toBe(stored.cells.length);
    expect(saved.cells[first]).toMatchObject({
      source: 'console.log("changed")',
      outputs: [{ output_type: "stream", name: "stdout", text: "changed\n" }],
    });
    expect(saved.cells[0].source).toBe(stored.cells[0].source.join(""));

    await button("Reset", cell(first)).click();
    await settled(first, "idle");
    expect(await texts()).toEqual(built.texts);
    await button("Reset page").click();
    expect({ texts: await texts(), plots: await plots(), session: await session() }).toEqual({
      ...built,
      session: "none",
    });
    expect(
      new Set(
        await page.$$eval("[data-cell]", (all) => all.map((each) => (each as HTMLElement).dataset.state)),
      ),
    ).toEqual(new Set(["idle"]));
  });

  test("Run above runs what a cell needs; without it the page says so", async () => {
    await visit(`${lesson}.html`);
    const last = page.locator("[data-cell]").last();
    const index = Number(await last.getAttribute("data-cell"));
    await button("Run", last).click();
    await settled(index, "failed");
    expect(await status()).toMatch(/^Cell \d+ failed: .*“Run above” runs them\.$/);
    await button("Run above", last).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>("[data-cell]")]
        .slice(0, -1)
        .every(({ dataset }) => dataset.state === "done"),
    );
    await button("Run", last).click();
    await settled(index, "done");
  });

  test("an endless loop stops and its variables stay; a cell that waits is taken out", async () => {
    await visit("playground.html");
    await run(0, "let turns = 0;");
    await button("Add cell").click();
    await write(1, "while (true) turns++;");
    await page.keyboard.press("Shift+Enter");
    await button("Add cell").click();
    await write(2, "turns > 0");
    await page.keyboard.press("Shift+Enter");
    expect(await cell(2).getAttribute("data-state")).toBe("running");
    await button("Stop", cell(2)).click();
    await settled(2, "failed");
    expect(await cell(1).getAttribute("data-state")).toBe("running");
    // Two clicks of one hand are one.
    await button("Stop", cell(1)).evaluate((stop: HTMLElement) => {
      stop.click();
      stop.click();
    });
    await settled(1, "failed");
    await run(2, "turns > 0");
    expect(await cell(2).locator("pre.result").textContent()).toBe("true");
    expect(await session()).toBe("ready");
  });

  test("from a server a loop inside a function stops too, and a flood of output beside it; variables stay", async () => {
    await visit("playground.html", { from: server.origin });
    await run(0, "let turns = 0;\nfunction spin(): void {\n  while (true) turns++;\n}");
    await button("Add cell").click();
    for (const code of ["spin();", 'while (true) { turns++; console.log("x"); }']) {
      await write(1, code);
      await page.keyboard.press("Shift+Enter");
      await page.waitForFunction(
        () => document.querySelector("[role=status]")?.textContent === "Cell 2 is running.",
      );
      await button("Stop", cell(1)).click();
      await settled(1, "failed");
      await run(1, "const counted = turns > 0; turns = 0; counted");
      expect(await cell(1).locator("pre.result").textContent()).toBe("true");
    }
    expect(await session()).toBe("ready");
  });

  test("from files a loop inside a function is ended once it did not stop", async () => {
    await visit("playground.html");
    await write(0, "const spin = (): void => {\n  while (true);\n};\nspin();");
    await page.keyboard.press("Shift+Enter");
    await page.waitForSelector("[data-session=ready]");
    await button("Stop", cell(0)).click();
    await settled(0, "failed");
    expect(await session()).toBe("dead");
    expect(await status()).toContain("All variables are gone");
  });

  test("what does not stop is ended, which costs the variables, and the next Run starts anew", async () => {
    await visit("playground.html");
    await write(0, '/^(a+)+$/.test("a".repeat(60) + "b")');
    await page.keyboard.press("Shift+Enter");
    await page.waitForSelector("[data-session=ready]");
    await button("Stop", cell(0)).click();
    await button("Stop", cell(0)).click();
    await settled(0, "failed");
    expect(await session()).toBe("dead");
    expect(await cell(0).locator("pre.error").textContent()).toContain("All variables are gone");
    await run(0, "1 + 1");
    expect(await cell(0).locator("pre.result").textContent()).toBe("2");
    expect(await session()).toBe("ready");
  });

  test("hostile cells leave the page alive, and it shows no more than it can", async () => {
    await visit("playground.html");
    await run(0, 'console.log("x".repeat(10_000_000));');
    expect((await cell(0).locator("pre.stdout").textContent())?.length).toBe(100_000);
    await cell(0).getByText("9,900,001 more characters are not shown").waitFor();
    await run(
      0,
      'for (let i = 0; i < 1000; i++) jupyter.display({ "text/plain": String(i) }, { raw: true });',
    );
    expect(await cell(0).locator("pre.result").count()).toBe(100);
    await cell(0).getByText("900 more outputs are not shown").waitFor();
    await write(0, 'while (true) console.log("x");');
    await page.keyboard.press("Shift+Enter");
    await cell(0).getByText("more characters are not shown").waitFor();
    await button("Stop", cell(0)).click();
    await settled(0, "failed");
    expect(await session()).toBe("ready");
    await run(0, '({ get a() { throw new Error("never"); } })');
    await button("Reset page").click();
    await run(0, "1");
    expect(await cell(0).locator("pre.result").textContent()).toBe("1");
  });

  test("floods of messages of every kind leave the page its clicks, and Stop ends them", async () => {
    await visit("playground.html");
    const shows = (text: string) => `{ "text/plain": ${text} }, { raw: true`;
    for (const [flood, left] of [
      ["jupyter.clearOutput(); console.log(n);", /^\d+\n$/],
      [`jupyter.clearOutput({ wait: true }); jupyter.display(${shows("String(n)")} });`, /^\d+$/],
      [`jupyter.display(${shows("String(n)")}, display_id: "one", update: n > 0 });`, /^\d+$/],
      ['jupyter.broadcast("other", { n });', /^$/],
      ['(jupyter as any).comms.open("other", { n });', /^$/],
    ] as const) {
      await write(0, `for (let n = 0; ; n++) { ${flood} }`);
      await page.keyboard.press("Shift+Enter");
      await page.waitForFunction(
        () => document.querySelector("[role=status]")?.textContent === "Cell 1 is running.",
      );
      await button("Stop", cell(0)).click();
      await settled(0, "failed");
      const output = cell(0).locator("pre.stdout, pre.result");
      expect((await output.allTextContents()).join("")).toMatch(left);
      expect(await cell(0).locator("pre.error").textContent()).toMatch(/^Interrupted/);
    }
    expect(await session()).toBe("ready");
  });

  test("what a cell breaks of the language is put back, and said; what cannot be is named, and Reset page begins anew", async () => {
    await visit("playground.html");
    await run(0, "(Object.prototype as any).then = () => {}; (globalThis as any).performance = null; 1");
    expect(await cell(0).locator("pre.stderr").textContent()).toMatch(/^Object.prototype.then: put back, /);
    await run(0, "1 + 1");
    expect(await cell(0).locator("pre.result").textContent()).toBe("2");
    // Also what nobody can wait for any more.
    await run(0, 'await null; Object.defineProperty(Object.prototype, "then", { value() {} });', "failed");
    expect(await status()).toMatch(/^Cell 1 failed: .*then: replaced for good.*“Reset page” begins anew\.$/);
    await button("Reset page").click();
    await run(0, "1 + 1");
    expect(await cell(0).locator("pre.result").textContent()).toBe("2");
    // Work that never gives way keeps every cell from its end: that costs the variables.
    await write(0, "(async () => { for (;;) await null; })(); await new Promise(() => {});");
    await page.keyboard.press("Shift+Enter");
    await page.waitForSelector("[data-session=ready]");
    await button("Stop", cell(0)).click();
    await settled(0, "failed");
    expect([await session(), await status()]).toEqual([
      "dead",
      expect.stringContaining("variables are gone"),
    ]);
  });

  test("what claims to be a plot and is none is named in its place, and the cell goes on", async () => {
    await visit("playground.html");
    const plot = (content: string): string =>
      `jupyter.display({ "application/vnd.plotly.v1+json": ${content} }, { raw: true });\n`;
    await run(
      0,
      [null, 5, [1], { data: 5 }].map((each) => plot(JSON.stringify(each))).join("") +
        'console.log("behind");',
    );
    expect(await cell(0).locator("pre.stdout").textContent()).toBe("behind\n");
    await cell(0).locator(".shown pre.error").nth(1).waitFor();
    await run(0, plot("{ data: [{ y: [1, 2] }], layout: {} }"));
    await cell(0).locator(".js-plotly-plot[data-drawn]").waitFor({ state: "attached" });
  });

  test("HTML stands in a frame that sees nothing of the page and runs no script", async () => {
    await visit("playground.html");
    await run(
      0,
      'jupyter.html`<b id=seen>bold</b><img src="data:," onerror="parent.postMessage(1)"><script>document.body.textContent = 1</script>`',
    );
    const frame = page.locator("iframe");
    expect(await frame.getAttribute("sandbox")).toBe("allow-scripts");
    await page.waitForFunction(
      () => (document.querySelector("iframe") as HTMLIFrameElement).style.height !== "",
    );
    expect(await page.frameLocator("iframe").locator("#seen").textContent()).toBe("bold");
    // Chromium says what the frame's policy forbids.
    for (const problem of problems.splice(0)) expect(problem).toMatch(/Content Security Policy/);
  });

  test("a link carries code, which does not run before its reader wishes it; a damaged one is named", async () => {
    await visit("playground.html");
    await write(0, "const answer: number = 42;\nanswer");
    await button("Add cell").click();
    await write(1, 'console.log("卷积 ∗");');
    await button("Copy link").click();
    await page.waitForFunction(() => location.hash.startsWith("#code="));
    const hash = await page.evaluate(() => location.hash);
    expect(hash).toMatch(/^#code=[\w-]+$/);
    await page.context().close();

    await visit(`zh-CN/playground.html${hash}`);
    await cell(1).waitFor();
    expect(await page.locator(".cm-content, .source > pre").allInnerTexts()).toEqual([
      "const answer: number = 42;\nanswer",
      'console.log("卷积 ∗");',
    ]);
    expect([await session(), await status()]).toEqual(["none", "这段代码来自链接，按“运行”才会执行。"]);
    await button("全部运行").click();
    await settled(1, "done");
    expect(await cell(1).locator("pre.stdout").textContent()).toBe("卷积 ∗\n");
    await page.context().close();

    // What came with a link before stays where the next one cannot be read.
    await visit(`playground.html${hash}`);
    await cell(1).waitFor();
    for (const [damaged, reason] of [
      [hash.slice(0, -9), "the address was cut off or changed"],
      [
        `${hash.slice(0, 20)}${hash[20] === "x" ? "y" : "x"}${hash.slice(21)}`,
        "the address was cut off or changed",
      ],
      [
        `#code=${deflateSync('{"0":1}').toString("base64url")}`,
        "it holds no code for the cells of this page",
      ],
      [
        `#code=${deflateSync(Buffer.alloc(50_000_000)).toString("base64url")}`,
        "it is longer than 1000000 bytes",
      ],
    ] as const) {
      await page.evaluate((wrong) => {
        location.hash = wrong;
      }, damaged);
      await page.getByText(`The link's code cannot be read: ${reason}.`).waitFor();
      expect([await session(), await page.locator("[data-cell]").count()]).toEqual(["none", 2]);
    }
    await page.context().close();

    // A playground's link is no lesson's, nor the other way round, and a lesson has no cell 999.
    const linkOf = (code: object): string =>
      `#code=${deflateSync(JSON.stringify(code)).toString("base64url")}`;
    for (const [name, other] of [
      [lesson, hash],
      [lesson, linkOf({ 999: "1" })],
      ["playground", linkOf({ 0: "1" })],
    ] as const) {
      await visit(`${name}.html${other}`);
      await page
        .getByText("The link's code cannot be read: it holds no code for the cells of this page.")
        .waitFor();
      expect(await page.locator("[data-changed]").count()).toBe(0);
      await page.context().close();
    }

    // A lesson's link fits the lesson in both languages; of one whose cell was another one then, the page says so.
    await visit(`${lesson}.html`);
    const index = Number(await page.locator("[data-cell]").nth(1).getAttribute("data-cell"));
    await write(index, "const other = 1;");
    await button("Copy link").click();
    await page.waitForFunction(() => location.hash.startsWith("#code="));
    const made = await page.evaluate(() => location.hash);
    await page.context().close();
    const older = { [index]: "const other = 1;", built: "of an older text" };
    for (const [link, says] of [
      [made, "这段代码来自链接，"],
      [linkOf(older), "这段代码来自本页另一个版本的链接，"],
    ] as const) {
      await visit(`zh-CN/${lesson}.html${link}`);
      await page.getByText(says).waitFor();
      expect(await cell(index).locator(".cm-content, .source > pre").textContent()).toBe("const other = 1;");
      expect([await session(), await page.locator("[data-changed]").count()]).toEqual(["none", 1]);
      if (link === made) await page.context().close();
    }
  });

  test("thousands of lines are pasted at once, before there is an editor too, and their link brings them back", async () => {
    const code = Array.from({ length: 3000 }, (_, n) => `const 名${n} = ${Math.sin(n)};`).join("\n");
    await visit("playground.html");
    await page.evaluate((text) => {
      const source = document.querySelector<HTMLElement>("[data-cell] [role=textbox]") as HTMLElement;
      source.focus();
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      // As fast as no editor comes.
      source.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, code);
    await page.locator(".cm-content").waitFor();
    await button("Copy link").click();
    await page.waitForFunction(() => location.hash.startsWith("#code="));
    const address = await page.evaluate(() => location.hash);
    await page.context().close();

    await visit(`playground.html${address}`);
    await page.getByText("This code came with the link.").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button("Download notebook").click(),
    ]);
    const { cells } = JSON.parse(readFileSync(await download.path(), "utf8"));
    expect(cells.map(({ source }: { source: string | string[] }) => [source].flat().join(""))).toEqual([
      code,
    ]);
    expect(await session()).toBe("none");
  });

  test("completion is a list that the keyboard reaches, names explain themselves, and errors stand in their lines", async () => {
    await visit("playground.html");
    await run(0, "const numbers = [1, 2, 3];\nnumbers");
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type(".redu");
    await page.getByRole("listbox").getByRole("option", { name: "reduceRight" }).waitFor();
    await page.keyboard.press("Escape");
    await cell(0).locator(".cm-line").first().getByText("numbers").first().hover();
    await page.getByText("const numbers: number[]").waitFor();
    await run(0, "const wrong: string =\n  1;", "failed");
    expect(await cell(0).locator("pre.error").textContent()).toContain("not assignable to type 'string'");
    expect(await cell(0).locator(".cm-lintRange-error").count()).toBe(1);
    // Tab leads on through the page.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Run");
  });

  test("errors show while one types, are told, and are reached by the keyboard; a run is not needed, and completion goes on", async () => {
    await visit("playground.html");
    await run(0, "const numbers = [1, 2, 3];");
    await button("Add cell").click();
    await write(1, "const sum: string = numbers.length;\nnothing;");
    await button("Errors: 2", cell(1)).waitFor();
    expect(await cell(1).locator(".cm-lintRange-error").allTextContents()).toEqual(["sum", "nothing"]);
    expect([await status(), await cell(1).getAttribute("data-state")]).toEqual([
      "Errors in cell 2: 2. F8 goes to the next one.",
      "idle",
    ]);
    await page.keyboard.press("ControlOrMeta+Home");
    await page.keyboard.press("F8");
    expect(await status()).toBe("Line 1: TS2322: Type 'number' is not assignable to type 'string'.");
    await page.locator(".cm-tooltip-hover").getByText("TS2322").waitFor();
    await page.keyboard.press("F8");
    expect(await status()).toBe("Line 2: TS2304: Cannot find name 'nothing'.");
    await page.keyboard.press("Shift+F8");
    expect(await status()).toContain("Line 1: TS2322");
    // Under the pointer stands what is wrong, and what the name is.
    await page.keyboard.press("ControlOrMeta+End");
    await page.mouse.move(0, 0);
    await cell(1).locator(".cm-lintRange-error").first().hover();
    await page.locator(".cm-tooltip-hover").getByText("const sum: string").waitFor();
    await page.locator(".cm-tooltip-hover").getByText("TS2322").waitFor();
    await write(1, "numbers.redu");
    await page.getByRole("listbox").getByRole("option", { name: "reduceRight" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("ce((a, b) => a + b)");
    await page.getByText("No errors in cell 2.").waitFor();
    expect(await cell(1).locator(".cm-lintRange-error").count()).toBe(0);
    expect(await cell(1).locator('[data-do="nextError"]').isVisible()).toBe(false);
    await page.context().close();

    // What the cells above will declare is not missed, once they have run it has its types.
    await visit(`zh-CN/${lesson}.html`);
    const [first = 0, second = 0] = await page.$$eval("[data-cell]", (all) =>
      all.map((each) => Number((each as HTMLElement).dataset.cell)),
    );
    await write(first, "const width = 3;\nfunction twice(x: number): number {\n  return 2 * x;\n}");
    await write(second, "const text: string = twice(width);\nabsent;");
    await button("错误：1", cell(second)).waitFor();
    expect(await status()).toMatch(/^单元格 2 中的错误：1。/);
    await button("运行", cell(first)).click();
    await button("错误：2", cell(second)).click();
    expect(await status()).toMatch(/^第 [12] 行：TS/);
  });

  /** What a screen reader finds in the page, in its order: roles with names and what else it says of them. */
  async function heard(): Promise<readonly string[]> {
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    await devtools.detach();
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const lines: string[] = [];
    const walk = (id: string): void => {
      const node = byId.get(id);
      const role = String(node?.role?.value ?? "");
      const told = (node?.properties ?? [])
        .filter(({ name, value }) => /^(disabled|multiline|live)$/.test(name) && value.value)
        .map(({ name, value }) => `, ${name}${value.value === true ? "" : ` ${value.value}`}`);
      if (!node?.ignored && /^(group|button|textbox|status|region|img|figure|Iframe|progressbar)$/.test(role))
        lines.push(`${role} ${node?.name?.value}${told.join("")}`);
      for (const child of node?.childIds ?? []) walk(child);
    };
    walk(nodes[0]?.nodeId ?? "");
    return lines;
  }

  test("a screen reader finds every control by its name, and hears what becomes of a cell, in order", async () => {
    const controls = (
      [notebook, ...page]: readonly string[],
      cells: readonly (readonly [name: string, code: string])[],
      [run, above, stop, reset]: readonly string[],
    ): readonly string[] => [
      `group ${notebook}`,
      ...page.map((name) => `button ${name}`),
      "status , live polite",
      ...cells.flatMap(([name, code]) => [
        `group ${name}`,
        `textbox ${code}, multiline`,
        ...[`button ${run}`, `button ${above}`, `button ${stop}, disabled`, `button ${reset}`],
      ]),
    ];
    await visit("zh-CN/playground.html");
    expect((await heard()).slice(1)).toEqual([
      ...controls(
        ["笔记本", "全部运行", "重置页面", "下载笔记本", "复制链接"],
        [["单元格 1", "单元格 1 的代码"]],
        ["运行", "运行以上", "停止", "重置"],
      ),
      "button 添加单元格",
    ]);
    await page.context().close();

    await visit("playground.html");
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          for (const node of addedNodes) said.push(node.textContent ?? "");
      }).observe(document.querySelector("[role=status]") as Element, { childList: true });
    });
    const said = (): Promise<readonly string[]> =>
      page.evaluate(() => (globalThis as unknown as { said: string[] }).said.splice(0));
    await run(0, "1 + 1");
    expect(await said()).toEqual([
      "Loading TypeScript and the library …",
      "Ready.",
      "Cell 1 is running.",
      "Cell 1 is done.",
    ]);
    await run(0, 'throw new RangeError("too far");', "failed");
    expect(await said()).toEqual(["Cell 1 is running.", "Cell 1 failed: RangeError: too far"]);
    await write(0, "while (true) {}");
    await page.keyboard.press("Shift+Enter");
    await page.getByText("Cell 1 is running.").waitFor();
    expect(await heard()).toContain("button Stop");
    await button("Stop", cell(0)).click();
    await settled(0, "failed");
    expect(await said()).toEqual([
      "Cell 1 is running.",
      "Stopping cell 1 … Stop once more ends everything that runs, with its variables.",
      "Cell 1 was stopped.",
    ]);
    await button("Reset", cell(0)).click();
    await button("Add cell").click();
    expect(await said()).toEqual(["Cell 1 is as it was.", "Cell 2 was added."]);
    expect((await heard()).slice(1)).toEqual([
      ...controls(
        ["Notebook", "Run all", "Reset page", "Download notebook", "Copy link"],
        [
          ["Cell 1", "Code of cell 1"],
          ["Cell 2", "Code of cell 2"],
        ],
        ["Run", "Run above", "Stop", "Reset"],
      ),
      "button Add cell",
    ]);
  });

  test("what cannot be loaded is named, and the next Run tries again; a first cell that no checker bears is only an error", async () => {
    await visit("playground.html", { from: server.origin });
    for (const [script, says] of [
      ["live.js", "What runs the cells could not be loaded: live.js"],
      ["live-files.js", "Cell 1 failed: live-files.js"],
      ["session-worker.js", "Cell 1 failed: session-worker.js"],
    ] as const) {
      await page.route(`**/${script}`, (route) => route.abort());
      await button("Run", cell(0)).click();
      await page.getByText(says).waitFor();
      expect(await session()).toBe("none");
      await page.unroute(`**/${script}`);
    }
    // Chromium says what it could not load.
    for (const problem of problems.splice(0)) expect(problem).toMatch(/ERR_FAILED/);
    await run(0, `${"[".repeat(3000)}1`, "failed");
    expect(await cell(0).locator("pre.error").textContent()).toContain("Maximum call stack size exceeded");
    await button("Reset", cell(0)).click();
    await run(0, "1 + 1");
    expect(await cell(0).locator("pre.result").textContent()).toBe("2");
    // What was left comes back, as it was or as it was built, and runs.
    await page.goto(`${server.origin}/index.html`);
    await page.goBack();
    await run(0, "2 + 2");
    expect(await cell(0).locator("pre.result").textContent()).toBe("4");
  });

  test("a cell that was reset while it ran, and run again, is stopped for itself", async () => {
    await visit("playground.html");
    await run(0, "1");
    // From files this loop does not hear of its end.
    await write(0, "const spin = (): void => {\n  while (true);\n};\nspin();");
    await page.keyboard.press("Shift+Enter");
    await page.getByText("Cell 1 is running.").waitFor();
    await page.evaluate(() => {
      const press = (action: string): void =>
        document.querySelector<HTMLElement>(`[data-cell="0"] [data-do="${action}"]`)?.click();
      for (const action of ["reset", "run", "stop"]) press(action);
    });
    expect(await status()).toBe("Cell 1 was stopped.");
    await page.waitForSelector("[data-session=dead]");
    await settled(0, "failed");
    expect(await session()).toBe("dead");
  });

  test("what an input method is composing stays until it is done, where the editor is not there yet", async () => {
    await visit("zh-CN/playground.html", { from: server.origin });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/live.js", async (route) => {
      await released;
      await route.continue();
    });
    await cell(0).getByRole("textbox").focus();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
    release();
    await page.waitForFunction("globalThis.convfuseLive !== undefined");
    await devtools.send("Input.imeSetComposition", { text: "ni h", selectionStart: 4, selectionEnd: 4 });
    expect(await page.locator(".cm-content").count()).toBe(0);
    await devtools.send("Input.insertText", { text: "// 你好" });
    await page.locator(".cm-content").waitFor();
    await page.keyboard.type(" 2");
    expect(await page.locator(".cm-content").textContent()).toBe("// 你好 2");
  });

  test("on a phone nothing is wider than the page; on paper no control is left", async () => {
    await visit("playground.html", { width: 375 });
    await run(0, `console.log("${"long ".repeat(60)}")`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button").count()).toBe(0);
  });
});
