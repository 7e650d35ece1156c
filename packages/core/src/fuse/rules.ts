import { averagePoolKernel } from "../algebra/average-pool.js";
import { diagonalKernel, identityKernel } from "../algebra/identity.js";
import type { LinearKernel } from "../algebra/kernel.js";
import { paddingKernel } from "../algebra/padding.js";
import { perChannel } from "../algebra/per-channel.js";
import { scaleKernel } from "../algebra/scale.js";
import { FusionError } from "../errors.js";
import { type AffineOp, type Op, type OpOf, perChannelValues } from "../graph/op.js";
import { kernelOfConv } from "./layer-kernels.js";

/** What a subtree is: one convolution of definite channels, or one channel's map, done to however many channels there are. */
export interface LinearMap {
  readonly kernel: LinearKernel;
  /** True: `kernel` has one channel in and out, and stands for any number of them. */
  readonly anyChannels: boolean;
}

/** The kernel of a map, for an input or output of so many channels. */
export function kernelFor(map: LinearMap, channels: number): LinearKernel {
  return map.anyChannels ? perChannel(map.kernel, channels) : map.kernel;
}

/**
 * The convolution that an operation on images is; undefined where it is no linear one.
 * @throws {FusionError} where its settings make it no convolution
 */
export function mapOf(op: Op): LinearMap | undefined {
  switch (op.kind) {
    case "conv":
      return definite(kernelOfConv(op));
    case "affine":
      return op.ranks?.includes(0) ? undefined : affineMap(op);
    case "window":
      return op.reduce === "mean" ? onAny(averagePoolKernel(averagePool(op))) : undefined;
    case "identity":
      return onAny(identityKernel(1));
    case "pad":
      return onAny(paddingKernel(op.sides, op.border, op.value));
    case "opaque":
      throw new FusionError("fuse", op.reason);
    default:
      return undefined;
  }
}

function definite(kernel: LinearKernel): LinearMap {
  return { kernel, anyChannels: false };
}

function onAny(kernel: LinearKernel): LinearMap {
  return { kernel, anyChannels: true };
}

function affineMap(op: AffineOp): LinearMap {
  const { before, factor, after } = op;
  if (typeof before === "number" && typeof factor === "number" && typeof after === "number")
    return onAny(scaleKernel(identityKernel(1), factor));
  return definite(affineKernel(op));
}

/** (x + before) factor + after as a pointwise convolution with a group a channel. */
export function affineKernel({ before, factor, after }: AffineOp): LinearKernel {
  const channels = [before, factor, after].find((values) => typeof values !== "number")?.length ?? 1;
  const [shifts, factors, offsets] = [before, factor, after].map((values) =>
    perChannelValues(values, channels),
  );
  const bias = offsets?.map((value, c) => value + (shifts?.[c] as number) * (factors?.[c] as number));
  return diagonalKernel(factors as Float64Array, before === 0 && after === 0 ? undefined : bias);
}

function averagePool(op: OpOf<"window">): Parameters<typeof averagePoolKernel>[0] {
  const { axes, ceilMode, countIncludePad, divisor } = op;
  return {
    kernel: axes.map((axis) => axis.size),
    stride: axes.map((axis) => axis.stride),
    padding: axes.map((axis) => axis.before),
    ceilMode,
    countIncludePad,
    divisorOverride: divisor,
  };
}
