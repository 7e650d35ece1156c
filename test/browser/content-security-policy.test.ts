import type * as core from "@convfuse/core";
import { launchChromium } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCore } from "../support/bundled-core.js";
import { type PageServer, servePages } from "../support/page-server.js";
import { chromium, requirement } from "../support/requirement.js";

const policy = (scripts: string) => ({
  "Content-Security-Policy": `default-src 'self'; script-src ${scripts}`,
});

const pages = {
  "/strict": policy("'self'"),
  "/wasm-only": policy("'self' 'wasm-unsafe-eval'"),
  "/unsafe-eval": policy("'self' 'unsafe-eval'"),
};

describe.skipIf(requirement(chromium()) === null)("a page with a Content-Security-Policy", () => {
  let browser: Browser;
  let server: PageServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(),
      bundledCore().then((script) => servePages(script, pages)),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function visit(path: keyof typeof pages) {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(`${error.name}: ${error.message}`));
    await page.goto(server.origin + path);
    return { page, errors };
  }

  test.each(["/strict", "/wasm-only"] as const)(
    "that is %s gets one error, which says what is needed",
    async (path) => {
      const { page, errors } = await visit(path);
      await page.close();
      expect(errors).toEqual([
        "EngineError: @convfuse/core: ndarray and ndarray-ops compile their loops with new Function, which is forbidden here: " +
          "a Content-Security-Policy has to allow 'unsafe-eval' in script-src",
      ]);
    },
  );

  test("that allows 'unsafe-eval' computes, by WebAssembly", async () => {
    const work = ({ Conv2d, getEngine, ones, relu, toNested }: typeof core) => {
      const conv = new Conv2d(1, 1, 1, { bias: false });
      conv.weight.set(0, 0, 0, 0, 2);
      return [getEngine(), toNested(relu(conv.forward(ones([1, 1, 1, 2]).transpose(0, 1, 3, 2))))];
    };
    const { page, errors } = await visit("/unsafe-eval");
    const result = await page.evaluate(`(${work})(convfuse)`);
    await page.close();
    expect({ errors, result }).toEqual({ errors: [], result: ["wasm", [[[[2], [2]]]]] });
  });
});
