import {
  add,
  cat,
  conv2d,
  describeDifference,
  linear,
  manualSeed,
  mul,
  randn,
  setEngine,
  type Tensor,
  zeros,
} from "@convfuse/core";
import fc from "fast-check";
import ndarray from "ndarray";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../../../../test/support/engines.mjs";
import { bound, build, type Problem, problems } from "./problem.js";

const runs = { numRuns: 60, seed: 20 };

/** The property holds where it returns no sentence. */
function check(property: (problem: Problem) => string | undefined): void {
  fc.assert(
    fc.property(problems, (problem) => {
      expect(property(problem)).toBeUndefined();
    }),
    runs,
  );
}

const spatial = (x: Tensor): [number, number] => [x.shape[2] as number, x.shape[3] as number];

describe.each(engines)("$label", ({ use }) => {
  beforeAll(use);
  afterAll(() => engines[0]?.use());

  test("is linear in x", () =>
    check(({ x, weight, options }) => {
      const other = randn(x.shape);
      const [a, b] = [0.75, -2];
      const combined = add(mul(x, a), mul(other, b));
      const y = conv2d(combined, weight, undefined, options);
      const parts = [x, other].map((t) => conv2d(t, weight, undefined, options)) as [Tensor, Tensor];
      const { atol } = bound(add(absolute(mul(x, a)), absolute(mul(other, b))), weight);
      return describeDifference(y, add(mul(parts[0], a), mul(parts[1], b)), { atol: 4 * atol });
    }));

  test("is linear in the weight, and the bias is added once", () =>
    check(({ x, weight, bias, options }) => {
      const other = randn(weight.shape);
      const y = conv2d(x, add(weight, other), bias, options);
      const parts = add(conv2d(x, weight, undefined, options), conv2d(x, other, bias, options));
      const { atol } = bound(x, add(absolute(weight), absolute(other)), bias);
      return describeDifference(y, parts, { atol: 3 * atol });
    }));

  test("with circular padding, a shifted input gives the shifted output", () =>
    check(({ x, weight, bias, options }) => {
      const circular = {
        groups: options.groups,
        dilation: options.dilation,
        padding: "same",
        paddingMode: "circular",
      } as const;
      const [height, width] = spatial(x);
      const roll = (t: Tensor): Tensor =>
        build(t.shape, ([n = 0, c = 0, i = 0, j = 0]) => t.get(n, c, (i + 1) % height, (j + 2) % width));
      const y = conv2d(roll(x), weight, bias, circular);
      return describeDifference(y, roll(conv2d(x, weight, bias, circular)), bound(x, weight, bias));
    }));

  test("groups are convolutions side by side", () =>
    check(({ x, weight, bias, options }) => {
      const { groups } = options;
      const [groupIn, groupOut] = [weight.shape[1] as number, (weight.shape[0] as number) / groups];
      const parts = Array.from({ length: groups }, (_, g) =>
        conv2d(
          x.lo(0, g * groupIn).hi(x.shape[0] as number, groupIn),
          weight.lo(g * groupOut).hi(groupOut),
          bias.lo(g * groupOut).hi(groupOut),
          { ...options, groups: 1 },
        ),
      );
      return describeDifference(conv2d(x, weight, bias, options), cat(parts, 1), bound(x, weight, bias));
    }));

  test("a 1x1 kernel is a matrix product for each pixel", () =>
    check(({ x, weight, bias }) => {
      const point = randn([weight.shape[0] as number, x.shape[1] as number, 1, 1]);
      const matrix = ndarray(point.data, point.shape.slice(0, 2));
      const pixels = linear(x.transpose(0, 2, 3, 1), matrix, bias);
      return describeDifference(conv2d(x, point, bias), pixels.transpose(0, 3, 1, 2), bound(x, point, bias));
    }));

  test("dilation is a kernel with holes", () =>
    check(({ x, weight, bias, options }) => {
      const [dh, dw] = options.dilation;
      const [kh, kw] = spatial(weight);
      const holes = zeros([...weight.shape.slice(0, 2), dh * (kh - 1) + 1, dw * (kw - 1) + 1]);
      const taps = holes.step(1, 1, dh, dw);
      build(weight.shape, ([o = 0, c = 0, i = 0, j = 0]) => taps.set(o, c, i, j, weight.get(o, c, i, j)));
      const y = conv2d(x, holes, bias, { ...options, dilation: 1 });
      return describeDifference(conv2d(x, weight, bias, options), y, bound(x, weight, bias));
    }));

  test("a Dirac kernel gives the input back, bit for bit", () =>
    check(({ x, weight, options }) => {
      const channels = x.shape[1] as number;
      const [kh, kw] = spatial(weight);
      const centre = [Math.floor((kh - 1) / 2), Math.floor((kw - 1) / 2)];
      const dirac = build([channels, channels, kh, kw], ([o, c, i, j]) =>
        o === c && i === centre[0] && j === centre[1] ? 1 : 0,
      );
      const y = conv2d(x, dirac, undefined, { padding: "same", paddingMode: options.paddingMode });
      return describeDifference(y, x);
    }));

  test("a strided output is every n-th of the dense one", () =>
    check(({ x, weight, bias, options }) => {
      const [sh, sw] = options.stride;
      const dense = conv2d(x, weight, bias, { ...options, stride: 1 });
      return describeDifference(
        conv2d(x, weight, bias, options),
        dense.step(1, 1, sh, sw),
        bound(x, weight, bias),
      );
    }));

  test("views give the same bits as their copies", () =>
    check(({ x, weight, bias, options }) => {
      const y = conv2d(x, weight, bias, options);
      for (const view of views) {
        const different = describeDifference(conv2d(view(x), view(weight), view(bias), options), y);
        if (different) return different;
      }
      return undefined;
    }));

  test("a batch is its single images, bit for bit", () =>
    check(({ x, weight, bias, options }) => {
      const singles = Array.from({ length: x.shape[0] as number }, (_, n) => {
        const y = conv2d(x.pick(n), weight, bias, options);
        return ndarray(y.data, [1, ...y.shape]);
      });
      return describeDifference(conv2d(x, weight, bias, options), cat(singles));
    }));
});

