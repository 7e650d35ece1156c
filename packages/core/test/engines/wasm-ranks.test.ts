import { describe, expect, test } from "vitest";
import type { ConvGeometry } from "../../src/engines/engine.js";
import { byProducts } from "../../src/engines/reference/by-products.js";
import { reference } from "../../src/engines/reference/index.js";
import { WasmEngine } from "../../src/engines/wasm/index.js";
import type { Precision } from "../../src/engines/wasm/options.js";
import { outSizeOf } from "../../src/ops/conv/conv-axis.js";
import { product } from "../../src/tensor/tensor.js";
import { Draw, drawAnyGeometry, weightLength } from "./random-geometry.js";

const u = 2 ** -24;

function drawn(seed: number, rank: number) {
  const draw = new Draw(seed);
  const g = drawAnyGeometry(draw, rank);
  const x = draw.values(g.batch * g.inChannels * product(g.inSize));
  const weight = draw.values(weightLength(g));
  const bias = draw.whole(0, 1) ? draw.values(g.outChannels) : undefined;
  return { g, x, weight, bias };
}

function outOf(g: ConvGeometry): Float32Array {
  return new Float32Array(g.batch * g.outChannels * product(g.outSize)).fill(Number.NaN);
}

/** The definition, read off `ConvAxis`: upsampled, padded or cropped, then every window. */
function byDefinition({ g, x, weight, bias }: ReturnType<typeof drawn>): Float32Array {
  const taps = product(g.axes.map(({ size }) => size));
  const [groupIn, groupOut] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const [inArea, outArea] = [product(g.inSize), product(g.outSize)];
  const places = (flat: number, sizes: readonly number[]) => {
    let rest = flat;
    return sizes.map((_, axis) => {
      const inner = product(sizes.slice(axis + 1));
      const index = Math.floor(rest / inner);
      rest -= index * inner;
      return index;
    });
  };
  const sizes = g.axes.map(({ size }) => size);
  return outOf(g).map((_, at) => {
    const [plane, pixel] = [Math.floor(at / outArea), at % outArea];
    const [n, o] = [Math.floor(plane / g.outChannels), plane % g.outChannels];
    const group = Math.floor(o / groupOut);
    let sum = bias?.[o] ?? 0;
    for (let c = 0; c < groupIn; c++) {
      for (let tap = 0; tap < taps; tap++) {
        const read = places(pixel, g.outSize).map((y, axis) => {
          const { stride, dilation, upsampling, before } = g.axes[axis] as (typeof g.axes)[number];
          const grid = y * stride + (places(tap, sizes)[axis] as number) * dilation - before;
          const source = grid / upsampling;
          return Number.isInteger(source) && source >= 0 && source < (g.inSize[axis] as number) ? source : -1;
        });
        if (read.includes(-1)) continue;
        const offset = read.reduce((all, index, axis) => all * (g.inSize[axis] as number) + index, 0);
        const w = g.transposed
          ? ((group * groupIn + c) * groupOut + (o % groupOut)) * taps + (taps - 1 - tap)
          : (o * groupIn + c) * taps + tap;
        const channel = n * g.inChannels + group * groupIn + c;
        sum += (weight[w] as number) * (x[channel * inArea + offset] as number);
      }
    }
    return sum;
  });
}

test("60 convolutions of ranks 0 to 4 by their definition: the reference engine's numbers, and as matrix products its bits", () => {
  for (let seed = 0; seed < 60; seed++) {
    const rank = seed % 5;
    const problem = drawn(seed, rank);
    const { g, x, weight, bias } = problem;
    if (product(g.outSize) * weight.length > 40_000) continue;
    const [got, products] = [reference, byProducts].map((engine) => {
      const out = outOf(g);
      engine.conv(x, weight, bias, out, g);
      return out;
    }) as [Float32Array, Float32Array];
    const want = byDefinition(problem);
    const worst = got.reduce((most, y, i) => Math.max(most, Math.abs(y - (want[i] as number))), 0);
    // Summed in another order, in float64, and rounded once.
    expect({ seed, g, ok: worst <= 4e-6 }).toMatchObject({ ok: true });
    expect(products, `seed ${seed}`).toEqual(got);
  }
});

