import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  animatedPage as animated,
  builtSite,
  lessonPages,
  sitePages as pages,
  plotsDrawn,
  problemsOf,
} from "../support/built-site.js";
import { chromium, requirement } from "../support/requirement.js";

let site: string;
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
  const problems = problemsOf(page);
  const visit = async (name: string): Promise<readonly string[]> => {
    problems.length = 0;
    await page.goto(pathToFileURL(join(site, name)).href);
    await plotsDrawn(page);
    return problems;
  };
  return { page, visit };
}

describe.skipIf(requirement(chromium()) === null)("the site in Chromium", () => {
  beforeAll(async () => {
    site = await builtSite();
    browser = await launchChromium();
  }, 120_000);

  afterAll(() => browser?.close());

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
        // Words of a plot that its edges cut off: Chinese ones are not as long as the English ones that figures are tested with.
        const cut = await phone.page.$$eval("figure.figure .plot", (all) =>
          all.flatMap((plot) => {
            const place = plot.getBoundingClientRect();
            return [...plot.querySelectorAll(".main-svg text")]
              .filter((word) => {
                const { left, right, top, bottom } = word.getBoundingClientRect();
                if (left === right) return false;
                return (
                  left < place.left - 1 ||
                  right > place.right + 1 ||
                  top < place.top - 1 ||
                  bottom > place.bottom + 1
                );
              })
              .map((word) => word.textContent);
          }),
        );
        expect(cut).toEqual([]);
        // Labels that run into each other.
        const met = await phone.page.$$eval("figure.figure .plot", (all) =>
          all.flatMap((plot) => {
            const labels = [...plot.querySelectorAll(".textpoint text")];
            const places = labels.map((label) => label.getBoundingClientRect());
            return labels.flatMap((label, i) =>
              labels.slice(i + 1).flatMap((other, j) => {
                const [a, b] = [places[i] as DOMRect, places[i + 1 + j] as DOMRect];
                const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                return across > -2 && down > 3 ? [`${label.textContent} | ${other.textContent}`] : [];
              }),
            );
          }),
        );
        expect(met).toEqual([]);
        // Emphasis that Markdown did not take for any, as it happens beside Chinese brackets.
        const stars = await phone.page.$$eval(".prose", (all) =>
          all.flatMap((prose) => {
            const words = prose.cloneNode(true) as HTMLElement;
            for (const code of words.querySelectorAll("code, pre")) code.remove();
            return words.textContent?.match(/.{0,20}\*\*.{0,20}/g) ?? [];
          }),
        );
        expect(stars).toEqual([]);
        // A formula keeps the comma behind it on its line, which a browser does not see to by itself.
        const loose = await phone.page.$$eval(".together", (all) =>
          all.flatMap((together) => {
            const mark = document.createRange();
            mark.selectNodeContents(together);
            mark.setStartAfter(together.querySelector(".katex") as Element);
            const { top, width } = mark.getBoundingClientRect();
            const end = [...together.querySelectorAll(".base")].at(-1) as Element;
            return width > 0 && top >= end.getBoundingClientRect().bottom ? [together.textContent] : [];
          }),
        );
        expect(loose).toEqual([]);
        const [content, window] = await phone.page.evaluate(() => [
          document.documentElement.scrollWidth,
          innerWidth,
        ]);
        expect(content).toBeLessThanOrEqual(window as number);
        // What does not fit is moved by itself, with the keyboard as well.
        const unreached = await phone.page.$$eval("pre, .scroll, .katex-display", (all) =>
          all.filter((box) => box.scrollWidth > box.clientWidth + 1 && (box as HTMLElement).tabIndex < 0),
        );
        expect(unreached).toEqual([]);
      },
    );
  });

  test("a finger on a plot moves the page: no plot is zoomed, and planes are as high as their cells", async () => {
    const context = await browser.newContext({
      viewport: { width: 375, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(site, animated)).href);
    await plotsDrawn(page);
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

  test("a plot keeps to its place when that becomes narrower, with the window and without it", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "light");
    await visit(animated);
    // Drawn as wide as its place is now, and nothing of it outside, where the text is.
    const fits = () =>
      page.waitForFunction(() =>
        [...document.querySelectorAll("figure.figure .plot")].every((plot) => {
          const place = plot.getBoundingClientRect();
          const drawing = (plot.querySelector(".main-svg") as Element).getBoundingClientRect();
          return Math.abs(drawing.width - place.width) < 2 && Math.abs(drawing.height - place.height) < 2;
        }),
      );
    await page.setViewportSize({ width: 700, height: 900 });
    await fits();
    // As a scroll bar makes it, and larger letters: the window stays as wide as it was, and says that it has changed.
    await page.addStyleTag({ content: ".stage { width: 500px }" });
    await page.evaluate(() => window.dispatchEvent(new Event("resize")));
    await fits();
    const widths = await page.$$eval("figure.figure .main-svg", (all) => all.map((one) => one.clientWidth));
    expect(new Set(widths)).toEqual(new Set([500]));
    await page.context().close();
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
    // Any later step: a busy machine may show none for long.
    await animation.getByText(/^y\[(?!0, 0, [01]\])\d+, \d+, \d+\] = /).waitFor();
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
    // No plot is cut in two: it asks to stay whole, and is no higher than a page of A4 or of letter between the margins.
    await page.emulateMedia({ media: "print" });
    const figures = await page.$$eval("figure", (all) =>
      all.map((figure) => [
        getComputedStyle(figure).breakInside,
        figure.getBoundingClientRect().height < 900,
      ]),
    );
    expect(figures.length).toBeGreaterThan(3);
    expect(new Set(figures.map(String))).toEqual(new Set(["avoid,true"]));
    // No line of code is broken: the longest has 92 letters, and A4 has 176 millimetres between the margins.
    const widest = await page.$$eval("pre code", (all) =>
      all.map((code) => {
        const { fontSize } = getComputedStyle(code);
        const ends = getComputedStyle(code.closest("pre") as Element);
        return 92 * 0.6 * parseFloat(fontSize) + parseFloat(ends.paddingLeft) + parseFloat(ends.paddingRight);
      }),
    );
    expect(widest.length).toBeGreaterThan(3);
    expect(Math.max(...widest)).toBeLessThan((176 / 25.4) * 96);
    await page.emulateMedia({ media: null });
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

  test("every link inside the site leads to a page and a place that are there", () => {
    // Links and places are in the pages themselves, which are read as they lie there.
    const places = new Map<string, ReadonlySet<string>>();
    const links = new Set<string>();
    const queue = [pathToFileURL(join(site, "index.html")).href];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (places.has(file)) continue;
      const html = readFileSync(new URL(file), "utf8").replaceAll(/<script.*?<\/script>/gs, "");
      const all = (pattern: RegExp): string[] =>
        [...html.matchAll(pattern)].map(([, value]) => (value as string).replaceAll("&amp;", "&"));
      places.set(file, new Set(all(/ id="([^"]*)"/g)));
      for (const href of all(/<a (?:[^>]* )?href="([^"]*)"/g)) {
        const { protocol, href: url } = new URL(href, file);
        if (protocol !== "file:") continue;
        links.add(url);
        const [target] = url.split("#") as [string];
        if (target.endsWith(".html")) queue.push(target);
      }
    }
    // Each page has more than its navigation.
    expect(links.size).toBeGreaterThan(5 * pages.length);
    for (const url of links) {
      const [file, hash] = url.split("#") as [string, string?];
      expect(existsSync(fileURLToPath(file)), url).toBe(true);
      if (hash) expect(places.get(file)?.has(decodeURIComponent(hash)), url).toBe(true);
    }
    const visited = [...places.keys()].map((url) => fileURLToPath(url));
    expect(visited.sort()).toEqual(pages.map((name) => join(site, name)).sort());
  });

  test("follows the reader from light to dark, plots too", async () => {
    const { page, visit } = await newVisitor({ width: 1280, height: 900 }, "dark");
    await visit(lessonPages[1] as string);
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
