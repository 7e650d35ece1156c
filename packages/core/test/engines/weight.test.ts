// What the engine costs those who only import it: its bytes, and nothing done before something is computed.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());

test("the engine's code and both builds of its module are less than 120 KB, gzipped", async () => {
  const input = fileURLToPath(new URL("../../src/engines/wasm/index.ts", import.meta.url));
  const bundle = await rolldown({ input });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const bytes = output.reduce((sum, one) => sum + (one.type === "chunk" ? gzipSync(one.code).length : 0), 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(120_000);
});

test("importing core decodes and compiles nothing; the first convolution does", async () => {
  const compiled = vi.spyOn(WebAssembly, "Module");
  const validated = vi.spyOn(WebAssembly, "validate");
  const decoded = vi.spyOn(globalThis, "atob");
  vi.resetModules();
  const { conv2d, ones } = await import("@convfuse/core");
  for (const spy of [compiled, validated, decoded]) expect(spy).not.toHaveBeenCalled();
  conv2d(ones([1, 1, 3, 3]), ones([1, 1, 3, 3]));
  for (const spy of [compiled, validated, decoded]) expect(spy).toHaveBeenCalled();
});