test("threads change no bit", async () => {
  // Large enough that the work is shared out.
  manualSeed(40);
  const deep = [8, 17, 32].map((channels): Problem => {
    const options = {
      stride: [1, 1],
      padding: "same",
      dilation: [1, 1],
      groups: 1,
      paddingMode: "zeros",
    } as const;
    return {
      x: randn([2, channels, 23, 31]),
      weight: randn([channels + 5, channels, 3, 3]),
      bias: randn([channels + 5]),
      options,
    };
  });
  const all = [...deep, ...fc.sample(problems, { numRuns: 40, seed: 21 })];
  const compute = async (threads: number): Promise<Tensor[]> => {
    await setEngine("wasm", { threads });
    return all.map(({ x, weight, bias, options }) => conv2d(x, weight, bias, options));
  };
  const alone = await compute(1);
  for (const threads of [2, 3]) {
    const together = await compute(threads);
    for (const [i, y] of together.entries()) {
      expect(describeDifference(y, alone[i] as Tensor), `${threads} threads, problem ${i}`).toBeUndefined();
    }
  }
  await setEngine("wasm");
});

function absolute(x: Tensor): Tensor {
  return build(x.shape, (index) => Math.abs(x.get(...index)));
}

/** The same values elsewhere in memory: last axis first, every axis backwards, and amid others. */
const views: readonly ((x: Tensor) => Tensor)[] = [
  (x) =>
    relaid(
      x,
      x.shape.map((_, axis) => x.shape.length - 1 - axis),
      1,
    ),
  (x) =>
    relaid(
      x,
      x.shape.map((_, axis) => axis),
      -1,
    ),
  (x) =>
    relaid(
      x,
      x.shape.map((_, axis) => axis),
      2,
    ),
];

function relaid(x: Tensor, order: readonly number[], step: number): Tensor {
  const room = Math.abs(step);
  const memory = ndarray(
    new Float32Array(x.size * room ** x.shape.length).fill(Number.NaN),
    order.map((axis) => (x.shape[axis] as number) * room),
  );
  const inverse = x.shape.map((_, axis) => order.indexOf(axis));
  const view = memory.step(...order.map(() => step)).transpose(...inverse);
  build(x.shape, (index) => view.set(...index, x.get(...index)));
  return view;
}
