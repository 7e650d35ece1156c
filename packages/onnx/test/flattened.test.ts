import { describe, expect, test } from "vitest";
import { floats, ints, modelBytes, type NodeInit, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

const random = randomNumbers(5);
const weights = (name: string, dims: readonly number[], least = -1) => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return floats(
    name,
    [...dims],
    Array.from({ length: size }, () => 2 * random() + least),
  );
};
const channels = ["s", "t", "m"].map((name) => weights(name, [3]));
const initializer = [
  ...[
    ...channels,
    weights("v", [3], 0.5),
    weights("w", [5, 60]),
    weights("b", [5]),
    weights("point", [3, 3, 1, 1]),
  ],
  ...[ints("shape", [0, -1]), ints("fixed", [-1, 60]), weights("f", [3, 1, 1])],
];
const norm = (from: string, to: string): NodeInit =>
  node("BatchNormalization", [from, "s", "t", "m", "v"], to);
const gemm = (from: string): NodeInit => node("Gemm", [from, "w", "b"], "y", { transB: 1n });

describe("a norm before flattened pixels goes into the matrix behind them", () => {
  test.each([
    ["Flatten", [norm("x", "a"), node("Flatten", ["a"], "c"), gemm("c")], ["Flatten", "Gemm"]],
    ["Reshape", [norm("x", "a"), node("Reshape", ["a", "shape"], "c"), gemm("c")], ["Reshape", "Gemm"]],
    [
      "a Reshape to a number of features, behind what stays, with a factor",
      [
        node("Relu", ["x"], "r"),
        norm("r", "a"),
        node("Mul", ["a", "f"], "e"),
        node("Reshape", ["e", "fixed"], "c"),
        gemm("c"),
      ],
      ["Relu", "Reshape", "Gemm"],
    ],
    [
      "a convolution takes the norm before that",
      [node("Conv", ["x", "point"], "a"), norm("a", "e"), node("Flatten", ["e"], "c"), gemm("c")],
      ["Conv", "Flatten", "Gemm"],
    ],
  ] as const)("%s", async (_, nodes, left) => {
    for (const batch of [2, "n"]) {
      const bytes = modelBytes({
        node: [...nodes],
        initializer,
        input: [port("x", [batch, 3, 4, 5])],
        output: [port("y")],
      });
      const { types, bytes: fused, report } = fusedFile(bytes);
      expect(report.putBack).toEqual([]);
      expect(types).toEqual(left);
      const feeds = { x: randomTensor([2, 3, 4, 5], random) };
      expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused, feeds))).toBeLessThan(2e-6);
    }
  });
});
