import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import type * as Axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  animatedPage as animated,
  builtSite,
  sitePages as pages,
  plotsDrawn,
} from "../support/built-site.js";
import { chromium, requirement } from "../support/requirement.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const kibibyte = 1024;

let site: string;
let browser: Browser;

const url = (name: string): string => pathToFileURL(join(site, name)).href;

/** The page whose plots are drawn, as they are when this returns. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.goto(url(name));
  await plotsDrawn(page);
}

/**
 * What axe finds on the page as it is now, with the places. It does not look into pictures, which are their names to who cannot see them,
 * nor at the drawn half of a formula, which is hidden from those who have its MathML; that, it does not take for the text of a heading.
 */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Pick<typeof Axe, "configure" | "run"> };
    axe.configure({ rules: [{ id: "empty-table-header", selector: "th:not(:has(math))" }] });
    // Of all words of code in one colour on one ground the first is looked at: a third of the elements.
    const looks = new Set<string>();
    for (const word of document.querySelectorAll<HTMLElement>(".shiki span:not(:has(*))")) {
      const ground = getComputedStyle(word.closest("pre") as HTMLElement).backgroundColor;
      const look = `${word.className} ${word.getAttribute("style")} ${ground}`;
      if (looks.has(look)) word.replaceWith(word.textContent ?? "");
      looks.add(look);
    }
    const { violations } = await axe.run(
      { exclude: [[".plot > *"], [".katex-html"]] },
      // What passes is not described place by place: a quarter of the time.
      { resultTypes: ["violations"] },
    );
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, html }) => `${id}: ${help}; ${target.join(" ")}; ${html.slice(0, 120)}`),
    );
  });
}

describe.skipIf(requirement(chromium()) === null)("the site in Chromium", () => {
  beforeAll(async () => {
    site = await builtSite();
    browser = await launchChromium();
  }, 120_000);

  afterAll(() => browser?.close());

  describe("on a desktop", () => {
    let page: Page;
    beforeAll(async () => {
      // Nothing moves while it is looked at.
      page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    });
    afterAll(() => page?.context().close());

    // A page is the same in both languages but for its words: one is looked at in light, the other in dark.
    test.each(pages)("%s: axe-core finds nothing, and neither code nor output is cut off", async (name) => {
      await page.emulateMedia({ colorScheme: name.includes("/") ? "dark" : "light" });
      await goTo(page, name);
      const cut = await page.$$eval(".source pre, pre.output", (all) =>
        all
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map((output) => output.textContent),
      );
      expect(cut).toEqual([]);
      // Solutions are folded, and what is folded is not looked at.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      expect(await findings(page)).toEqual([]);
    });
  });

  describe("text comes first", () => {
    test.each([375, 1280])("nothing moves when plots are drawn, at %i pixels", async (width) => {
      const context = await browser.newContext({
        // All plots are in sight, so that each could move what is below it.
        viewport: { width, height: 12_000 },
        ...(width < 600 ? { isMobile: true, hasTouch: true } : {}),
      });
      const page = await context.newPage();
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route("**/plotly.min.js", async (route) => {
        await released;
        await route.continue();
      });
      await page.goto(url(animated), { waitUntil: "commit" });
      // The text stands there, in its own letters, before the first script has come.
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("main footer").waitFor();
      expect(
        await page.evaluate(() =>
          document.fonts.ready.then(() => document.fonts.check('18px "Source Serif"')),
        ),
      ).toBe(true);
      expect(await page.locator("figure.figure .plot[data-drawn]").count()).toBe(0);
      const before = await page.evaluate(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            shifts.push((entry as PerformanceEntry & { value: number }).value);
        }).observe({ type: "layout-shift" });
        return [...document.querySelectorAll("section")].map(
          (section) => section.getBoundingClientRect().top,
        );
      });
      release();
      await plotsDrawn(page);
      const after = await page.evaluate(async () => {
        for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
        return [...document.querySelectorAll("section")].map(
          (section) => section.getBoundingClientRect().top,
        );
      });
      // What rounds a height to whole pixels moves what is below by less than one each.
      const moved = after.map((top, i) => Math.abs(top - (before[i] as number)));
      expect(Math.max(...moved)).toBeLessThan(3);
      expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
      await context.close();
    });

    test("no script holds up a page, and what a page loads before its plots stays small", async () => {
      const size = (path: string): number => statSync(join(site, path)).size;
      for (const name of pages) {
        const html = readFileSync(join(site, name), "utf8");
        const folder = name.includes("/") ? "zh-CN" : ".";
        expect(html.match(/<script (?!defer|type="application\/json")/g) ?? [], name).toEqual([]);
        const links = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(
          ([, href]) => href as string,
        );
        const styles = links.reduce((sum, href) => sum + size(join(folder, href)), 0);
        // Fonts are three quarters of it.
        expect(styles / kibibyte, name).toBeLessThan(330);
      }
      const scripts = ["site.js", "search.js"].reduce((sum, file) => sum + size(join("assets", file)), 0);
      expect(scripts / kibibyte).toBeLessThan(24);
      // What is searched is loaded by those who search.
      expect(size("assets/search-engine.js") / kibibyte).toBeLessThan(32);
    });
  });

  test("the search finds places of this language's lessons from a file, by keyboard", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    for (const [name, query, heading, lesson] of [
      ["index.html", "receptive field", /receptive field/i, "04-output-size.html"],
      [`zh-CN/${animated}`, "感受野", /感受野/, "04-output-size.html"],
    ] as const) {
      await page.goto(url(name));
      expect(requests.some((request) => request.includes("search-engine"))).toBe(false);
      await page.keyboard.press("/");
      await page.getByRole("searchbox").fill(query);
      const first = page.locator(".finder li").first();
      await first.waitFor();
      expect(await first.textContent()).toMatch(heading);
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`/${name.includes("/") ? "zh-CN/" : ""}${lesson}#`));
      requests.length = 0;
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("the picture on the index stands still when its button is pressed, and for those who ask for no motion", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url("index.html"));
    const states = (): Promise<readonly string[]> =>
      page.evaluate(() => [...new Set(document.getAnimations().map(({ playState }) => playState))]);
    expect(await states()).toEqual(["running"]);
    const pause = page.getByRole("checkbox", { name: "Pause" });
    await pause.focus();
    await page.keyboard.press("Space");
    expect(await states()).toEqual(["paused"]);
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await states()).toEqual([]);
    expect(await pause.isVisible()).toBe(false);
    // All of it is shown at once then.
    expect(
      await page.$$eval(".picture .fused, .picture .branch", (all) =>
        all.map((one) => getComputedStyle(one).opacity),
      ),
    ).toEqual(["1", "1", "1", "1"]);
    await page.context().close();
  });

  test("the first stop of the keyboard leads to the content; the contents lead to every section; the other language keeps the place", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url(animated));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).hash).toBe("#content");
    const [sections, contents] = await page.evaluate(() => [
      [...document.querySelectorAll(".prose h2")].map(({ id }) => `#${id}`),
      [...document.querySelectorAll(".contents a")].map((link) => link.getAttribute("href")),
    ]);
    expect(contents).toEqual(sections);
    await page.locator(".contents a").nth(1).click();
    await page.getByRole("link", { name: "简体中文" }).click();
    await page.waitForURL(`**/zh-CN/${animated}${sections?.[1]}`);
    await page.context().close();
  });
});
