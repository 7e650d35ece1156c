import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { add, conv2d, setEngine, type Tensor, tensor, toNested } from "@convfuse/core";
import { launchChromium } from "@convfuse/lecture";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtSite } from "../support/built-site.js";
import { chromium, requirement } from "../support/requirement.js";

let site: string;
let browser: Browser;

/** A page of the site, from its file, with its figure brought to life. */
async function open(name: string, more: { readonly width?: number } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: more.width ?? 1280, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(pathToFileURL(join(site, `${name}.html`)).href);
  await page.waitForSelector("[data-figure][data-operable]");
  return page;
}

/** The numbers of a table, as they are shown. */
function numbersOf(table: Locator): Promise<number[][]> {
  return table.evaluate((element) =>
    [...(element as HTMLTableElement).rows].map((row) =>
      [...row.cells].map((cell) =>
        Number((cell.querySelector("input")?.value ?? cell.textContent ?? "").replace("−", "-")),
      ),
    ),
  );
}

function choice(figure: Locator, label: string): Locator {
  return figure.getByRole("combobox", { name: label, exact: true });
}

/** All tables whose names begin so, as one tensor [tables, rows, columns]. */
async function tensorOf(figure: Locator, name: RegExp): Promise<Tensor> {
  const tables = await figure.locator("table").filter({ visible: true }).all();
  const found: number[][][] = [];
  for (const one of tables)
    if (name.test((await one.getAttribute("aria-label")) ?? "")) found.push(await numbersOf(one));
  return tensor(found);
}

