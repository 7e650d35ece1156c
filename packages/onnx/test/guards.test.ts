import { describe, expect, test } from "vitest";
import type { FuseOnnxOptions } from "../src/index.js";
import { floats, type GraphInit, ints, modelBytes, type NodeInit, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";
import { distance, randomNumbers, randomTensor, runOnnx } from "./run-onnx.js";

const random = randomNumbers(9);
const weights = (name: string, ...dims: number[]) => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return floats(
    name,
    dims,
    Array.from({ length: size }, () => 2 * random() - 1.2),
  );
};

const ports = { input: [port("x", ["n", 4, "h", "w"])], output: [port("y", ["n", 4, "h2", "w2"])] };
const same = { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] };
const point = { kernel_shape: [1n, 1n] };
const initializer = [
  ...[weights("w", 4, 4, 3, 3), weights("p", 4, 4, 1, 1), weights("c", 4, 1, 1), weights("half", 1)],
  ...[weights("s", 4), weights("t", 4), weights("m", 4), floats("v", [4], [0.5, 1, 2, 3])],
  ...[ints("cut", [0, 0, -1, 0, 0, 0, 0, 0]), ints("grow", [0, 0, 1, 2, 0, 0, 1, 0])],
];

/** Fuses, and holds both files' outputs against each other in onnxruntime. */
async function left(
  nodes: readonly NodeInit[],
  graph: Partial<GraphInit> = {},
  shape: readonly number[] = [2, 4, 7, 9],
  options: FuseOnnxOptions = {},
) {
  const bytes = modelBytes({ node: [...nodes], initializer, ...ports, ...graph }, { opset: 19 });
  const fused = fusedFile(bytes, options);
  const feeds = { x: randomTensor(shape, random) };
  expect(distance(await runOnnx(bytes, feeds), await runOnnx(fused.bytes, feeds))).toBeLessThan(2e-6);
  return fused.types;
}

const scaled = [node("Conv", ["x", "w"], "a", same), node("Mul", ["a", "c"], "y")];

