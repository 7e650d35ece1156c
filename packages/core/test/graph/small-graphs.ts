import type { ConvOp, Op } from "../../src/graph/op.js";
import type { StoredWeights } from "../../src/graph/weights.js";
import type { ConvAxis } from "../../src/ops/conv/conv-axis.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";

/** Weights that are what a function of their index says. */
export function stored(shape: readonly number[], value: (index: number) => number = () => 0): StoredWeights {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, read: () => Float64Array.from({ length }, (_, i) => value(i)) };
}

/** Weights that are different everywhere, and never 0. */
export function varied(shape: readonly number[], seed = 1): StoredWeights {
  return stored(shape, (i) => Math.sin(seed * 12.9898 + i * 78.233) * 0.9 + (i % 2 === 0 ? 0.05 : -0.05));
}

export interface ConvSpec {
  readonly axes?: readonly (Partial<ConvAxis> & { readonly size: number })[];
  readonly groups?: number;
  readonly bias?: boolean;
  readonly border?: ConvOp["border"];
  readonly seed?: number;
}

/** A convolution with weights that are different everywhere; 1x1 unless the axes are given. */
export function conv(inChannels: number, outChannels: number, spec: ConvSpec = {}): ConvOp {
  const { axes = [{ size: 1 }, { size: 1 }], groups = 1, bias = false, border = "zeros", seed = 1 } = spec;
  const full = axes.map(({ size, ...given }) => plainAxis(size, given));
  const transposed = full.some(({ upsampling }) => upsampling > 1);
  const ends = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
  return {
    kind: "conv",
    weight: varied([...ends, ...full.map(({ size }) => size)], seed),
    bias: bias ? varied([outChannels], seed + 0.5) : undefined,
    inChannels,
    outChannels,
    groups,
    axes: full,
    border,
    transposed,
  };
}

/** A convolution of an odd size on both axes that keeps the image's size. */
export function same(inChannels: number, outChannels: number, size: number, spec: ConvSpec = {}): ConvOp {
  const pixels = (size - 1) / 2;
  const axis = { size, before: pixels, after: pixels };
  return conv(inChannels, outChannels, { axes: [axis, axis], ...spec });
}

export const relu: Op = { kind: "map", name: "ReLU", of: (x) => Math.max(x, 0), steepest: 1 };
export const add: Op = { kind: "add" };
export const concat: Op = { kind: "concat" };
export const identity: Op = { kind: "identity" };

/** A normalisation of so many channels, as factor and shift. */
export function norm(channels: number, rank?: number, seed = 3): Op {
  return {
    kind: "affine",
    before: 0,
    factor: varied([channels], seed).read(),
    after: varied([channels], seed + 0.25).read(),
    axis: "channels",
    ranks: rank === undefined ? undefined : [rank],
  };
}
