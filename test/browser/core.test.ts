import * as core from "@convfuse/core";
import { launchChromium } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCore } from "../support/bundled-core.js";
import { chromium, requirement } from "../support/requirement.js";

/** Runs in Node and in the page: the same draws and the same layer, by every engine that promises the same bits everywhere. */
async function work(convfuse: typeof core): Promise<number[][]> {
  const { Conv2d, manualSeed, randn, setEngine } = convfuse;
  const outputs: number[][] = [];
  for (const engine of ["reference", "wasm"]) {
    await setEngine(engine, engine === "wasm" ? { precision: "exact" } : {});
    manualSeed(5);
    const conv = new Conv2d(4, 6, [3, 5], { padding: "same", groups: 2, paddingMode: "reflect" });
    outputs.push([...conv.forward(randn([2, 4, 7, 9])).data]);
  }
  return outputs;
}

describe.skipIf(requirement(chromium()) === null)("core in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test("gives the bits that it gives in Node, from one bundled script", async () => {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundledCore() });
    const inBrowser = (await page.evaluate(`(${work})(convfuse)`)) as number[][];
    const inNode = await work(core);
    expect(inNode.map((output) => output.length)).toEqual([756, 756]);
    // JSON carries every float32 bit, but no -0 and no NaN, which these outputs do not hold.
    expect(inBrowser.map((output, i) => output.findIndex((value, k) => value !== inNode[i]?.[k]))).toEqual([
      -1, -1,
    ]);
  });
});
