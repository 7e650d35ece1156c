import { describe, expect, test } from "vitest";
import { Conv2d, fuse, type Module, manualSeed, verifyFusion } from "../../src/index.js";
import { Dice } from "./random-tree.js";
import { families } from "./refusals.js";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

test("there are at least 100 trees", () => {
  expect(Object.keys(families).length * seeds.length).toBeGreaterThanOrEqual(100);
});

describe.each(Object.keys(families))("%s", (name) => {
  test.each(seeds)("is refused with its reason, and a naive fusion differs: seed %i", (seed) => {
    manualSeed(seed);
    const dice = new Dice(seed);
    const channels = dice.of([1, 2, 3]);
    const { tree, naive, reason, size = 8 } = (families[name] as (typeof families)[string])(dice, channels);
    const { module, report } = fuse(tree);
    expect(module).not.toBeInstanceOf(Conv2d);
    expect(report.refused.map((refusal) => refusal.reason).join("\n")).toMatch(
      new RegExp(reason.source, "m"),
    );
    const shape = [2, channels, size, size + 1];
    const one = fuse(naive).module;
    if (runs(tree, shape)) {
      const naively = () => verifyFusion(tree, one, { inputShape: shape, trials: 3, seed });
      if (name === "batch norm in training")
        expect(naively).toThrow("verifyFusion: before has layers in training mode");
      else expect(naively().ok).toBe(false);
      expect(verifyFusion(tree, module, { inputShape: shape, trials: 3, seed }).ok).toBe(true);
    } else {
      expect(runs(one, shape)).toBe(true);
      expect(runs(module, shape)).toBe(false);
    }
  });
});

function runs(module: Module, shape: readonly number[]): boolean {
  try {
    verifyFusion(module, module, { inputShape: shape, trials: 1 });
    return true;
  } catch {
    return false;
  }
}
