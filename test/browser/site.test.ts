import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSite, launchChromium } from "@convfuse/lecture";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, requirement } from "../support/requirement.js";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const names = readdirSync(notebooks)
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => name.replace(".ipynb", ".html"));
const pages = ["index.html", "fuse.html", "playground.html", ...names].flatMap((name) => [
  name,
  `zh-CN/${name}`,
]);
const work = mkdtempSync(join(tmpdir(), "convfuse-site-"));
const site = join(work, "site");

/** The lesson with an animation in it. */
const animated = names.find((name) => name.includes("weight-shapes")) as string;

let browser: Browser;

interface Visitor {
  readonly page: Page;
  /** Goes to a page of the site, from its file and with no network; gives everything that went wrong until its plots were drawn. */
  readonly visit: (name: string) => Promise<readonly string[]>;
}

async function newVisitor(
  viewport: { readonly width: number; readonly height: number },
  colorScheme: "light" | "dark",
): Promise<Visitor> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  let problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`asks the network for ${request.url()}`);
  });
  const visit = async (name: string): Promise<readonly string[]> => {
    problems = [];
    await page.goto(pathToFileURL(join(site, name)).href);
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>("figure.figure .plot")].every((plot) => plot.dataset.drawn),
    );
    return problems;
  };
  return { page, visit };
}

