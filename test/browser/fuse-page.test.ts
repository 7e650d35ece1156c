import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import { fuseOnnx, readOnnx, writeOnnx } from "@convfuse/onnx";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { builtSite, problemsOf } from "../support/built-site.js";
import { chromium, requirement } from "../support/requirement.js";

const example = fileURLToPath(new URL("../../examples/branches.onnx", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "convfuse-fuse-page-"));

describe.skipIf(requirement(chromium()) === null)(
  'the page "Fuse your network" in Chromium, from a file',
  () => {
    let site: string;
    let browser: Browser;
    let page: Page;
    let problems: readonly string[];
    beforeAll(async () => {
      site = await builtSite();
      browser = await launchChromium();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      rmSync(work, { recursive: true, force: true });
    });
    beforeEach(async () => {
      page = await browser.newPage();
      problems = problemsOf(page);
      await page.goto(pathToFileURL(join(site, "fuse.html")).href);
    });
    afterEach(async () => {
      await page.close();
      expect(problems).toEqual([]);
    });

    /** The bytes that a click on the link saves. */
    async function saved(name: string): Promise<Buffer> {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByText(name).click()]);
      return readFileSync(await download.path());
    }

    test("gives the file that the library gives, and says what was done", async () => {
      await page.setInputFiles("input", example);
      await page.getByText("5 parts fused, each proven. Convolutions: 10 before, 5 after.").waitFor();
      const { model } = fuseOnnx(readOnnx(readFileSync(example)));
      expect((await saved("Save branches.fused.onnx")).equals(Buffer.concat([...writeOnnx(model)]))).toBe(
        true,
      );
      await page.getByText("What was fused").click();
      expect(await page.getByText("/4/Add_1_output_0").isVisible()).toBe(true);
    });

    test("takes a dropped file, and one after the other", async () => {
      await page.setInputFiles("input", example);
      await page.getByText("5 parts fused").waitFor();
      const fused = await saved("Save branches.fused.onnx");
      const files = await page.evaluateHandle(
        (bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "again.onnx"));
          return data;
        },
        [...fused],
      );
      await page.dispatchEvent("#fuse", "drop", { dataTransfer: files });
      await page.getByText("again.onnx: nothing to fuse.").waitFor();
      expect(await page.getByText("Save").count()).toBe(0);
    });

    test("says what is wrong with a file that is no network", async () => {
      const broken = join(work, "broken.onnx");
      writeFileSync(broken, readFileSync(example).subarray(0, 40_000));
      await page.setInputFiles("input", broken);
      await page.getByText(/^broken\.onnx could not be fused: /).waitFor();
    });

    test("stays alive while it works on 100 MB", async () => {
      // A field that no version of the schema has: 100 MB of it are still a network, which readers of any kind pass over.
      const bytes = 100 * 2 ** 20;
      const head = [2 | (1000 << 3), bytes].flatMap(varint);
      const large = join(work, "large.onnx");
      writeFileSync(
        large,
        Buffer.concat([readFileSync(example), Buffer.from(head), Buffer.alloc(bytes, "not only zeros")]),
      );
      await page.evaluate(() => {
        const times: number[] = [];
        Object.assign(globalThis, { times });
        setInterval(() => times.push(performance.now()), 20);
      });
      await page.setInputFiles("input", large);
      await page.getByText("5 parts fused").waitFor();
      const times = await page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
      // The work is many times as long as the longest time in which the page did not answer.
      const pauses = times.slice(1).map((time, i) => time - (times[i] as number));
      expect(pauses.length).toBeGreaterThan(5);
      // The worker reads parts of the file when it needs them.
      const { model } = fuseOnnx(readOnnx(readFileSync(large)));
      const expected = Buffer.concat([...writeOnnx(model)]);
      expect(expected.length).toBeGreaterThan(bytes);
      expect((await saved("Save large.fused.onnx")).equals(expected)).toBe(true);
    });

    test("speaks Chinese on the Chinese page", async () => {
      await page.goto(pathToFileURL(join(site, "zh-CN/fuse.html")).href);
      await page.setInputFiles("input", example);
      await page.getByText("融合了 5 处，每处都已证明。").waitFor();
      expect(await page.getByText("保存 branches.fused.onnx").isVisible()).toBe(true);
    });
  },
);

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}
