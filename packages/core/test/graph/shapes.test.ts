import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { costOfGraph } from "../../src/graph/cost.js";
import { GraphBuilder } from "../../src/graph/graph.js";
import { outputShape } from "../../src/graph/shapes.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";
import { add, concat, conv, norm, same } from "./small-graphs.js";

describe("shapes", () => {
  const pool = {
    kind: "window",
    reduce: "max",
    axes: [plainAxis(3, { stride: 2 }), plainAxis(2, { stride: 2, before: 1, after: 1 })],
    countIncludePad: true,
    ceilMode: false,
    divisor: undefined,
  } as const;

  test.each([
    [
      "a convolution",
      conv(3, 4, { axes: [{ size: 3, stride: 2, before: 1, after: 0 }] }),
      [[2, 3, 9]],
      [2, 4, 4],
    ],
    [
      "a transposed one",
      conv(3, 4, { axes: [{ size: 4, upsampling: 2, before: 2, after: 2 }] }),
      [[2, 3, 9]],
      [2, 4, 18],
    ],
    ["windows", pool, [[1, 5, 8, 8]], [1, 5, 3, 5]],
    ["windows in ceil mode", { ...pool, ceilMode: true }, [[1, 5, 8, 8]], [1, 5, 4, 5]],
    [
      "a matrix",
      {
        kind: "matrix",
        weight: conv(3, 5).weight,
        bias: undefined,
        inFeatures: 3,
        outFeatures: 5,
        rank: undefined,
      },
      [[2, 7, 3]],
      [2, 7, 5],
    ],
    ["pixel shuffle", { kind: "shuffle", factor: 2 }, [[1, 8, 3, 5]], [1, 2, 6, 10]],
    ["flatten", { kind: "flatten" }, [[2, 3, 4, 5]], [2, 60]],
    ["pooling to a size", { kind: "adaptiveMean", outputSize: [1, undefined] }, [[2, 3, 4, 5]], [2, 3, 1, 5]],
    [
      "padding",
      {
        kind: "pad",
        sides: [
          [1, 2],
          [-1, 0],
        ],
        border: "zeros",
        value: 0,
      },
      [[2, 3, 4, 5]],
      [2, 3, 7, 4],
    ],
    [
      "concatenation",
      concat,
      [
        [2, 3, 4],
        [2, 5, 4],
      ],
      [2, 8, 4],
    ],
    [
      "a product that broadcasts",
      { kind: "multiply" },
      [
        [2, 3, 4, 4],
        [2, 3, 1, 1],
      ],
      [2, 3, 4, 4],
    ],
  ] as const)("of %s", (_name, op, inputs, expected) => {
    expect(outputShape(op, inputs)).toEqual(expected);
  });

  test.each([
    [conv(3, 4), [[2, 4, 5, 5]], "conv: it reads 3 channels; got shape=[2,4,5,5]"],
    [conv(3, 4), [[2, 3, 5]], "conv: it reads [batch, channels] and 2 more axes; got shape=[2,3,5]"],
    [
      pool,
      [[1, 5, 2, 8]],
      "window: no window fits into the padded input; got shape=[1,5,2,8], axis=2, span=3, padded=2",
    ],
    [
      add,
      [
        [1, 2, 3],
        [1, 2, 4],
      ],
      "add: its inputs have different shapes; got shapes=[[1,2,3],[1,2,4]]",
    ],
    [norm(3, 2), [[1, 4, 3, 3]], "affine: it reads 3 channels; got shape=[1,4,3,3]"],
  ] as const)("are refused: %#", (op, inputs, message) => {
    expect(() => outputShape(op, inputs)).toThrow(
      new ShapeError(message.split(":")[0] as string, message.slice(message.indexOf(":") + 2)),
    );
  });
});

test("cost: multiply-accumulates, numbers held, activations", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x");
  const y = graph.add(same(3, 4, 3, { bias: true }), [x], "conv");
  const z = graph.add(norm(4), [y], "norm");
  const up = graph.add(
    conv(4, 2, {
      axes: [
        { size: 2, upsampling: 2, before: 1, after: 1 },
        { size: 2, upsampling: 2, before: 1, after: 1 },
      ],
    }),
    [z],
    "up",
  );
  const costs = costOfGraph(graph.finish([up]), new Map([[x, [2, 3, 5, 6]]]));
  const images = 2 * 5 * 6;
  expect(costs.map(({ macs, weights, activations }) => [macs, weights, activations])).toEqual([
    [images * 4 * 27, 4 * 27 + 4, images * 7],
    [0, 8, images * 8],
    [images * 4 * 2 * 4, 4 * 2 * 4, images * 4 + 4 * images * 2],
  ]);
});
