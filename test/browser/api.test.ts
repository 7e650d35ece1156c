import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as core from "@convfuse/core";
import * as figures from "@convfuse/figures";
import * as kernel from "@convfuse/kernel";
import * as browser from "@convfuse/kernel/browser";
import { launchChromium } from "@convfuse/lecture";
import * as onnx from "@convfuse/onnx";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, requirement } from "../support/requirement.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const api = join(root, ".cache/api");

// Only where the sources have changed does this take longer than a look at them; the site takes the same folder.
beforeAll(() => {
  execFileSync("node", [join(root, "docs/api/main.mjs")], { stdio: "pipe" });
}, 300_000);

test("every public name has a page, and every link leads somewhere", () => {
  const names = JSON.parse(readFileSync(join(api, "names.json"), "utf8"));
  for (const [name, all] of Object.entries({ core, figures, kernel, "kernel/browser": browser, onnx })) {
    const pages = names[`@convfuse/${name}`] as Readonly<Record<string, string>>;
    expect(Object.keys(all).filter((value) => !(value in pages))).toEqual([]);
    expect(Object.values(pages).filter((page) => !existsSync(join(api, page)))).toEqual([]);
  }
  // Where the site's index leads.
  for (const part of ["core", "figures", "onnx", "kernel"])
    expect(existsSync(join(api, `modules/_convfuse_${part}.html`)), part).toBe(true);
  const files = readdirSync(api, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".html"),
  );
  const pages = new Map(files.map((file) => [file, readFileSync(join(api, file), "utf8")]));
  const places = new Map(
    [...pages].map(([file, html]) => [
      file,
      new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id as string)),
    ]),
  );
  const dead = [...pages].flatMap(([file, html]) =>
    [...html.matchAll(/(?:href|src)="(?!https?:)([^"#?]*)(?:\?[^"#]*)?(?:#([^"]*))?"/g)]
      .map(([, link, place]) => [link ? join(dirname(file), link) : file, place] as const)
      // The way back to the lecture, in which the reference stands.
      .filter(
        ([target, place]) =>
          target !== "../index.html" &&
          // Its script puts the icons into a page.
          !place?.startsWith("icon-") &&
          !(place
            ? places.get(target)?.has(decodeURIComponent(place.replaceAll("&amp;", "&")))
            : existsSync(join(api, target))),
      )
      .map(([target, place]) => `${file}: ${target}${place ? `#${place}` : ""}`),
  );
  expect(dead).toEqual([]);
});

test("an error is told with its class, which leads to its page", () => {
  const html = readFileSync(join(api, "functions/_convfuse_core.conv2d.html"), "utf8");
  const [list = ""] = /<h4[^>]*>Throws.*?<ul>(.*?)<\/ul>/s.exec(html)?.slice(1) ?? [];
  const thrown = [
    ...list.matchAll(/<li><a href="\.\.\/classes\/_convfuse_core\.(\w+)\.html"[^>]*>(\w+)<\/a> if /g),
  ];
  expect(thrown.map(([, page, name]) => [page, name])).toEqual(
    ["TensorTypeError", "ShapeError", "ArgumentError"].map((name) => [name, name]),
  );
  // In no other form on any page.
  for (const file of readdirSync(api, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".html")) continue;
    const page = readFileSync(join(api, file), "utf8");
    for (const part of page.split('<div class="tsd-tag-throws">').slice(1))
      expect(part, file).toMatch(/^\s*<h4[^>]*>Throws.*?<\/h4><ul>\s*<li>/s);
  }
});

/** What axe-core objects to, but for a habit of TypeDoc's theme: links in what folds sections. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(options: object): Promise<{ readonly violations: readonly { readonly id: string }[] }>;
      };
    };
    const found = await axe.run({
      preload: false,
      resultTypes: ["violations"],
      rules: { "nested-interactive": { enabled: false } },
    });
    return found.violations.map(({ id }) => id);
  });
}

describe.skipIf(requirement(chromium()) === null)("the API reference in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  test.each(["light", "dark"] as const)(
    "works from files, in %s, without a network, on a phone",
    async (scheme) => {
      const page = await browser.newPage({ viewport: { width: 375, height: 800 }, colorScheme: scheme });
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
      });
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) problems.push(`asks the network for ${request.url()}`);
      });
      await page.goto(pathToFileURL(join(api, "functions/_convfuse_core.conv2d.html")).href);
      await page.getByRole("heading", { name: "Function conv2d" }).waitFor();
      const [content, paper] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        getComputedStyle(document.body).backgroundColor,
      ]);
      expect(content).toBe(375);
      const brightness = [...(paper as string).matchAll(/\d+/g)].reduce(
        (sum, [part]) => sum + Number(part),
        0,
      );
      expect(brightness > 382).toBe(scheme === "light");
      await page.keyboard.press("/");
      await page.keyboard.type("kernelHeatmap");
      await page
        .getByRole("option", { name: /kernelHeatmap/ })
        .first()
        .waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Function kernelHeatmap" }).waitFor();
      expect(await violations(page)).toEqual([]);
      // From one package's page to a type of another's.
      await page.getByRole("link", { name: "Tensor" }).first().click();
      await page.getByRole("heading", { name: "Type Alias Tensor" }).waitFor();
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  // One page of each kind; a page is the same in both schemes but for its colours.
  test.each([
    ["index.html", "light"],
    ["modules/_convfuse_core.html", "dark"],
    ["classes/_convfuse_core.Conv2d.html", "light"],
    ["interfaces/_convfuse_core.FusionReport.html", "dark"],
    ["types/_convfuse_core.Padding.html", "light"],
    ["variables/_convfuse_onnx.DataType.html", "dark"],
    ["functions/_convfuse_onnx.fuseOnnx.html", "dark"],
    ["hierarchy.html", "light"],
  ] as const)(
    "axe-core finds nothing on %s, in %s, and nothing is wider than a tablet",
    async (name, colorScheme) => {
      const page = await browser.newPage({
        viewport: { width: 768, height: 900 },
        colorScheme,
        reducedMotion: "reduce",
      });
      await page.goto(pathToFileURL(join(api, name)).href);
      await page.locator("#tsd-nav-container a").first().waitFor({ state: "attached" });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(768);
      await page.close();
    },
  );
});