describe("what is left alone", () => {
  test("an intermediate that is asked for", async () => {
    expect(await left(scaled)).toEqual(["Conv"]);
    const output = [...ports.output, port("a")];
    expect(await left(scaled, { output })).toEqual(["Conv", "Mul"]);
  });

  test.each([[[4]], [[4, 1]], [[4, 4]], [[1, 4, 4, 4]], [[4, 1, 4]]])(
    "a constant %j that is as long as there are channels, and none of them",
    async (dims) => {
      const nodes = [node("Conv", ["x", "w"], "a", same), node("Add", ["a", "k"], "y")];
      const more = { initializer: [...initializer, weights("k", ...dims)] };
      expect(await left(nodes, more, [2, 4, 4, 4])).toEqual(["Conv", "Add"]);
    },
  );

  test.each([
    ["Add", ["a", "b"]],
    ["Add", ["b", "a"]],
    ["Sum", ["a", "b"]],
    ["Sub", ["a", "b"]],
  ])("branches that are broadcast: %s of %j", async (type, inputs) => {
    // A sum of maps could be taken into the convolution behind it; one pixel beside a map is no map.
    const nodes = [
      node("Conv", ["x", "p"], "a", point),
      node("Conv", ["z", "p"], "b", point),
      node(type, inputs, "d"),
      node("Conv", ["d", "w"], "y", same),
    ];
    const graph = { node: nodes, initializer, input: [...ports.input, port("z", ["n", 4, 1, 1])] };
    const bytes = modelBytes({ ...graph, output: [port("y")] });
    const { report, bytes: fused } = fusedFile(bytes, { growth: "any" });
    expect(report.regions).toEqual([]);
    expect(Buffer.compare(fused, bytes)).toBe(0);
    expect(report.refusals).toContainEqual({
      ...{ path: "d", type },
      reason: "its inputs are broadcast, or their shapes are not known to be equal",
    });
  });

  test("pixels cut off in front of a convolution that pads", async () => {
    const padded = (pads: string) => [
      node("Pad", ["x", pads], "b"),
      node("Conv", ["b", "w"], "y", { kernel_shape: [3n, 3n] }),
    ];
    expect(await left(padded("grow"))).toEqual(["Conv"]);
    expect(await left(padded("cut"))).toEqual(["Pad", "Conv"]);
  });

  test("zeros in front of a convolution whose own pads are not asked for", async () => {
    const valid = { kernel_shape: [3n, 3n], auto_pad: "VALID" };
    expect(await left([node("Pad", ["x", "grow"], "b"), node("Conv", ["b", "w"], "y", valid)])).toEqual([
      "Conv",
    ]);
  });

  test("means that count no padding, or hang over", async () => {
    const branches = (attributes: Parameters<typeof node>[3]) => [
      node("AveragePool", ["x"], "a", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], ...attributes }),
      node("Conv", ["a", "p"], "b", point),
      node("Conv", ["x", "w"], "d", same),
      node("Add", ["b", "d"], "y"),
    ];
    expect(await left(branches({ count_include_pad: 1n }))).toEqual(["Conv"]);
    expect(await left(branches({ count_include_pad: 0n }))).toContain("AveragePool");
    const hanging = [
      node("AveragePool", ["x"], "a", { kernel_shape: [2n, 2n], strides: [2n, 2n], ceil_mode: 1n }),
      node("Conv", ["a", "p"], "b", point),
      node("Conv", ["x", "k"], "d", {
        kernel_shape: [2n, 2n],
        strides: [2n, 2n],
        pads: [0n, 0n, 1n, 1n],
      }),
      node("Add", ["b", "d"], "y"),
    ];
    // At fixed sizes both branches are seen to be of one size.
    const more = {
      initializer: [...initializer, weights("k", 4, 4, 2, 2)],
      input: [port("x", [2, 4, 7, 9])],
    };
    expect(await left(hanging, more)).toContain("AveragePool");
  });

  test("a dropout that trains, or whose mask is used", async () => {
    const dropped = (inputs: readonly string[], outputs: readonly string[]) => [
      node("Conv", ["x", "w"], "a", same),
      node("Dropout", ["a", ...inputs], ["b", ...outputs]),
      node("Mul", ["b", "c"], "y"),
    ];
    const none = floats("none", [], [0]);
    const yes = { name: "yes", dataType: 9, rawData: Uint8Array.of(1) };
    const more = { initializer: [...initializer, none, yes] };
    expect(await left(dropped([], []))).toEqual(["Conv"]);
    expect(await left(dropped([], [""]))).toEqual(["Conv"]);
    expect(await left(dropped(["none", "yes"], []), more)).toContain("Dropout");
    const output = [...ports.output, port("mask", undefined, 9)];
    expect(await left(dropped([], ["mask"]), { output })).toContain("Dropout");
  });

  test("the scales of a GELU that is written out", async () => {
    const gelu = [
      node("Conv", ["x", "w"], "a", same),
      node("Div", ["a", "half"], "b"),
      node("Erf", ["b"], "d"),
      node("Add", ["d", "half"], "e"),
      node("Mul", ["a", "e"], "f"),
      node("Mul", ["f", "half"], "g"),
      node("Conv", ["g", "p"], "y", point),
    ];
    expect(await left(gelu)).toEqual(gelu.map(({ opType }) => opType));
  });

  test("weights that are read elsewhere keep their name and their numbers", () => {
    const nodes = [...scaled, node("Relu", ["w"], "z")];
    const output = [...ports.output, port("z")];
    const bytes = modelBytes({ node: nodes, initializer, ...ports, output });
    const { proto } = fusedFile(bytes);
    const kept = proto.graph?.initializer.find(({ name }) => name === "w");
    expect(kept?.rawData).toEqual(initializer[0]?.rawData);
  });

  test("initializers that the file's own training changes, or reads", async () => {
    const step = { name: "step", node: [node("Mul", ["p", "half"], "next")], output: [port("next")] };
    const trained = (key: string) => ({
      trainingInfo: [{ algorithm: step, updateBinding: [{ key, value: "next" }] }],
    });
    const nodes = [
      ...scaled.slice(0, 1),
      node("Mul", ["a", "c"], "b"),
      node("Relu", ["b"], "r"),
      node("Conv", ["r", "p"], "d", point),
      node("Mul", ["d", "c"], "y"),
    ];
    const graph = { node: nodes, initializer, ...ports };
    // What it only reads keeps its numbers, too.
    expect(fusedFile(modelBytes(graph, trained("p"))).types).toEqual(["Conv", "Relu", "Conv", "Mul"]);
    expect(fusedFile(modelBytes(graph, trained("w"))).types).toEqual(["Conv", "Mul", "Relu", "Conv", "Mul"]);
    expect(fusedFile(modelBytes(graph)).types).toEqual(["Conv", "Relu", "Conv"]);
  });

  test("and the report says so in lines of 80 columns, whatever names hold", () => {
    const nodes = [
      node("Conv", ["x", "p"], "a\nb", point),
      node("AveragePool", ["a\nb"], "d", { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
      node("Relu", ["d"], "r"),
      node("Conv", ["r", "w"], "e", same),
      node("Mul", ["e", "c"], "y"),
    ];
    const { report } = fusedFile(modelBytes({ node: nodes, initializer, ...ports }));
    const lines = String(report).split("\n");
    expect(lines).toContain("    a\\u000ab");
    expect(lines.some((line) => /^ {2}\S.* a pixel and/.test(line))).toBe(true);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test("weights that are stored as whole numbers", async () => {
    const nodes = [
      node("DequantizeLinear", ["q", "step"], "k"),
      node("Conv", ["x", "k"], "a", point),
      node("Mul", ["a", "c"], "y"),
    ];
    const q = { name: "q", dims: [4n, 4n, 1n, 1n], dataType: 3, int32Data: [...Array(16).keys()] };
    const more = { initializer: [...initializer, q, floats("step", [], [0.1])] };
    expect(await left(nodes, more)).toEqual(["DequantizeLinear", "Conv", "Mul"]);
  });

  test("a mean whose last window hangs over, in front of factors that would take it in", async () => {
    const pooled = (ceil: bigint) => [
      node("AveragePool", ["x"], "a", { kernel_shape: [3n, 3n], strides: [2n, 2n], ceil_mode: ceil }),
      node("Conv", ["a", "c1"], "y", { ...point, group: 4n }),
    ];
    const more = { initializer: [...initializer, weights("c1", 4, 1, 1, 1)] };
    const types = (ceil: bigint) => left(pooled(ceil), more, [2, 4, 8, 9], { growth: "any" });
    expect(await types(0n)).toEqual(["Conv"]);
    expect(await types(1n)).toEqual(["AveragePool", "Conv"]);
  });

  test.each(["cut", "crop"])("pixels cut off, which no convolution of this format does: %s", async (pads) => {
    const nodes = [node("Pad", ["x", pads], "b"), node("Conv", ["b", "w"], "y", { kernel_shape: [3n, 3n] })];
    const more = { initializer: [...initializer, ints("crop", [0, 0, 0, 0, 0, 0, -1, 0])] };
    expect(await left(nodes, more)).toEqual(["Pad", "Conv"]);
  });

  test("sums of numbers of whose type nothing is said, which is a refusal, and no proof that failed", () => {
    const sums = [node("Sub", ["x", "x"], "a"), node("Add", ["x", "a"], "b"), node("Abs", ["b"], "y")];
    const input = [port("x", ["n", 4], 0)];
    const { types, report } = fusedFile(
      modelBytes({ node: sums, input, output: [port("y")] }, { opset: 19 }),
    );
    expect(types).toEqual(["Sub", "Add", "Abs"]);
    expect(report.putBack).toEqual([]);
    expect(report.refusals).toEqual([
      { path: "b", type: "Add", reason: "the type of its numbers is not known" },
    ]);
  });
});
