import { describe, expect, test } from "vitest";
import { plainKernel } from "../../src/algebra/kernel.js";
import { addKernels } from "../../src/algebra/parallel/add.js";
import { GraphBuilder } from "../../src/graph/graph.js";
import type { ConvOp, Graph, Op, Value } from "../../src/graph/op.js";
import type { StoredWeights } from "../../src/graph/weights.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";
import { proveGraphs } from "../../src/proof/prove-graphs.js";
import { Mt19937 } from "../../src/random/mt19937.js";

const random = new Mt19937(3);
const rounding = { unit: 2 ** -24, subnormal: 2 ** -150 };
const x: Value = { name: "x" };
const shapes = new Map([[x, [3, 4, 5]]]);

function numbers(count: number): Float64Array {
  return Float64Array.from({ length: count }, () => random.nextUint32() / 2 ** 31 - 1);
}

const three = plainKernel(numbers(108), [4, 3, 3, 3], {
  padding: [
    [1, 1],
    [1, 1],
  ],
  bias: numbers(4),
});
const one = plainKernel(numbers(12), [4, 3, 1, 1]);

function conv({ weight, bias, ...form }: typeof three): ConvOp {
  const { inChannels, outChannels, axes, groups } = form;
  const stored = (values: Float64Array, shape: readonly number[]): StoredWeights => ({
    shape,
    read: () => values,
  });
  return {
    ...{ kind: "conv", inChannels, outChannels, axes, groups, border: "zeros", transposed: false },
    weight: stored(weight, [outChannels, inChannels / groups, ...axes.map(({ size }) => size)]),
    bias: bias && stored(bias, [outChannels]),
  };
}

function graphOf(...kernels: (typeof three)[]): Graph {
  const builder = new GraphBuilder();
  const branches = kernels.map((kernel) => builder.add(conv(kernel), [x], ""));
  return { ...builder.finish([builder.add({ kind: "add" }, branches, "")]), inputs: [x] };
}

const before = graphOf(three, one);
const sum = addKernels([three, one]);
const rounded = { ...sum, weight: sum.weight.map(Math.fround), bias: sum.bias?.map(Math.fround) };

describe("proveGraphs", () => {
  test("two branches and the rounded sum of their kernels are within the bound", () => {
    const { worstRatio, maxAbsDiff } = proveGraphs(before, graphOf(rounded), shapes, rounding, 1);
    expect(worstRatio).toBeGreaterThan(0);
    expect(worstRatio).toBeLessThan(1);
    expect(maxAbsDiff).toBeLessThan(1e-6);
  });

  test.each([
    [
      "one weight in a corner is off by a millionth",
      (weight: Float64Array) => weight.with(0, (weight[0] as number) + 4e-6),
    ],
    [
      "the last weight of all is off by a millionth",
      (weight: Float64Array) => weight.with(107, (weight[107] as number) + 4e-6),
    ],
    [
      "two weights are swapped",
      (weight: Float64Array) => weight.with(3, weight[4] as number).with(4, weight[3] as number),
    ],
    ["a weight is not a number", (weight: Float64Array) => weight.with(50, Number.NaN)],
  ])("%s: out of bounds", (_, change) => {
    const wrong = { ...rounded, weight: change(rounded.weight) };
    expect(proveGraphs(before, graphOf(wrong), shapes, rounding, 1).worstRatio).toBeGreaterThan(1);
  });

  test("a border that is cut otherwise is another shape", () => {
    const axes = rounded.axes.map((axis) => ({ ...axis, before: 0 }));
    expect(proveGraphs(before, graphOf({ ...rounded, axes }), shapes, rounding, 1).worstRatio).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test("the bound knows how coarse the weights' type is", () => {
    const half = { unit: 2 ** -11, subnormal: 2 ** -25 };
    const coarse = {
      ...rounded,
      weight: rounded.weight.map((value) => Math.round(value * 2 ** 11) / 2 ** 11),
    };
    expect(proveGraphs(before, graphOf(coarse), shapes, rounding, 1).worstRatio).toBeGreaterThan(100);
    expect(proveGraphs(before, graphOf(coarse), shapes, half, 1).worstRatio).toBeLessThan(1.5);
  });

  test("any operation may stand in a region: what a transposed and a reflected one give is a convolution's sum", () => {
    const spread: ConvOp = {
      ...{ kind: "conv", inChannels: 3, outChannels: 4, groups: 1, border: "zeros", transposed: true },
      axes: [2, 3].map((upsampling) => plainAxis(2, { upsampling, before: 1, after: 1 })),
      weight: { shape: [3, 4, 2, 2], read: () => values },
      bias: undefined,
    };
    const values = numbers(48);
    const reflected: ConvOp = { ...conv(three), border: "reflect" };
    const twice: Op = {
      ...{ kind: "affine", before: 0, factor: 2, after: 0 },
      ...{ axis: "channels", ranks: undefined },
    };
    for (const op of [spread, reflected]) {
      const graphOfTwo = (make: (builder: GraphBuilder, first: Value) => Value): Graph => {
        const builder = new GraphBuilder();
        return { ...builder.finish([make(builder, builder.add(op, [x], ""))]), inputs: [x] };
      };
      const sum = graphOfTwo((builder, a) => builder.add({ kind: "add" }, [a, builder.add(op, [x], "")], ""));
      const double = graphOfTwo((builder, a) => builder.add(twice, [a], ""));
      const more = graphOfTwo((builder, a) => builder.add({ ...twice, factor: 2.1 } as Op, [a], ""));
      expect(proveGraphs(sum, double, shapes, rounding, 1)).toEqual({ worstRatio: 0, maxAbsDiff: 0 });
      expect(proveGraphs(sum, more, shapes, rounding, 1).worstRatio).toBeGreaterThan(100);
    }
  });

  test("nothing is proved of what is opaque", () => {
    const builder = new GraphBuilder();
    const op = { kind: "opaque", name: "Attention", reason: "its forward is its own", children: [] } as const;
    const graph = { ...builder.finish([builder.add(op, [x], "a")]), inputs: [x] };
    expect(() => proveGraphs(graph, graph, shapes, rounding, 1)).toThrow(
      "evaluate: nothing is known of Attention: its forward is its own",
    );
  });

  test("where a window hangs over the border, nothing is to be proved", () => {
    const builder = new GraphBuilder();
    const axes = [2, 2].map((size) => plainAxis(size, { stride: 2 }));
    const counted = { countIncludePad: true, ceilMode: true, divisor: undefined };
    const pool: Op = { kind: "window", reduce: "mean", axes, ...counted };
    const graph = { ...builder.finish([builder.add(pool, [x], "pool")]), inputs: [x] };
    expect(() => proveGraphs(graph, graph, shapes, rounding, 1)).toThrow(
      "proveGraphs: a window hangs over the border",
    );
    expect(proveGraphs(graph, graph, new Map([[x, [3, 4, 6]]]), rounding, 1).worstRatio).toBe(0);
  });
});
