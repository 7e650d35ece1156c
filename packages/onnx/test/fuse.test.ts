import { describe, expect, test } from "vitest";
import { DataType } from "../src/model/data-type.js";
import { floats, type GraphInit, ints, type ModelInit, modelBytes, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

const random = randomNumbers(1);

/** Asymmetric numbers between 0.2 and 1.2, a third of them negative. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, () => (random() + 0.2) * (random() < 1 / 3 ? -1 : 1));
}

function weights(name: string, ...dims: number[]) {
  return floats(name, dims, numbers(dims.reduce((product, dim) => product * dim, 1)));
}

/** Scale, shift, mean, variance of a norm. */
function norm(prefix: string, channels: number) {
  const variance = numbers(channels).map(Math.abs);
  return [
    weights(`${prefix}.scale`, channels),
    weights(`${prefix}.shift`, channels),
    weights(`${prefix}.mean`, channels),
    floats(`${prefix}.var`, [channels], variance),
  ];
}

function normNode(prefix: string, x: string, y: string) {
  return node(
    "BatchNormalization",
    [x, ...["scale", "shift", "mean", "var"].map((part) => `${prefix}.${part}`)],
    y,
    {
      epsilon: 1e-3,
    },
  );
}

const same = { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] };
const point = { kernel_shape: [1n, 1n] };

/** Fuses a graph, and holds both files' outputs against each other in onnxruntime. */
async function check(
  graph: GraphInit,
  expected: readonly string[],
  options: ModelInit & { opset?: number } = {},
) {
  const bytes = modelBytes(graph, options);
  const fused = fusedFile(bytes);
  expect(fused.types).toEqual(expected);
  expect(fused.report.putBack).toEqual([]);
  const feeds = Object.fromEntries(
    (graph.input ?? [])
      .filter(({ name }) => !(graph.initializer ?? []).some((tensor) => tensor.name === name))
      .map(({ name = "" }) => [name, randomTensor([2, 4, 7, 9], random)]),
  );
  const [before, after] = [await runOnnx(bytes, feeds), await runOnnx(fused.bytes, feeds)];
  expect(distance(before, after)).toBeLessThan(2e-6);
  return fused;
}

const ports = {
  input: [port("x", ["n", 4, "h", "w"])],
  output: [port("y", ["n", 4, "h", "w"])],
};

