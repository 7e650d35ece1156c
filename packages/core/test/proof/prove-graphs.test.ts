import { describe, expect, test } from "vitest";
import { plainKernel } from "../../src/algebra/kernel.js";
import { addKernels } from "../../src/algebra/parallel/add.js";
import { GraphBuilder } from "../../src/graph/graph.js";
import type { ConvOp, Graph, StoredWeights, Value } from "../../src/graph/op.js";
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
});
