import type * as core from "@convfuse/core";
import { launchChromium } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCore } from "../support/bundled-core.js";
import { type PageServer, servePages } from "../support/page-server.js";
import { chromium, requirement } from "../support/requirement.js";

/** What makes a page cross-origin isolated, so that it may share memory with workers. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Runs in the page: the same network on one and on two threads, enough work that helpers are woken; and how many workers that took. */
async function work(convfuse: typeof core) {
  const { Conv2d, Sequential, ReLU, compile, manualSeed, randn, setEngine } = convfuse;
  let workers = 0;
  const page = globalThis as unknown as { Worker: new (...args: unknown[]) => object };
  const { Worker } = page;
  page.Worker = class extends Worker {
    constructor(...args: unknown[]) {
      super(...args);
      workers++;
    }
  };
  const outputs: number[][] = [];
  for (const threads of [1, 2]) {
    await setEngine("wasm", { threads });
    manualSeed(3);
    const module = new Sequential([
      new Conv2d(3, 40, 3, { stride: 2, padding: 1 }),
      new ReLU(),
      new Conv2d(40, 40, 3, { padding: 1 }),
      new Conv2d(40, 24, 1),
    ]);
    const plan = compile(module, { inputShape: [1, 3, 65, 47] });
    const x = randn([1, 3, 65, 47]);
    for (let i = 0; i < 5; i++) plan.run(x);
    outputs.push([...plan.run(x).data]);
  }
  const [one = [], two = []] = outputs;
  return { workers, length: one.length, firstDifference: one.findIndex((value, i) => value !== two[i]) };
}

describe.skipIf(requirement(chromium()) === null)("threads in Chromium", () => {
  let browser: Browser;
  let server: PageServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(),
      bundledCore().then((script) => servePages(script, { "/isolated": isolation })),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function visit(path: string) {
    const page = await browser.newPage();
    const notes: string[] = [];
    page.on("console", (message) => notes.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => notes.push(`error: ${error.message}`));
    await page.goto(server.origin + path);
    const isolated = await page.evaluate("crossOriginIsolated");
    const result = await page.evaluate(`(${work})(convfuse)`);
    await page.close();
    return { isolated, notes, result };
  }

  const same = { length: 24 * 33 * 24, firstDifference: -1 };

  test("a cross-origin isolated page computes on two threads, with the bits of one", async () => {
    expect(await visit("/isolated")).toEqual({ isolated: true, notes: [], result: { workers: 1, ...same } });
  });

  test("any other page computes on one thread, and says why", async () => {
    const note =
      "warning: convfuse: this page is not cross-origin isolated, so that it has no shared memory: one thread is used";
    expect(await visit("/")).toEqual({ isolated: false, notes: [note], result: { workers: 0, ...same } });
  });
});
