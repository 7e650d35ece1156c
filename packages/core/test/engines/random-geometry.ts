import type { ConvGeometry } from "../../src/engines/engine.js";
import { reference } from "../../src/engines/reference/index.js";
import { as2d, type Conv2dGeometry } from "../../src/engines/wasm/algorithms/as-2d.js";
import { outSizeOf } from "../../src/ops/conv/conv-axis.js";
import { type Conv2dOptions, convGeometry, convSettings } from "../../src/ops/conv/conv-geometry.js";
import { product } from "../../src/tensor/tensor.js";

/** Whole numbers and values from a seed, so that a failing case can be run again. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T;
  }

  /** Values in [-1, 1), rounded to float32. */
  values(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.next() * 2 - 1);
  }
}

/** Any convolution: few and many channels, with and without whole blocks, groups, strides, dilation, uneven padding. */
export function drawGeometry(draw: Draw): ConvGeometry {
  for (;;) {
    const depthwise = draw.whole(0, 3) === 0;
    const groups = depthwise ? draw.whole(1, 20) : draw.one([1, 1, 1, 2, 3]);
    const groupIn = depthwise ? 1 : draw.whole(1, 19);
    const groupOut = depthwise ? draw.one([1, 1, 1, 2]) : draw.whole(1, 35);
    const kernel = [draw.whole(1, 5), draw.whole(1, 5)] as const;
    const weight = [groups * groupOut, groupIn, ...kernel];
    const x = [draw.whole(1, 3), groups * groupIn, draw.whole(1, 15), draw.whole(1, 15)];
    try {
      return geometryOf("test", x, weight, {
        stride: [draw.whole(1, 3), draw.whole(1, 3)],
        dilation: [draw.whole(1, 3), draw.whole(1, 3)],
        padding: [
          [draw.whole(0, 3), draw.whole(0, 3)],
          [draw.whole(0, 3), draw.whole(0, 3)],
        ],
        groups,
      });
    } catch {
      // The kernel did not fit the image: draw again.
    }
  }
}

/** How many numbers the weight of a convolution holds. */
export function weightLength(g: ConvGeometry): number {
  return (g.outChannels * g.inChannels * product(g.axes.map(({ size }) => size))) / g.groups;
}

/** A convolution's geometry by its options. */
export function geometryOf(
  op: string,
  x: readonly number[],
  weight: readonly number[],
  options: Conv2dOptions,
): ConvGeometry {
  return convGeometry(op, x, weight, convSettings(op, weight.slice(2), options));
}

/** A convolution of images for the kernels. */
export function imageGeometry(...given: Parameters<typeof geometryOf>): Conv2dGeometry {
  return as2d(geometryOf(...given));
}

/** The reference engine's result for it. */
export function referenceResult(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  g: Conv2dGeometry,
): Float32Array {
  const rows = { size: g.kernelHeight, stride: g.strideHeight, dilation: g.dilationHeight };
  const columns = { size: g.kernelWidth, stride: g.strideWidth, dilation: g.dilationWidth };
  const out = new Float32Array(g.batch * g.outChannels * g.outHeight * g.outWidth);
  reference.conv(x, weight, bias, out, {
    ...g,
    axes: [
      { ...rows, upsampling: 1, before: g.padTop, after: g.padBottom },
      { ...columns, upsampling: 1, before: g.padLeft, after: g.padRight },
    ],
    inSize: [g.inHeight, g.inWidth],
    outSize: [g.outHeight, g.outWidth],
    transposed: false,
  });
  return out;
}

/** Any convolution of `rank` axes, upsampled ones with a stride and cropped ones among them; its weight is stored either way. */
export function drawAnyGeometry(draw: Draw, rank: number): ConvGeometry {
  const depthwise = draw.whole(0, 3) === 0;
  const groups = depthwise ? draw.whole(1, 12) : draw.one([1, 1, 2, 3]);
  const inChannels = groups * (depthwise ? 1 : draw.whole(1, 12));
  const outChannels = groups * (depthwise ? draw.one([1, 1, 2]) : draw.whole(1, 18));
  for (;;) {
    const axes = Array.from({ length: rank }, () => ({
      size: draw.whole(1, 4),
      stride: draw.one([1, 1, 2, 3]),
      dilation: draw.one([1, 1, 2, 3]),
      upsampling: draw.one([1, 1, 2, 3, 4]),
      before: draw.whole(-3, 4),
      after: draw.whole(-3, 4),
    }));
    const inSize = axes.map(() => draw.whole(1, rank === 3 ? 6 : 12));
    const outSize = axes.map((axis, i) => outSizeOf(axis, inSize[i] as number));
    if (outSize.some((size) => size < 1)) continue;
    const transposed = draw.whole(0, 1) === 1;
    return { batch: draw.whole(1, 3), inChannels, outChannels, groups, axes, inSize, outSize, transposed };
  }
}
