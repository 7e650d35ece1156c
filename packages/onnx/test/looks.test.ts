import { describe, expect, test } from "vitest";
import { floats, modelBytes, type NodeInit, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { randomGraph } from "./random-graph.js";
import { randomNumbers } from "./run-onnx.js";

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

  /** Of a file of these nodes: the operators that are left, and that a second run finds nothing. */
  function left(
    nodes: readonly NodeInit[],
    shape: readonly (number | string)[] | undefined,
    growth: "any" | "none",
  ): readonly string[] {
    const random = randomNumbers(3);
    const weights = (name: string, dims: readonly number[]) =>
      floats(
        name,
        [...dims],
        Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => random() + 0.5),
      );
    const bytes = modelBytes({
      node: [...nodes],
      initializer: [
        ...["s", "t", "m", "v"].map((name) => weights(name, [4])),
        floats("one", [4, 1, 1], [1, 2, 3, 4]),
        floats("two", [], [2]),
        ...[weights("matrix", [4, 3]), weights("w", [4, 1, 2, 2]), weights("k", [3, 4, 2, 2])],
      ],
      input: [port("x", shape)],
      output: [port("y"), ...(nodes.some(({ output }) => output?.includes("z")) ? [port("z")] : [])],
    });
    const once = fusedFile(bytes, { growth });
    expect(once.report.putBack).toEqual([]);
    expect(Buffer.compare(fusedFile(once.bytes, { growth }).bytes, once.bytes)).toBe(0);
    return once.types;
  }

  test.each(["any", "none"] as const)(
    "a value is computed of two others, of which one is a map of the other, growth %s",
    (growth) => {
      const nodes = [
        node("Relu", ["x"], "a"),
        node("Add", ["a", "one"], "b"),
        node("Sub", ["b", "a"], "z"),
        node("Mul", ["z", "two"], "c"),
        node("BatchNormalization", ["c", "s", "t", "m", "v"], "d"),
        node("Sum", ["d", "b", "c", "a"], "y"),
      ];
      expect(left(nodes, ["n", 4, "h", "w"], growth)).toEqual(["Relu", "Add", "Sub", "Add", "Add"]);
    },
  );

  test.each(["any", "none"] as const)(
    "what several nodes of one region read goes on behind a pooling, growth %s",
    (growth) => {
      const nodes = [
        node("BatchNormalization", ["x", "s", "t", "m", "v"], "a"),
        node("Sum", ["a", "a"], "b"),
        node("Sub", ["b", "x"], "c"),
        node("GlobalAveragePool", ["c"], "d"),
        node("Flatten", ["d"], "e"),
        node("Gemm", ["e", "matrix"], "y"),
      ];
      expect(left(nodes, [2, 4, 5, 6], growth)).toEqual(["GlobalAveragePool", "Flatten", "Gemm"]);
    },
  );

  test.each(["any", "none"] as const)(
    "what a weight behind an Identity says of a value counts for those that read that before, growth %s",
    (growth) => {
      const nodes = [
        node("AveragePool", ["x"], "a", { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        node("BatchNormalization", ["a", "s", "t", "m", "v"], "b"),
        node("Conv", ["b", "w"], "y", { group: 4n }),
        node("Identity", ["k"], "l"),
        node("Conv", ["x", "l"], "z"),
      ];
      const pooling = growth === "any" ? [] : ["AveragePool"];
      expect(left(nodes, undefined, growth)).toEqual([...pooling, "Conv", "Identity", "Conv"]);
    },
  );
});