describe.each<Precision>(["exact", "fast"])(
  "convolutions of any rank on the wasm engine, %s",
  (precision) => {
    const engine = new WasmEngine({ precision });

    test.each([1, 2, 3])("rank %i: 200 random geometries within the classical bound", (rank) => {
      for (let seed = 0; seed < 200; seed++) {
        const { g, x, weight, bias } = drawn(seed, rank);
        const [expected, magnitude, got] = [outOf(g), outOf(g), outOf(g)];
        reference.conv(x, weight, bias, expected, g);
        reference.conv(x.map(Math.abs), weight.map(Math.abs), bias?.map(Math.abs), magnitude, g);
        engine.conv(x, weight, bias, got, g);
        const terms = weightLength(g) / g.outChannels + 2;
        let worst = 0;
        for (let i = 0; i < got.length; i++) {
          const bound = 4 * (terms + 1) * u * (magnitude[i] as number) + 2 ** -140;
          worst = Math.max(worst, Math.abs((got[i] as number) - (expected[i] as number)) / bound);
        }
        expect({ seed, g, worst, ok: worst <= 1 }).toMatchObject({ ok: true });
      }
    });

    test.each([1, 2, 3])("rank %i: what no tap reaches is the bias, be x infinite", (rank) => {
      const axis = { size: 2, stride: 1, dilation: 1, upsampling: 3, before: 1, after: 1 };
      const axes = new Array<typeof axis>(rank).fill(axis);
      const inSize = [4, 5, 3].slice(0, rank);
      const outSize = axes.map((one, i) => outSizeOf(one, inSize[i] as number));
      const channels = { inChannels: 2, outChannels: 3, groups: 1 };
      const g: ConvGeometry = { batch: 1, ...channels, axes, inSize, outSize, transposed: true };
      const draw = new Draw(rank);
      const weight = draw.values(weightLength(g));
      const x = new Float32Array(2 * product(inSize)).fill(Number.POSITIVE_INFINITY);
      const [expected, got] = [outOf(g), outOf(g)];
      reference.conv(x, weight, Float32Array.of(1, 2, 3), expected, g);
      engine.conv(x, weight, Float32Array.of(1, 2, 3), got, g);
      expect(expected.filter((y) => Number.isFinite(y)).length).toBeGreaterThan(3);
      expect(got).toEqual(expected);
    });

    test("an infinity in a volume spreads no further than its windows, though Winograd's tiles do", () => {
      const axis = { size: 3, stride: 1, dilation: 1, upsampling: 1, before: 1, after: 1 };
      const g: ConvGeometry = {
        ...{ batch: 1, inChannels: 8, outChannels: 8, groups: 1, axes: [axis, axis, axis] },
        ...{ inSize: [4, 9, 10], outSize: [4, 9, 10], transposed: false },
      };
      const draw = new Draw(5);
      const [x, weight] = [draw.values(8 * 360), draw.values(weightLength(g))];
      x[137] = Number.POSITIVE_INFINITY;
      const [expected, got] = [outOf(g), outOf(g)];
      reference.conv(x, weight, undefined, expected, g);
      engine.conv(x, weight, undefined, got, g);
      expect(got.map(Number)).toEqual(expected.map((y, i) => (Number.isFinite(y) ? (got[i] as number) : y)));
      expect(got.filter((y) => !Number.isFinite(y)).length).toBe(8 * 27);
    });
  },
);

test("volumes and transposed convolutions: the same bits on two threads as on one", async () => {
  const [alone, together] = [new WasmEngine(), new WasmEngine({ threads: 2 })];
  await together.runtime.ready();
  try {
    for (const upsampling of [1, 2]) {
      const axis = { size: 3, stride: 1, dilation: 1, upsampling, before: 1, after: 1 };
      const axes = [axis, axis, axis];
      const inSize = [4, 13, 14];
      const outSize = axes.map((one, i) => outSizeOf(one, inSize[i] as number));
      const channels = { inChannels: 24, outChannels: 24, groups: 1 };
      const g: ConvGeometry = { batch: 2, ...channels, axes, inSize, outSize, transposed: upsampling > 1 };
      const draw = new Draw(upsampling);
      const [x, weight] = [draw.values(2 * 24 * product(inSize)), draw.values(weightLength(g))];
      const [one, two] = [alone, together].map((engine) => {
        const out = outOf(g);
        engine.conv(x, weight, undefined, out, g);
        return out;
      }) as [Float32Array, Float32Array];
      expect(one.every((value, i) => Object.is(value, two[i]) && !Number.isNaN(value))).toBe(true);
    }
  } finally {
    together.runtime.stop();
  }
});

test("a kernel deeper than the padded volume: taps that lie behind it for every output add nothing", () => {
  const engine = new WasmEngine();
  const plain = { stride: 1, dilation: 1, upsampling: 1 };
  for (const [depth, before] of [
    [7, 3],
    [20, 9],
  ] as const) {
    const deep = { size: depth, ...plain, before, after: depth - 1 - before };
    const axes = [
      deep,
      { size: 3, ...plain, before: 1, after: 1 },
      { size: 1, ...plain, before: 0, after: 0 },
    ];
    const channels = { inChannels: 8, outChannels: 5, groups: 1 };
    const g: ConvGeometry = {
      ...{ batch: 2, ...channels, axes, inSize: [2, 3, 4], outSize: [2, 3, 4], transposed: false },
    };
    const draw = new Draw(depth);
    const [x, weight] = [draw.values(2 * 8 * 24), draw.values(weightLength(g))];
    const [expected, got] = [outOf(g), outOf(g)];
    reference.conv(x, weight, undefined, expected, g);
    engine.conv(x, weight, undefined, got, g);
    expect(Math.max(...got.map((y, i) => Math.abs(y - (expected[i] as number))))).toBeLessThan(1e-4);
  }
});
