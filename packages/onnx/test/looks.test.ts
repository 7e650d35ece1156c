import { describe, expect, test } from "vitest";
import { fusedFile } from "./fused.js";
import { randomGraph } from "./random-graph.js";

describe("one run comes to the end of what can be fused", () => {
  test.each([
    [100_689, "none"],
    [100_689, "any"],
    [101_455, "any"],
    [101_663, "any"],
  ] as const)("random network %i with growth %s, which takes several looks", (seed, growth) => {
    const once = fusedFile(randomGraph(seed).bytes, { growth, verify: false });
    const twice = fusedFile(once.bytes, { growth, verify: false });
    expect(once.report.regions.length).toBeGreaterThan(0);
    expect(twice.report.regions).toEqual([]);
    expect(Buffer.compare(twice.bytes, once.bytes)).toBe(0);
  });

  test("places that went into a later look are no refusals", () => {
    const { report } = fusedFile(randomGraph(101_455).bytes, { growth: "any", verify: false });
    const gone = new Set(report.regions.flatMap(({ nodes }) => nodes));
    expect(report.refusals.filter(({ path }) => gone.has(path))).toEqual([]);
  });
});
