import { averagePoolKernel } from "../algebra/average-pool.js";
import { batchNormKernel } from "../algebra/batch-norm.js";
import { diagonalKernel, identityKernel } from "../algebra/identity.js";
import type { LinearKernel } from "../algebra/kernel.js";
import { paddingKernel } from "../algebra/padding.js";
import { perChannel } from "../algebra/per-channel.js";
import { scaleKernel } from "../algebra/scale.js";
import { AvgPool2d } from "../nn/layers/avg-pool2d.js";
import { BatchNorm2d } from "../nn/layers/batch-norm2d.js";
import { Conv2d } from "../nn/layers/conv2d.js";
import { Identity } from "../nn/layers/identity.js";
import { Pad2d } from "../nn/layers/pad2d.js";
import { Scale } from "../nn/layers/scale.js";
import type { Module } from "../nn/module.js";
import { rowMajorData } from "../tensor/layout.js";
import { kernelOfConv2d } from "./layer-kernels.js";

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
 * Which layer is which convolution, by what its `forward` is: a subclass that computes something else is not taken for its parent.
 * A rule throws a FusionError where the layer's settings make it no convolution.
 */
const rules: ReadonlyMap<unknown, (module: Module) => LinearMap> = new Map<
  unknown,
  (module: Module) => LinearMap
>([
  [Conv2d.prototype.forward, (module) => definite(kernelOfConv2d(module as Conv2d))],
  [BatchNorm2d.prototype.forward, (module) => definite(batchNormKernel(module as BatchNorm2d))],
  [AvgPool2d.prototype.forward, (module) => onAny(averagePoolKernel((module as AvgPool2d).settings))],
  [Identity.prototype.forward, () => onAny(identityKernel(1))],
  [Scale.prototype.forward, (module) => scaleMap((module as Scale).scale)],
  [Pad2d.prototype.forward, (module) => padMap(module as Pad2d)],
]);

/** The rule for a layer, or undefined where it is no linear layer. */
export function ruleOf(module: Module): ((module: Module) => LinearMap) | undefined {
  return rules.get(module.forward);
}

function definite(kernel: LinearKernel): LinearMap {
  return { kernel, anyChannels: false };
}

function onAny(kernel: LinearKernel): LinearMap {
  return { kernel, anyChannels: true };
}

function scaleMap(scale: Scale["scale"]): LinearMap {
  // The layer computes in float32, so what it multiplies by is the number's float32 neighbour.
  if (typeof scale === "number") return onAny(scaleKernel(identityKernel(1), Math.fround(scale)));
  return definite(diagonalKernel(new Float64Array(rowMajorData(scale))));
}

function padMap({ padding: [left, right, top, bottom], mode, value }: Pad2d): LinearMap {
  const sides = [
    [top, bottom],
    [left, right],
  ] as const;
  return onAny(paddingKernel(sides, mode === "constant" ? "zeros" : mode, value));
}