describe.skipIf(requirement(chromium()) === null)("figures to operate, in Chromium", () => {
  beforeAll(async () => {
    await setEngine("wasm", { precision: "exact" });
    site = await builtSite();
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());

  test("every output that is shown is what core computes of the input and the weights that are shown", async () => {
    const page = await open("03-weight-shapes");
    const figure = page.locator("figure.interactive");
    const choices: Readonly<Record<string, number>>[] = [
      {},
      { "Kernel size": 2, "Stride S": 2, "Padding P": 2 },
      { "Kernel size": 3, "Dilation D": 2, "Input channels": 4, Filters: 2, Groups: 2 },
      { "Kernel size": 5, "Dilation D": 1, "Input channels": 3, Filters: 3, Groups: 3 },
      { "Kernel size": 1, "Stride S": 3, "Padding P": 0, "Input channels": 1, Filters: 4 },
    ];
    for (const chosen of choices) {
      for (const [label, value] of Object.entries(chosen))
        await choice(figure, label).selectOption(String(value));
      const settingOf = async (label: string): Promise<number> =>
        Number(await choice(figure, label).inputValue());
      const [stride, dilation, groups, filters] = await Promise.all(
        ["Stride S", "Dilation D", "Groups", "Filters"].map(settingOf),
      );
      const x = await tensorOf(figure, /^input channel/);
      const kernels: unknown[] = [];
      for (let o = 0; o < (filters as number); o++) {
        // Pointing at an output shows its filter.
        await figure.getByRole("gridcell", { name: `y[${o}, 0, 0] =` }).focus();
        kernels.push(toNested(await tensorOf(figure, new RegExp(`^kernel of filter ${o} `))));
        const shown = await figure.locator(".formula .value").textContent();
        const y = await tensorOf(figure, new RegExp(`^output channel ${o}$`));
        expect(Number(shown?.replace("−", "-"))).toBe(y.get(0, 0, 0));
      }
      const weight = tensor(kernels as number[][][][]);
      const expected = conv2d(x, weight, undefined, {
        stride: stride as number,
        dilation: dilation as number,
        groups: groups as number,
      });
      expect(toNested(await tensorOf(figure, /^output channel/)), JSON.stringify(chosen)).toEqual(
        toNested(expected),
      );
    }
    await page.context().close();
  });

  test("outputs and weights are reached by keyboard, and show where they come from and go to", async () => {
    const page = await open("06-groups-depthwise");
    const figure = page.locator("figure.interactive");
    await figure.getByRole("slider", { name: "Output" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await figure.locator(".slider .shown").first().textContent()).toBe("y[0, 0, 1]");
    // Behind the speed: the kernels' tables, one stop each, then the outputs'.
    await figure.getByRole("slider", { name: "Speed" }).focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(
      /^w\[0, 0, 0, 0\] = /,
    );
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await figure.locator(".formula").textContent()).toMatch(/^w\[0, 0, 1, 1\] = .*12, of them 0 with/);
    expect(await figure.locator("td.met").count()).toBe(12 + 1);
    expect(await figure.locator("td.made").count()).toBe(12);
    for (let stop = 0; stop < 2; stop++) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(
      /^y\[0, 1, 1\] = /,
    );
    // Two of four channels are read through 3 x 3 taps; the others are dimmed.
    expect(await figure.locator("td.window").count()).toBe(18);
    expect(await figure.locator("td.quiet").count()).toBe(2 * 30);
    await figure.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Enter");
    await figure.getByText("y[0, 1, 2]").first().waitFor();
    await page.keyboard.press("Enter");
    await figure.getByRole("button", { name: "Play" }).waitFor();
    await page.context().close();
  });

  test("a kernel that fits nowhere is told in core's words", async () => {
    const page = await open("03-weight-shapes");
    const figure = page.locator("figure.interactive");
    await choice(figure, "Kernel size").selectOption("5");
    await choice(figure, "Dilation D").selectOption("3");
    expect(await figure.getByRole("status").textContent()).toContain(
      "conv2d: the kernel spans [13,13] pixels but the padded input has [7,8]",
    );
    await choice(figure, "Dilation D").selectOption("1");
    expect(await figure.locator("td.current").count()).toBe(1);
    await page.context().close();
  });

  test.each(["07-fusion", "zh-CN/07-fusion"])(
    "%s: whatever weight is changed, branches and fused convolution give core's numbers, and the same ones",
    async (name) => {
      const page = await open(name, { width: name.startsWith("zh") ? 375 : 1280 });
      const figure = page.locator("figure.interactive");
      await figure.getByRole("checkbox").first().check();
      const inputs = figure.getByRole("spinbutton");
      expect(await inputs.count()).toBe(36 + 4);
      await inputs.nth(20).fill("-1.75");
      await inputs.nth(38).focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await figure.getByRole("slider").focus();
      await page.keyboard.press("ArrowRight");
      await inputs.nth(1).fill("99");
      const tables = await figure.locator("table").all();
      const all = await Promise.all(tables.map(numbersOf));
      const four = (from: number): number[] => all.slice(from, from + 4).flat(2);
      const [three, one, fused] = [four(0), four(4), four(12)];
      expect(three[20]).toBe(-1.75);
      expect(three[1]).toBe(2);
      const x = tensor(all.slice(16, 18));
      const kernel = (weights: number[]): Tensor => tensor(weights, [2, 2, 3, 3]);
      const sum = add(
        conv2d(x, kernel(three), undefined, { padding: 1 }),
        add(
          conv2d(
            x,
            tensor(
              one.filter((_, k) => k % 9 === 4),
              [2, 2, 1, 1],
            ),
          ),
          x,
        ),
      );
      expect(all.slice(18, 20)).toEqual(toNested(sum));
      expect(all.slice(20, 22)).toEqual(toNested(sum));
      expect(toNested(conv2d(x, kernel(fused), undefined, { padding: 1 }))).toEqual(toNested(sum));
      expect(await figure.getByRole("status").locator(".value").textContent()).toBe("0");
      await figure.getByRole("checkbox").nth(1).uncheck();
      expect((await numbersOf(tables[8] as Locator)).flat()).toEqual(Array(9).fill(0));
      expect(await figure.getByRole("status").locator(".value").textContent()).toBe("0");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        await page.evaluate(() => innerWidth),
      );
      await page.context().close();
    },
  );

  test("every control has a name, in the page's language", async () => {
    const page = await open("zh-CN/03-weight-shapes");
    const names = await page.$$eval("figure.interactive :is(button, select, input, [role=grid])", (all) =>
      all.map(
        (control) =>
          control.getAttribute("aria-label") ??
          (control as HTMLInputElement).labels?.[0]?.textContent ??
          control.textContent ??
          "",
      ),
    );
    expect(names.length).toBeGreaterThan(14);
    for (const name of names) expect(name).toMatch(/\p{Script=Han}/u);
    await page.context().close();
  });

  test("without a script a figure is a picture of its first state, and prints as one", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(site, "03-weight-shapes.html")).href);
    const figure = page.locator("figure.interactive");
    expect(await figure.locator(".handles, .settings, .hint").filter({ visible: true }).count()).toBe(0);
    const x = await tensorOf(figure, /^input channel/);
    const w = await tensorOf(figure, /^kernel of filter 0/);
    const y = await tensorOf(figure, /^output channel 0/);
    expect(toNested(conv2d(x, tensor(w.data, [1, 2, 3, 3])))).toEqual(toNested(y));
    await page.emulateMedia({ media: "print" });
    expect(await figure.locator("td").filter({ visible: true }).count()).toBeGreaterThan(150);
    await context.close();
  });

  test("pages without a figure load nothing for it, and the others little", () => {
    const page = (name: string): string => readFileSync(join(site, `${name}.html`), "utf8");
    expect(page("02-locality-translation")).not.toContain("figures.");
    expect(page("07-fusion")).toMatch(/<script defer src="assets\/figures\.js">/);
    expect(gzipSync(readFileSync(join(site, "assets", "figures.js"))).length).toBeLessThan(40_000);
  });
});
