import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "@convfuse/lecture";
import { readOnnx } from "@convfuse/onnx";
import { build, preview } from "vite";
import { afterAll, describe, expect, test } from "vitest";
import { chromium, requirement } from "../support/requirement.js";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "convfuse-examples-"));
const executable = requirement(chromium());

/** Runs an example as a reader does: by Node, on the packages as they are built. */
function run(file: string, ...args: readonly string[]): string {
  return execFileSync("node", ["--throw-deprecation", join(folder, file), ...args], { encoding: "utf8" });
}

afterAll(() => rmSync(work, { recursive: true, force: true }));

test("README names every program", () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const programs = readdirSync(folder).filter((name) => /\.(?:js|cjs|mjs|py)$|^page$/.test(name));
  expect(programs.filter((name) => !readme.includes(name))).toEqual([]);
});

test("node.js fuses three branches and proves it", () => {
  expect(run("node.js")).toBe(
    "Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n" +
      "672 parameters before, 584 after\n" +
      "Both give the same outputs, up to the rounding of float32.\n",
  );
});

test("commonjs.cjs requires the package", () => {
  expect(run("commonjs.cjs")).toBe("[[[-1,-1],[-1,-1],[-1,-1]]]\n");
});

test("onnx.js fuses a file, and says how it is called", async () => {
  const output = join(work, "fused.onnx");
  expect(run("onnx.js", join(folder, "branches.onnx"), output)).toMatch(/convolutions\s+10\s+5/);
  const { inputs, outputs } = readOnnx(readFileSync(output));
  const before = readOnnx(readFileSync(join(folder, "branches.onnx")));
  expect([inputs, outputs]).toEqual([before.inputs, before.outputs]);
  expect(readdirSync(work)).toEqual(["fused.onnx"]);
  const misused = spawn("node", [join(folder, "onnx.js")], { stdio: ["ignore", "ignore", "pipe"] });
  const said = misused.stderr.toArray();
  const [status] = await once(misused, "close");
  expect([status, Buffer.concat(await said).toString()]).toEqual([
    2,
    "usage: node onnx.js model.onnx fused.onnx\n",
  ]);
});

describe.skipIf(executable === null)("in Chromium", () => {
  test("figure.js writes a page that draws, an SVG and a PNG", async () => {
    run("figure.js", join(work, "figures"), executable as string);
    const png = readFileSync(join(work, "figures/kernel.png"));
    expect(png.toString("latin1", 0, 8)).toBe("\u0089PNG\r\n\u001a\n");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1600, 900]);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 375, height: 700 } });
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("requestfailed", (request) => problems.push(request.url()));
      await page.goto(pathToFileURL(join(work, "figures/kernel.html")).href);
      await page.locator(".heatmaplayer image").first().waitFor();
      expect(await page.locator("figcaption").textContent()).toMatch(/^2 x 3 kernels/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
      await page.goto(pathToFileURL(join(work, "figures/kernel.svg")).href);
      const titles = await page.$$eval("text", (all) => all.map((text) => text.textContent));
      expect(titles).toContain("A kernel as PyTorch makes it");
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test("page/ draws what its worker has fused, as a bundler builds it", async () => {
    const options = { root: join(folder, "page"), configFile: false, logLevel: "silent" } as const;
    const dist = { outDir: join(work, "page"), emptyOutDir: true };
    await build({ ...options, build: dist, worker: { format: "es" } });
    const server = await preview({ ...options, build: dist, preview: { port: 0, host: "127.0.0.1" } });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      await page.goto(server.resolvedUrls?.local[0] as string);
      await page.locator("#kernel .heatmaplayer image").first().waitFor();
      const report = await page.locator("#report").textContent();
      expect(report).toContain("Conv2d(2, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))");
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
