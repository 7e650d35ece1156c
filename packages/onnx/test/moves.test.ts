import { describe, expect, test } from "vitest";
import { floats, ints, modelBytes, type NodeInit, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

const random = randomNumbers(21);
const weights = (name: string, ...dims: number[]) => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return floats(
    name,
    dims,
    Array.from({ length: size }, () => 2 * random() - 1.2),
  );
};
const initializer = [
  ...[weights("w", 4, 4, 3, 3), weights("p", 4, 4, 1, 1), weights("c", 4), weights("other", 4, 1)],
  ...[ints("axes", [2]), weights("row", 4, 4, 1, 3), weights("s", 4), weights("t", 4), weights("m", 4)],
  ...[floats("v", [4], [0.5, 1, 2, 3]), weights("matrix", 4, 3), floats("half", [], [0.5])],
];
const same = { pads: [1n, 1n, 1n, 1n] };
const turn = (from: string, to: string, ...perm: bigint[]) => node("Transpose", [from], to, { perm });
const first = (from: string, to: string) => turn(from, to, 0n, 3n, 1n, 2n);
const last = (from: string, to: string) => turn(from, to, 0n, 2n, 3n, 1n);

/** Fuses, and holds both files' outputs against each other in onnxruntime. */
async function left(nodes: readonly NodeInit[], shape: readonly number[]) {
  const input = [port("x", shape)];
  const bytes = modelBytes({ node: [...nodes], initializer, input, output: [port("y")] });
  const { types, bytes: fused, report } = fusedFile(bytes);
  const feeds = { x: randomTensor(shape, random) };
  expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused, feeds))).toBeLessThan(2e-6);
  return { types, report };
}

const conv = [first("x", "a"), node("Conv", ["a", "w"], "b", same), last("b", "d")];
const point = [first("x", "e"), node("Conv", ["e", "p"], "f"), last("f", "g")];

describe("what only moves elements is seen through", () => {
  test("branches of a network that holds channels last, the input itself among them", async () => {
    const sum = [node("Add", ["d", "c"], "h"), node("Sum", ["h", "g", "x"], "i"), node("Relu", ["i"], "y")];
    const { types } = await left([...conv, ...point, ...sum], [2, 5, 6, 4]);
    expect(types).toEqual(["Transpose", "Conv", "Transpose", "Relu"]);
  });

  test.each([
    ["a constant of another axis", [...conv, node("Add", ["d", "other"], "y")]],
    ["a norm of another axis", [...conv, node("BatchNormalization", ["d", "s", "t", "m", "v"], "y")]],
    [
      "an order that is not the way back",
      [
        ...[...conv.slice(0, 2), first("b", "d"), first("d", "h")],
        node("BatchNormalization", ["h", "s", "t", "m", "v"], "y"),
      ],
    ],
    [
      "a type that rounds",
      [
        ...[...conv.slice(0, 2), node("Cast", ["b"], "d", { to: 10n }), node("Cast", ["d"], "h", { to: 1n })],
        node("BatchNormalization", ["h", "s", "t", "m", "v"], "y"),
      ],
    ],
  ] as const)("nothing is fused through %s", async (_, nodes) => {
    const { types, report } = await left(nodes, [2, 4, 4, 4]);
    expect(report.regions).toEqual([]);
    expect(types).toEqual(nodes.map(({ opType }) => opType));
  });

  test("a pooling over the last axes but one is written as one over pixels, where what it reads is another value", async () => {
    const mean = [node("ReduceMean", ["g"], "h", { axes: [1n, 2n], keepdims: 0n })];
    const { types } = await left([...point, ...mean, node("MatMul", ["h", "matrix"], "y")], [2, 5, 6, 4]);
    expect(types).toEqual(["Transpose", "GlobalAveragePool", "Flatten", "MatMul"]);
  });

  test("what is left of a node stands where it stood: joined channels, then their order", async () => {
    const joined = [
      node("Mul", ["d", "c"], "h"),
      node("Concat", ["h", "h"], "i", { axis: 3n }),
      node("Relu", ["i"], "y"),
    ];
    const { types } = await left([...conv, ...joined], [2, 5, 6, 4]);
    expect(types).toEqual(["Transpose", "Conv", "Concat", "Transpose", "Relu"]);
  });

  test.each(["Tanh", "Erf"])(
    "a factor that is a part of an activation, %s, is one behind a move, too",
    async (activation) => {
      const nodes = [...conv, node("Mul", ["d", "half"], "h"), node(activation, ["h"], "y")];
      const { types, report } = await left(nodes, [2, 5, 6, 4]);
      expect(report.regions).toEqual([]);
      expect(types).toEqual(nodes.map(({ opType }) => opType));
      // Of anything else it goes into the convolution.
      const other = await left([...nodes.slice(0, -1), node("Sigmoid", ["h"], "y")], [2, 5, 6, 4]);
      expect(other.types).toEqual(["Transpose", "Conv", "Transpose", "Sigmoid"]);
    },
  );

  test("an axis that is taken away and put back leaves no node, and names stay", async () => {
    const nodes = [
      node("Conv", ["x", "row"], "a", { pads: [0n, 1n, 0n, 1n] }),
      node("Squeeze", ["a", "axes"], "b"),
      node("BatchNormalization", ["b", "s", "t", "m", "v"], "d"),
      node("Unsqueeze", ["d", "axes"], "y"),
    ];
    const { types, report } = await left(nodes, [2, 4, 1, 6]);
    expect(types).toEqual(["Conv"]);
    expect(report.regions.map(({ output }) => output)).toEqual(["y"]);
  });
});