describe("fuseOnnx", () => {
  test("a RepVGG block is one convolution", async () => {
    const graph = {
      node: [
        node("Conv", ["x", "w3"], "a", same),
        normNode("n3", "a", "b"),
        node("Conv", ["x", "w1"], "c", point),
        normNode("n1", "c", "d"),
        normNode("n0", "x", "e"),
        node("Add", ["b", "d"], "f"),
        node("Add", ["f", "e"], "g"),
        node("Relu", ["g"], "y"),
      ],
      initializer: [
        weights("w3", 4, 4, 3, 3),
        weights("w1", 4, 4, 1, 1),
        ...norm("n3", 4),
        ...norm("n1", 4),
        ...norm("n0", 4),
      ],
      valueInfo: [port("a"), port("g"), port("f")],
      ...ports,
    };
    const { proto, report } = await check(graph, ["Conv", "Relu"]);
    expect(proto.graph?.initializer.map(({ name }) => name)).toEqual(["g.fused.weight", "g.fused.bias"]);
    expect(proto.graph?.valueInfo.map(({ name }) => name)).toEqual(["g"]);
    expect(report.before.convolutions).toBe(2);
    expect(report.after).toMatchObject({ convolutions: 1, norms: 0, nodes: 2, parameters: 148 });
    expect(report.regions).toHaveLength(1);
    expect(report.regions[0]?.worstRatio).toBeLessThan(1);
    // 3x3, 1x1, and the four vectors of each of three norms.
    expect(report.regions[0]?.parameters).toEqual({ before: 144 + 16 + 3 * 16, after: 148 });
  });

  test("a shared weight is copied, never changed", async () => {
    const graph = {
      node: [
        node("Conv", ["x", "w"], "a", same),
        normNode("n1", "a", "b"),
        node("Conv", ["b", "w"], "c", same),
        node("Relu", ["c"], "d"),
        node("Conv", ["d", "w"], "e", same),
        normNode("n2", "e", "y"),
      ],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n1", 4), ...norm("n2", 4)],
      ...ports,
    };
    // The norm's shift before zero padding is no bias behind it: the second convolution stays by itself.
    const { proto } = await check(graph, ["Conv", "Conv", "Relu", "Conv"]);
    expect(proto.graph?.initializer.map(({ name }) => name)).toContain("w");
  });

  test("a value that is read elsewhere, or is an output, stays", async () => {
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), normNode("n", "a", "y"), node("Relu", ["a"], "z")],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
      output: [...ports.output, port("z")],
    };
    const { report } = await check(graph, ["Conv", "BatchNormalization", "Relu"]);
    expect(report.regions).toEqual([]);
  });

  test("an initializer that a caller may override is no constant, from IR version 4 on", async () => {
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), normNode("n", "a", "y")],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
      input: [...ports.input, port("w", [4, 4, 3, 3])],
    };
    const { report } = await check(graph, ["Conv", "BatchNormalization"], { irVersion: 4n });
    expect(report.refusals.some(({ reason }) => reason === "its weight is no constant: w")).toBe(true);
  });

  test("before IR version 4 every initializer is an input, new ones too", async () => {
    const initializer = [weights("w", 4, 4, 3, 3), ...norm("n", 4)];
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), normNode("n", "a", "y")],
      initializer,
      ...ports,
      input: [...ports.input, ...initializer.map(({ name = "", dims = [] }) => port(name, dims.map(Number)))],
    };
    const { proto } = await check(graph, ["Conv"], { irVersion: 3n, opset: 8 });
    expect(proto.graph?.input.map(({ name }) => name)).toEqual(["x", "y.fused.weight", "y.fused.bias"]);
  });

  test("constants are computed, and a CastLike that asks for a type is no use", async () => {
    const graph = {
      node: [
        node("Conv", ["x", "w1"], "a", same),
        node("Shape", ["w2"], "s", { start: 0n, end: 1n }),
        node("Constant", [], "one", { value_ints: [1n] }),
        node("Expand", ["s", "one"], "t"),
        node("CastLike", ["zero", "a"], "z"),
        node("Expand", ["z", "t"], "bias"),
        node("Conv", ["a", "w2", "bias"], "y", point),
      ],
      initializer: [weights("w1", 4, 4, 3, 3), weights("w2", 4, 4, 1, 1), floats("zero", [], [0])],
      ...ports,
    };
    await check(graph, ["Conv"], { opset: 18 });
  });

  const asking = [
    node("Conv", ["x", "w"], "a", same),
    node("Shape", ["a"], "shape"),
    node("Identity", ["shape"], "sizes"),
  ];

  test("whoever asks for a shape that is there anyway is no reader", async () => {
    const graph = {
      node: [
        ...asking,
        node("Reshape", ["a", "sizes"], "b"),
        normNode("n", "b", "c"),
        node("Relu", ["c"], "y"),
      ],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
    };
    await check(graph, ["Conv", "Relu"]);
  });

  test("what a shape is asked of stays where its reader does, and else the reader becomes an Identity", async () => {
    const graph = (x: string) => ({
      node: [
        ...(x === "own" ? asking.slice(0, 1) : asking),
        normNode("n", "a", "b"),
        node("Relu", ["b"], "c"),
        ...(x === "own" ? [node("Shape", ["c"], "own")] : []),
        node("Reshape", ["c", x], "d"),
        node("Sigmoid", ["d"], "y"),
      ],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
    });
    await check(graph("own"), ["Conv", "Relu", "Shape", "Reshape", "Sigmoid"]);
    await check(graph("sizes"), ["Conv", "Relu", "Identity", "Sigmoid"]);
  });

  test("a head that moves behind its Reshape, whose sizes were asked of what is gone, as Paddle writes it", async () => {
    const graph = {
      node: [
        node("GlobalAveragePool", ["x"], "a"),
        node("HardSwish", ["a"], "b"),
        node("Mul", ["b", "half"], "c"),
        node("Shape", ["c"], "all"),
        node("Slice", ["all", "zero", "one"], "batch"),
        node("Concat", ["batch", "rest"], "sizes", { axis: 0n }),
        node("Reshape", ["c", "sizes"], "d"),
        node("MatMul", ["d", "w"], "e"),
        node("Add", ["e", "v"], "y"),
      ],
      initializer: [
        ...[floats("half", [1], [0.5]), weights("w", 4, 3), weights("v", 3)],
        ...[ints("zero", [0]), ints("one", [1]), ints("rest", [-1])],
      ],
      input: ports.input,
      output: [port("y", ["n", 3])],
    };
    await check(graph, ["GlobalAveragePool", "HardSwish", "Flatten", "Gemm"]);
  });

  test("what nobody reads is no reader: it goes with what it reads, and stays where that stays", async () => {
    const graph = (read: string, domain = "") => ({
      node: [
        ...[node("Conv", ["x", "w"], "a", same), normNode("n", "a", "b"), node("Relu", ["b"], "y")],
        node("Sub", [read, "x"], "c", {}, { domain }),
        node("Sigmoid", ["c"], "d"),
      ],
      initializer: [weights("w", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
    });
    await check(graph("a"), ["Conv", "Relu"]);
    await check(graph("b"), ["Conv", "Relu", "Sub", "Sigmoid"]);
    // An operator that is not known may do more than its outputs say.
    const { types } = fusedFile(modelBytes(graph("a", "other")));
    expect(types).toEqual(["Conv", "BatchNormalization", "Relu", "Sub", "Sigmoid"]);
  });

  test("names that are taken anywhere are left alone", async () => {
    const graph = {
      node: [
        node("Conv", ["x", "y.fused.weight"], "y.fused.bias", same, { name: "y.fused" }),
        normNode("n", "y.fused.bias", "y"),
      ],
      initializer: [weights("y.fused.weight", 4, 4, 3, 3), ...norm("n", 4)],
      ...ports,
    };
    const { proto } = await check(graph, ["Conv"]);
    expect(proto.graph?.node[0]?.name).toBe("y.fused_2");
    expect(proto.graph?.initializer.map(({ name }) => name)).toEqual(["y.fused.weight_2", "y.fused.bias_2"]);
  });

  test("what the nodes of a body read from outside is a use, and a body is fused inside", async () => {
    const body = (scale: string): GraphInit => ({
      node: [node("Conv", ["a", "w"], `${scale}1`, same), normNode(scale, `${scale}1`, `${scale}2`)],
      output: [port(`${scale}2`)],
    });
    const graph = {
      node: [
        node("Conv", ["x", "w"], "a", same),
        normNode("n", "a", "b"),
        node("ReduceMax", ["b"], "most", { keepdims: 0n }),
        node("Greater", ["most", "zero"], "condition"),
        node("If", ["condition"], "c", {
          then_branch: { graph: body("t") },
          else_branch: { graph: body("e") },
        }),
        node("Relu", ["c"], "y"),
      ],
      initializer: [
        weights("w", 4, 4, 3, 3),
        floats("zero", [], [0]),
        ...norm("n", 4),
        ...norm("t", 4),
        ...norm("e", 4),
      ],
      ...ports,
    };
    const { proto } = await check(graph, [
      "Conv",
      "BatchNormalization",
      "ReduceMax",
      "Greater",
      "If",
      "Relu",
    ]);
    const inner = proto.graph?.node[4]?.attribute.map(({ g }) => g?.node.map(({ opType }) => opType));
    expect(inner).toEqual([["Conv"], ["Conv"]]);
    expect(proto.graph?.initializer.map(({ name }) => name).sort()).toEqual(
      ["n.mean", "n.scale", "n.shift", "n.var", "w", "zero"].sort(),
    );
  });

  test("a norm in front of a pooled head is folded into its matrix", async () => {
    const graph = {
      node: [
        node("Relu", ["x"], "a"),
        normNode("n", "a", "b"),
        node("GlobalAveragePool", ["b"], "c"),
        node("Flatten", ["c"], "d"),
        node("Gemm", ["d", "w", "bias"], "y", { transB: 1n }),
      ],
      initializer: [...norm("n", 4), weights("w", 5, 4), weights("bias", 5)],
      ...ports,
      output: [port("y", ["n", 5])],
    };
    const { report } = await check(graph, ["Relu", "GlobalAveragePool", "Flatten", "Gemm"]);
    expect(report.regions[0]?.worstRatio).toBeLessThan(1);
  });

  test("transposed convolutions, grouped, with a norm", async () => {
    const graph = {
      node: [
        node("ConvTranspose", ["x", "w"], "a", {
          ...{
            kernel_shape: [3n, 2n],
            strides: [2n, 3n],
            pads: [1n, 0n, 0n, 1n],
            output_padding: [1n, 0n],
            group: 2n,
          },
        }),
        normNode("n", "a", "y"),
      ],
      initializer: [weights("w", 4, 3, 3, 2), ...norm("n", 6)],
      ...ports,
      output: [port("y", ["n", 6, "h2", "w2"])],
    };
    await check(graph, ["ConvTranspose"]);
  });

  test("a sum with something that is broadcast is left alone", async () => {
    const graph = {
      node: [
        node("Conv", ["x", "w1"], "a", point),
        node("GlobalAveragePool", ["x"], "b"),
        node("Conv", ["b", "w2"], "c", point),
        node("Add", ["a", "c"], "d"),
        node("Conv", ["d", "w3"], "y", same),
      ],
      initializer: [weights("w1", 4, 4, 1, 1), weights("w2", 4, 4, 1, 1), weights("w3", 4, 4, 3, 3)],
      ...ports,
    };
    await check(graph, ["Conv", "GlobalAveragePool", "Conv", "Add", "Conv"]);
  });

  test("a whole map that is added is no bias", async () => {
    const graph = {
      node: [node("Conv", ["x", "w"], "a", same), node("Add", ["a", "map"], "y")],
      initializer: [weights("w", 4, 4, 3, 3), weights("map", 1, 4, 7, 9)],
      ...ports,
    };
    await check(graph, ["Conv", "Add"]);
  });

  test("a network with nothing to fuse gives the same bytes", () => {
    const bytes = modelBytes({
      node: [node("Conv", ["x", "w"], "a", same), node("Identity", ["a"], "b"), node("Relu", ["b"], "y")],
      initializer: [weights("w", 4, 4, 3, 3), weights("unused", 3), ints("shape", [1, 2])],
      ...ports,
    });
    expect(Buffer.from(fusedFile(bytes).bytes).equals(bytes)).toBe(true);
  });

  test("what loses its other reader goes into the one that is left, and fusing once more changes nothing", async () => {
    const bytes = (
      await check(
        {
          node: [
            node("Relu", ["x"], "p"),
            node("Neg", ["p"], "n"),
            // p again: then nobody but the convolution reads n.
            node("Sum", ["p", "n", "p"], "b"),
            node("Conv", ["n", "w"], "a", same),
            node("Relu", ["b"], "c"),
            node("Concat", ["a", "c"], "y", { axis: 1n }),
          ],
          initializer: [weights("w", 4, 4, 3, 3)],
          input: ports.input,
          output: [port("y", ["n", 8, "h", "w"])],
        },
        ["Relu", "Identity", "Conv", "Relu", "Concat"],
      )
    ).bytes;
    expect(Buffer.compare(fusedFile(bytes).bytes, bytes)).toBe(0);
  });

  test("a term of a sum that loses its other reader, too", async () => {
    const { bytes, report } = await check(
      {
        node: [
          node("Relu", ["x"], "p"),
          node("Relu", ["u"], "q"),
          node("Neg", ["p"], "n"),
          node("Conv", ["n", "w"], "a", same),
          node("Conv", ["n", "v"], "b", point),
          node("Conv", ["q", "w"], "c", same),
          node("Sum", ["a", "b", "c"], "y"),
          node("Sum", ["p", "n", "p"], "r"),
          node("Relu", ["r"], "z"),
        ],
        initializer: [weights("w", 4, 4, 3, 3), weights("v", 4, 4, 1, 1)],
        input: [...ports.input, port("u", ["n", 4, "h", "w"])],
        output: [...ports.output, port("z", ["n", 4, "h", "w"])],
      },
      ["Relu", "Relu", "Conv", "Conv", "Add", "Identity", "Relu"],
    );
    expect(report.regions.map(({ nodes }) => nodes)).toEqual([["n", "a", "b", "y"], ["r"]]);
    expect(Buffer.compare(fusedFile(bytes).bytes, bytes)).toBe(0);
  });

  test("numbers of no axes are proven, too: how ONNX's own window functions choose between two sizes", () => {
    const one = { ...floats("one", [], [1]) };
    const { types, report } = fusedFile(
      modelBytes({
        node: [
          node("Sub", ["x", "one"], "less"),
          node("Mul", ["x", "one"], "a"),
          node("Mul", ["less", "zero"], "b"),
          node("Add", ["a", "b"], "size"),
          node("Div", ["two", "size"], "y"),
        ],
        initializer: [one, floats("zero", [], [0]), floats("two", [], [2])],
        input: [port("x", [])],
        output: [port("y", [])],
      }),
    );
    expect(report.putBack).toEqual([]);
    expect(types).toEqual(["Identity", "Div"]);
  });

  test("a float16 weight that would become infinite is refused, and the region put back", () => {
    const half = (name: string, dims: number[], value: number) =>
      floats(
        name,
        dims,
        Array(dims.reduce((product, dim) => product * dim, 1)).fill(value),
        DataType.float16,
      );
    const bytes = modelBytes({
      node: [node("Conv", ["x", "w"], "a", same), node("Mul", ["a", "s"], "y")],
      initializer: [half("w", [4, 4, 3, 3], 1000), half("s", [1, 4, 1, 1], 100)],
      input: [port("x", ["n", 4, "h", "w"], DataType.float16)],
      output: [port("y", ["n", 4, "h", "w"], DataType.float16)],
    });
    const { bytes: fused, report } = fusedFile(bytes);
    expect(Buffer.from(fused).equals(bytes)).toBe(true);
    expect(report.putBack.map(({ reason }) => reason)).toEqual(["a weight would not be finite in float16"]);
  });
});
