import { describe, expect, test } from "vitest";
import {
  floats,
  type GraphInit,
  type ModelInit,
  modelBytes,
  type NodeInit,
  node,
  port,
} from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

// What is known of values that no input decides about, and what is not.

const random = randomNumbers(31);
const weights = (name: string, ...dims: number[]) =>
  floats(
    name,
    dims,
    Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () => 2 * random() - 1.2),
  );
const initializer = [
  ...[weights("w", 4, 4, 1, 1), weights("c", 4, 1, 1), weights("d", 4, 1, 1)],
  ...[weights("s", 4), weights("t", 4), weights("m", 4), floats("v", [4], [0.5, 1, 2, 3])],
];
const norm = (from: string, to: string, epsilon = 1e-5) =>
  node("BatchNormalization", [from, "s", "t", "m", "v"], to, { epsilon });

/** The operators that are left; both files' outputs are held against each other in onnxruntime. */
async function left(nodes: readonly NodeInit[], graph: Partial<GraphInit> = {}, model: ModelInit = {}) {
  const [input, output] = [[port("x", ["n", 4, 10, 10])], [port("y")]];
  const bytes = modelBytes({ node: [...nodes], initializer, input, output, ...graph }, model);
  const fused = fusedFile(bytes);
  const feeds = { x: randomTensor([2, 4, 10, 10], random) };
  expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused.bytes, feeds))).toBeLessThan(2e-6);
  expect(fused.report.putBack).toEqual([]);
  return fused;
}

describe("constants", () => {
  test.each([
    [200, ["Conv"]],
    [255, ["Conv"]],
    [256, ["Cast", "Cast", "Conv", "Mul"]],
    [-1, ["Cast", "Cast", "Conv", "Mul"]],
  ] as const)("a factor that was %i of a byte", async (value, expected) => {
    const nodes = [
      node("Cast", ["f"], "g", { to: 2n }),
      node("Cast", ["g"], "h", { to: 1n }),
      node("Conv", ["x", "w"], "a"),
      node("Mul", ["a", "h"], "y"),
    ];
    const more = { initializer: [...initializer, floats("f", [4, 1, 1], [1, value, 3, 2])] };
    expect((await left(nodes, more)).types).toEqual(expected);
  });

  test("a factor that only the caller of a function knows is not taken for one that is not there", async () => {
    const alpha = {
      opType: "Constant",
      output: ["f"],
      attribute: [{ name: "value_float", type: 1, refAttrName: "alpha" }],
    };
    const kernel = node("Constant", [], "k", { value: { tensor: weights("", 4, 4, 1, 1) } });
    const body = [kernel, alpha, node("Conv", ["p", "k"], "q"), node("Mul", ["q", "f"], "r")];
    const opsetImport = [{ domain: "", version: 17n }];
    const functions = [
      {
        name: "Block",
        domain: "mine",
        input: ["p"],
        output: ["r"],
        attribute: ["alpha"],
        node: body,
        opsetImport,
      },
    ];
    const block = node("Block", ["x"], "y", { alpha: 0.5 }, { domain: "mine" });
    const { proto, report } = await left(
      [block],
      {},
      {
        functions,
        opsetImport: [...opsetImport, { domain: "mine", version: 1n }],
      },
    );
    expect(report.regions).toEqual([]);
    expect(proto.functions[0]?.node.map(({ opType }) => opType)).toEqual([
      "Constant",
      "Constant",
      "Conv",
      "Mul",
    ]);
  });
});

test.each([0.3, 0.7, 0.9, 1.4])(
  "what is made %d times as large has the size that runtimes make",
  async (scale) => {
    const nodes = [
      node("Resize", ["x", "", "scales"], "r"),
      node("Conv", ["r", "w"], "a"),
      node("Shape", ["a"], "z"),
      norm("a", "b"),
      node("Relu", ["b"], "e"),
      node("Reshape", ["e", "z"], "y"),
    ];
    const more = {
      initializer: [...initializer, floats("scales", [4], [1, 1, scale, scale])],
      input: [port("x", [2, 4, 10, 10])],
    };
    expect((await left(nodes, more)).types).toEqual(["Resize", "Constant", "Conv", "Relu", "Reshape"]);
  },
);

describe("nodes that no convolution takes in", () => {
  test("norms in a row are one norm", async () => {
    const { types, report, proto } = await left([
      norm("x", "a"),
      norm("a", "b", 0.1),
      node("Relu", ["b"], "y"),
    ]);
    expect(types).toEqual(["BatchNormalization", "Relu"]);
    expect(report.regions.map(({ becomes, worstRatio }) => [becomes, (worstRatio as number) < 1])).toEqual([
      [["BatchNormalization"], true],
    ]);
    expect(report.after.norms).toBe(1);
    expect(proto.graph?.node[0]?.attribute.map(({ name, f }) => [name, f])).toEqual([["epsilon", 0]]);
  });

  test("a norm, factors and numbers that are added are one norm; without a norm they are none", async () => {
    const rest = [node("Mul", ["a", "c"], "b"), node("Add", ["b", "d"], "e")];
    expect((await left([norm("x", "a"), ...rest, node("Relu", ["e"], "y")])).types).toEqual([
      "BatchNormalization",
      "Relu",
    ]);
    expect((await left([node("Mul", ["x", "d"], "a"), ...rest, node("Relu", ["e"], "y")])).types).toEqual([
      "Mul",
      "Add",
      "Relu",
    ]);
  });

  test("a long sum stays one node", async () => {
    const others = [node("Relu", ["x"], "p"), node("Sigmoid", ["x"], "q"), node("Tanh", ["x"], "o")];
    const sum = node("Sum", ["x", "a", "p", "q", "o"], "y");
    const { types } = await left([node("Conv", ["x", "w"], "a"), ...others, sum]);
    expect([...types].sort()).toEqual(["Conv", "Relu", "Sigmoid", "Sum", "Tanh"]);
  });
});