describe.skipIf(requirement(chromium()) === null)("the site in Chromium", () => {
  beforeAll(async () => {
    await buildSite(notebooks, site);
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(work, { recursive: true, force: true });
  });

  test("has the same lessons in both languages", () => {
    expect(
      readdirSync(join(site, "zh-CN"))
        .filter((name) => name.endsWith(".html"))
        .sort(),
    ).toEqual(
      readdirSync(site)
        .filter((name) => name.endsWith(".html"))
        .sort(),
    );
  });

  describe("on a phone", () => {
    // One tab goes through all pages, as a reader does: a browser that starts anew for each takes three times as long.
    let phone: Visitor;
    beforeAll(async () => {
      phone = await newVisitor({ width: 375, height: 800 }, "light");
    });
    afterAll(() => phone?.page.context().close());

    test.each(pages)(
      "%s: nothing fails, every plot is drawn, and it scrolls in one direction only",
      async (name) => {
        expect(await phone.visit(name)).toEqual([]);
        const plots = await phone.page.$$eval("figure.figure .plot", (all) =>
          all.map((plot) => ({
            drawn: (plot.querySelector(".main-svg")?.getBoundingClientRect().width ?? 0) > 100,
            label: (plot.getAttribute("aria-label") ?? "").length > 20,
          })),
        );
        expect(plots.filter((plot) => !plot.drawn || !plot.label)).toEqual([]);
        // Emphasis that Markdown did not take for any, as it happens beside Chinese brackets.
        const stars = await phone.page.$$eval(".prose", (all) =>
          all.flatMap((prose) => {
            const words = prose.cloneNode(true) as HTMLElement;
            for (const code of words.querySelectorAll("code, pre")) code.remove();
            return words.textContent?.match(/.{0,20}\*\*.{0,20}/g) ?? [];
          }),
        );
        expect(stars).toEqual([]);
        const [content, window] = await phone.page.evaluate(() => [
          document.documentElement.scrollWidth,
          innerWidth,
        ]);
        expect(content).toBeLessThanOrEqual(window as number);
      },
    );
  });

  test("outputs are whole at 1280 pixels: none is cut off, none has to be scrolled", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "light");
    for (const name of pages) {
      await visit(name);
      const cut = await page.$$eval("pre.output", (all) =>
        all
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ textContent }) => textContent),
      );
      expect(cut, name).toEqual([]);
    }
    await page.context().close();
  });

  test("a finger on a plot moves the page: no plot is zoomed, and planes are as high as their cells", async () => {
    const context = await browser.newContext({
      viewport: { width: 375, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(site, animated)).href);
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>("figure.figure .plot")].every((plot) => plot.dataset.drawn),
    );
    const plots = await page.$$eval("figure.figure .plot", (all) =>
      all.map((plot) => {
        const { _fullLayout: layout } = plot as unknown as {
          readonly _fullLayout: {
            dragmode: unknown;
            yaxis: { _length: number };
            margin: { t: number; b: number };
          };
        };
        const drag = plot.querySelector(".nsewdrag");
        return {
          dragmode: layout.dragmode,
          touch: drag === null ? "" : getComputedStyle(drag).touchAction,
          empty: plot.clientHeight - layout.yaxis._length - layout.margin.t - layout.margin.b,
        };
      }),
    );
    expect(plots.length).toBeGreaterThan(1);
    for (const { dragmode, touch, empty } of plots) {
      expect(dragmode).toBe(false);
      expect(touch).toBe("pan-y pinch-zoom");
      expect(empty).toBeLessThan(20);
    }
    await context.close();
  });

  test("the animation is moved by keyboard and by its button, outside of what is one picture to a screen reader", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "light");
    await visit(animated);
    const animation = page.locator("figure.figure", { has: page.locator(".controls") });
    const slider = animation.getByRole("slider", { name: "Step" });
    await slider.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await animation.locator(".controls output").textContent()).toBe("y[0, 0, 1]");
    expect(await slider.getAttribute("aria-valuetext")).toBe("y[0, 0, 1]");
    await animation.getByText(/^y\[0, 0, 1\] = /).waitFor();
    await animation.getByRole("button", { name: "Play" }).click();
    await animation.getByText(/^y\[0, 0, 3\] = /).waitFor();
    await animation.getByRole("button", { name: "Pause" }).click();
    await page.context().close();
  });

  test("on paper: black on white from a dark system too, solutions open, plots within the margins", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "dark");
    await visit(animated);
    const look = () =>
      page.evaluate(() => ({
        open: [...document.querySelectorAll("details")].map(({ open }) => open),
        inks: [
          ...new Set(
            [...document.querySelectorAll(".gtitle, .textpoint text")].map(
              (word) => getComputedStyle(word).fill,
            ),
          ),
        ],
        cells: document.querySelectorAll(".heatmap-label, .heatmap-label text").length,
        widest: Math.max(
          ...[...document.querySelectorAll(".main-svg")].map(
            (drawing) => drawing.getBoundingClientRect().width,
          ),
        ),
      }));
    const before = await look();
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    const printed = await look();
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    expect(printed.open.length).toBeGreaterThan(2);
    expect(printed.open).not.toContain(false);
    expect(printed.inks).toEqual(["rgb(28, 28, 28)"]);
    expect(printed.cells).toBe(before.cells);
    expect(printed.widest).toBeLessThanOrEqual(640);
    expect(await look()).toEqual(before);
    expect(before.open).not.toContain(true);
    await page.context().close();
  });

  test("every link inside the site leads to a page and a place that are there", async () => {
    // Links are in the pages themselves, so no script needs to run.
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const places = new Map<string, ReadonlySet<string>>();
    const links = new Set<string>();
    const queue = [pathToFileURL(join(site, "index.html")).href];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (places.has(file)) continue;
      await page.goto(file);
      places.set(file, new Set(await page.$$eval("[id]", (all) => all.map(({ id }) => id))));
      const found = await page.$$eval("a[href]", (all) =>
        all.map((link) => (link as HTMLAnchorElement).href),
      );
      for (const url of found.filter((target) => target.startsWith("file:"))) {
        links.add(url);
        const [target] = url.split("#") as [string];
        if (target.endsWith(".html")) queue.push(target);
      }
    }
    for (const url of links) {
      const [file, hash] = url.split("#") as [string, string?];
      expect(existsSync(fileURLToPath(file)), url).toBe(true);
      if (hash) expect(places.get(file)?.has(decodeURIComponent(hash)), url).toBe(true);
    }
    const visited = [...places.keys()].map((url) => fileURLToPath(url));
    expect(visited.sort()).toEqual(pages.map((name) => join(site, name)).sort());
    await context.close();
  });

  test("follows the reader from light to dark, plots too", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "dark");
    await visit(names[1] ?? "index.html");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    const inks = () =>
      page.evaluate(() => [
        getComputedStyle(document.body).color,
        ...[...document.querySelectorAll(".gtitle, .xtick text, .textpoint text")].map(
          (word) => getComputedStyle(word).fill,
        ),
      ]);
    expect(await page.getAttribute("figure.figure .plot", "data-drawn")).toBe("dark");
    const before = await inks();
    expect(new Set(before).size).toBe(1);
    expect(before.length).toBeGreaterThan(10);
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(
      () => document.querySelector<HTMLElement>("figure.figure .plot")?.dataset.drawn === "light",
    );
    expect(await ground()).not.toBe(dark);
    const after = await inks();
    expect(new Set(after).size).toBe(1);
    expect(before).not.toContain(after[0]);
    await page.context().close();
  });
});
