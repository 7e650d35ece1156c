import { afterAll, expect, test } from "vitest";
import {
  conv2d,
  engineNames,
  manualSeed,
  maxAbsDiff,
  randint,
  setEngine,
  type Tensor,
} from "../../src/index.js";

afterAll(() => setEngine("wasm"));

/** Layers that `"fast"` computes by Winograd's algorithm, at either stride, and one that it computes directly. */
const layers = [
  { channels: 64, kernel: 3, stride: 1 },
  { channels: 33, kernel: 3, stride: 2 },
  { channels: 20, kernel: 1, stride: 1 },
];

test.skipIf(!engineNames().includes("wasm")).each(layers)(
  'whole numbers stay whole with precision "exact": %o',
  async ({ channels, kernel, stride }) => {
    manualSeed(4);
    const x = randint(-8, 9, [2, channels, 17, 12]);
    const weight = randint(-8, 9, [channels + 1, channels, kernel, kernel]);
    const run = (): Tensor => conv2d(x, weight, undefined, { stride, padding: (kernel - 1) / 2 });
    await setEngine("reference");
    const whole = run();
    expect(whole.data.every(Number.isInteger)).toBe(true);
    await setEngine("wasm", { precision: "exact" });
    expect(maxAbsDiff(run(), whole)).toBe(0);
  },
);
