import { describe, expect, test } from "vitest";
import { fuseOnnx, readOnnx, writeOnnx } from "../src/index.js";
import { floats, ints, modelBytes, type NodeInit, node, port, type TensorInit } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

const random = randomNumbers(5);
const numbers = (count: number): number[] => Array.from({ length: count }, () => 2 * random() - 1.2);

function weights(name: string, ...dims: number[]) {
  return floats(name, dims, numbers(dims.reduce((product, dim) => product * dim, 1)));
}

const ports = { input: [port("x", ["n", 4, "h", "w"])], output: [port("y", ["n", 4, "h2", "w2"])] };
const same = { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] };
const norm = ["s", "b", "m"].map((name) => weights(name, 4)).concat(floats("v", [4], [0.5, 1, 2, 3]));
const normNode = (attributes = {}, outputs: string | string[] = "y") =>
  node("BatchNormalization", ["a", "s", "b", "m", "v"], outputs, attributes);

/** The types of nodes that are left of a convolution with a norm behind it. */
function leftOf(opset: number, attributes = {}, outputs: string | string[] = "y"): readonly string[] {
  const graph = {
    node: [node("Conv", ["x", "w"], "a", same), normNode(attributes, outputs)],
    initializer: [weights("w", 4, 4, 3, 3), ...norm],
    ...ports,
  };
  return fusedFile(modelBytes(graph, { opset })).types;
}

describe("forms of operators through the versions", () => {
  test.each([
    ["opset 6 is in training form unless it says it is not", 6, {}, "y", 2],
    ["opset 6 with is_test", 6, { is_test: 1n }, "y", 1],
    ["opset 7", 7, {}, "y", 1],
    ["opset 7 with statistics of every place", 7, { spatial: 0n }, "y", 2],
    ["opset 9", 9, {}, "y", 1],
    ["opset 9 that gives its statistics", 9, {}, ["y", "m2", "v2", "m3", "v3"], 2],
    ["opset 14 in training mode", 14, { training_mode: 1n }, ["y", "m2", "v2"], 2],
    ["opset 15", 15, {}, "y", 1],
    ["an opset that is not known yet", 99, {}, "y", 2],
  ])("BatchNormalization: %s", (_, opset, attributes, outputs, nodes) => {
    expect(leftOf(opset, attributes, outputs)).toHaveLength(nodes);
  });

  test("a variance that leaves nothing above zero is not folded", () => {
    const zero = floats("v", [4], [1, 0, 1, 1]);
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), normNode({ epsilon: 0 })],
      initializer: [weights("w", 4, 4, 3, 3), ...norm.slice(0, 3), zero],
      ...ports,
    };
    const { types, report } = fusedFile(modelBytes(graph));
    expect(types).toEqual(["Conv", "BatchNormalization"]);
    expect(report.refusals.map(({ reason }) => reason)).toContain("a variance + epsilon is not above zero");
  });

  test.each([
    ["a bias on axis 1", { broadcast: 1n, axis: 1n }, [4], ["Conv"]],
    ["a suffix that is no channel", { broadcast: 1n }, [4], ["Conv", "Add"]],
    ["no broadcast at all", {}, [4], ["Conv", "Add"]],
  ])("Add before opset 7: %s", (_, attributes, dims, expected) => {
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), node("Add", ["a", "c"], "y", attributes)],
      initializer: [weights("w", 4, 4, 3, 3), weights("c", ...dims)],
      ...ports,
    };
    expect(fusedFile(modelBytes(graph, { opset: 6 })).types).toEqual(expected);
  });

  test.each(["SAME_UPPER", "SAME_LOWER", "VALID"])("kernels of even sizes, auto_pad %s", async (auto) => {
    const graph = {
      node: [
        node("Conv", ["x", "w"], "a", { kernel_shape: [2n, 4n], auto_pad: auto }),
        node("Mul", ["a", "c"], "y"),
      ],
      initializer: [weights("w", 4, 4, 2, 4), weights("c", 4, 1, 1)],
      ...ports,
    };
    const bytes = modelBytes(graph);
    const fused = fusedFile(bytes);
    expect(fused.types).toEqual(["Conv"]);
    const feeds = { x: randomTensor([2, 4, 6, 7], random) };
    expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused.bytes, feeds))).toBeLessThan(1e-6);
  });

  test("padding by the input's size: where the file fixes it, or the caller gives it", async () => {
    const strided = { kernel_shape: [3n, 3n], strides: [2n, 2n], auto_pad: "SAME_UPPER" };
    const graph = (height: number | string, width: number | string) => ({
      node: [node("Conv", ["x", "w"], "a", strided), node("Mul", ["a", "c"], "y")],
      initializer: [weights("w", 4, 4, 3, 3), weights("c", 4, 1, 1)],
      input: [port("x", [1, 4, height, width])],
      output: [port("y")],
    });
    expect(fusedFile(modelBytes(graph("h", "w"))).types).toEqual(["Conv", "Mul"]);
    for (const [bytes, options] of [
      [modelBytes(graph(8, 7)), {}],
      [modelBytes(graph("h", "w")), { sizes: "given", inputShapes: { x: [1, 4, 8, 7] } }],
    ] as const) {
      const fused = fusedFile(bytes, options);
      expect(fused.types).toEqual(["Conv"]);
      const feeds = { x: randomTensor([1, 4, 8, 7], random) };
      expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused.bytes, feeds))).toBeLessThan(1e-6);
    }
  });

  test.each([
    [
      "Flatten and the shape asked for",
      [node("Flatten", ["a"], "b", { axis: 2n }), node("Shape", ["a"], "shape")],
    ],
    [
      "Reshape and a constant shape",
      [node("Reshape", ["a", "flat"], "b"), node("Identity", ["back"], "shape")],
    ],
  ])("a norm of tokens goes into the matrix in front of it: %s", async (_, between) => {
    const graph = {
      node: [
        node("MatMul", ["x", "w"], "a"),
        ...between,
        node("BatchNormalization", ["b", "s", "t", "m", "v"], "c"),
        node("Reshape", ["c", "shape"], "d"),
        node("Relu", ["d"], "y"),
      ],
      initializer: [
        ...[weights("w", 4, 6), weights("s", 6), weights("t", 6), weights("m", 6)],
        ...[floats("v", [6], [1, 2, 3, 0.5, 1, 2]), ints("flat", [-1, 6]), ints("back", [-1, 5, 6])],
      ],
      input: [port("x", ["n", 5, 4])],
      output: [port("y", ["n", 5, 6])],
    };
    const bytes = modelBytes(graph);
    const { types, bytes: fused, report } = fusedFile(bytes);
    expect(types).toEqual(["MatMul", "Add", "Relu"]);
    expect(report.regions[0]?.worstRatio).toBeGreaterThan(0);
    const feeds = { x: randomTensor([3, 5, 4], random) };
    expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused, feeds))).toBeLessThan(1e-6);
  });

  /** Tokens through a matrix, a norm on all of them at once, and what reads that. */
  function tokenGraph(readers: readonly NodeInit[], bias = false, more: readonly TensorInit[] = []) {
    return {
      node: [
        node("MatMul", ["x", "w"], bias ? "p" : "a"),
        ...(bias ? [node("Add", ["bias", "p"], "a")] : []),
        node("Reshape", ["a", "flat"], "b"),
        node("BatchNormalization", ["b", "s", "t", "m", "v"], "c"),
        ...readers,
      ],
      initializer: [
        ...[weights("w", 4, 6), weights("s", 6), weights("t", 6), weights("m", 6), weights("bias", 6)],
        ...[floats("v", [6], [1, 2, 3, 0.5, 1, 2]), ints("flat", [-1, 6]), ...more],
      ],
      valueInfo: [port("a", ["n", 5, 6])],
      input: [port("x", ["n", 5, 4])],
      output: [port("y"), ...(readers.length > 1 ? [port("z")] : [])],
    };
  }

  const heads = ints("heads", [-1, 5, 2, 3]);
  const halves = ints("halves", [-1, 10, 3]);
  test.each([
    ["split into heads", [node("Reshape", ["c", "heads"], "y")], false, ["MatMul", "Add", "Reshape"]],
    ["behind a bias", [node("Reshape", ["c", "heads"], "y")], true, ["MatMul", "Add", "Reshape"]],
    [
      "read twice",
      [node("Reshape", ["c", "heads"], "y"), node("Reshape", ["c", "halves"], "z")],
      true,
      ["MatMul", "Add", "Reshape", "Reshape"],
    ],
  ] as const)("a norm of tokens that are moved on: %s", async (_, readers, bias, expected) => {
    const bytes = modelBytes(tokenGraph(readers, bias, [heads, halves]));
    const { types, bytes: fused, proto, report } = fusedFile(bytes);
    expect(types).toEqual(expected);
    expect(report.regions[0]?.worstRatio).toBeGreaterThan(0);
    expect(proto.graph?.valueInfo).toEqual([]);
    const feeds = { x: randomTensor([3, 5, 4], random) };
    expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused, feeds))).toBeLessThan(1e-6);
  });

  test.each([
    ["a 0 copies a size of the rows", [node("Reshape", ["c", "rows"], "y")], [ints("rows", [0, 2, 3])]],
    ["something else reads them", [node("Reshape", ["c", "heads"], "y"), node("Relu", ["c"], "z")], [heads]],
    [
      "the matrix's product is read",
      [node("Reshape", ["c", "heads"], "y"), node("Relu", ["a"], "z")],
      [heads],
    ],
    ["they are asked for", [node("Reshape", ["c", "heads"], "y"), node("Identity", ["b"], "z")], [heads]],
  ] as const)("a norm of tokens stays: %s", (_, readers, more) => {
    const graph = tokenGraph(readers, false, more);
    const { types, report } = fusedFile(modelBytes(graph));
    expect(report.regions).toEqual([]);
    expect(types).toEqual(graph.node.map(({ opType }) => opType));
  });

  const turn = (from: string, to: string, ...perm: bigint[]) => node("Transpose", [from], to, { perm });
  const toRows = turn("a", "b", 0n, 2n, 1n);
  /** As many tokens as features, so that a shape does not tell which is which. */
  const turned = (between: NodeInit, ...readers: readonly NodeInit[]) => ({
    node: [
      ...[node("MatMul", ["x", "w"], "p"), node("Add", ["p", "bias"], "a"), between],
      ...[node("BatchNormalization", ["b", "s", "t", "m", "v"], "c"), ...readers],
    ],
    initializer: [
      ...[weights("w", 4, 6), weights("s", 6), weights("t", 6), weights("m", 6), weights("bias", 6)],
      floats("v", [6], [1, 2, 3, 0.5, 1, 2]),
    ],
    input: [port("x", [6, 6, 4])],
    output: [port("y")],
  });
  test.each([
    ["back", toRows, [turn("c", "y", 0n, 2n, 1n)], ["MatMul", "Add"]],
    [
      "on, by another order",
      turn("a", "b", 1n, 2n, 0n),
      [turn("c", "y", 1n, 2n, 0n)],
      ["MatMul", "Add", "Transpose", "Transpose"],
    ],
    [
      "back, behind others",
      toRows,
      [node("Sigmoid", ["c"], "d"), node("Mul", ["c", "d"], "e"), turn("e", "y", 0n, 2n, 1n)],
      ["MatMul", "Add", "Transpose", "Sigmoid", "Mul", "Transpose"],
    ],
  ] as const)(
    "a norm of tokens that are turned goes into the matrix: %s",
    async (_, between, readers, left) => {
      const bytes = modelBytes(turned(between, ...readers));
      const { types, bytes: fused, report } = fusedFile(bytes);
      expect(types).toEqual(left);
      expect(report.regions[0]?.worstRatio).toBeGreaterThan(0);
      const feeds = { x: randomTensor([6, 6, 4], random) };
      expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused, feeds))).toBeLessThan(1e-6);
    },
  );

  test.each([
    ["its channels are tokens", turn("a", "b", 1n, 0n, 2n), [turn("c", "y", 1n, 0n, 2n)]],
    ["it is read twice by one", toRows, [node("Mul", ["c", "c"], "y")]],
    ["it is read second", toRows, [node("Mul", ["b", "c"], "y")]],
    ["what it reads is read too", toRows, [node("Softmax", ["b"], "d"), node("Mul", ["c", "d"], "y")]],
  ] as const)("a norm of tokens that are turned stays: %s", (_, between, readers) => {
    const graph = turned(between, ...readers);
    const { types, report } = fusedFile(modelBytes(graph));
    expect(report.regions).toEqual([]);
    expect(types).toEqual(graph.node.map(({ opType }) => opType));
  });

  test("a function of the file is fused inside, its weights as constants", () => {
    const tensor = (name: string, ...dims: number[]) =>
      node("Constant", [], name, { value: { tensor: weights("", ...dims) } });
    const bytes = modelBytes(
      { node: [node("Block", ["x"], "y", {}, { domain: "mine" })], ...ports },
      {
        opsetImport: [
          { domain: "", version: 17n },
          { domain: "mine", version: 1n },
        ],
        functions: [
          {
            ...{
              name: "Block",
              domain: "mine",
              input: ["p"],
              output: ["r"],
              opsetImport: [{ domain: "", version: 17n }],
            },
            node: [
              ...[tensor("k", 4, 4, 3, 3), tensor("c", 4, 1, 1)],
              ...[node("Conv", ["p", "k"], "q", same), node("Mul", ["q", "c"], "r")],
            ],
          },
        ],
      },
    );
    const { proto, types } = fusedFile(bytes);
    expect(types).toEqual(["Block"]);
    expect(proto.functions[0]?.node.map(({ opType }) => opType)).toEqual(["Constant", "Conv"]);
  });

  test("weights in another file are read when they are needed, and new ones computed again when they are written", async () => {
    const values = Float32Array.from(numbers(4 * 4 * 9 * 4));
    const data = new Uint8Array(values.buffer);
    const outside = {
      ...floats("w", [16, 4, 3, 3], []),
      dataLocation: 1,
      externalData: [{ key: "location", value: "w.bin" }],
    };
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), node("Mul", ["a", "c"], "y")],
      initializer: [outside, weights("c", 16, 1, 1)],
      ...ports,
      output: [port("y")],
    };
    let read = 0;
    const external = (_: string, offset: number, length: number): Uint8Array => {
      read += length;
      return data.subarray(offset, offset + length);
    };
    const model = readOnnx(modelBytes(graph), { external });
    expect(read).toBe(0);
    const { model: fused } = fuseOnnx(model);
    const written = writeOnnx(fused, { externalData: "new.bin" });
    const main = Buffer.concat([...written]);
    const other = Buffer.concat([...(written.external ?? [])]);
    expect(main.length).toBe(written.length);
    expect(other.length).toBe(4 * values.length);
    const whole = fuseOnnx(
      readOnnx(
        modelBytes({
          ...graph,
          initializer: [{ ...floats("w", [16, 4, 3, 3], values) }, graph.initializer[1] as object],
        }),
      ),
    );
    const inside = Buffer.concat([...writeOnnx(whole.model)]);
    expect(inside.includes(other)).toBe(true);
    expect(readOnnx(main).externalFiles).toEqual(["new.bin"]);
  });
});
