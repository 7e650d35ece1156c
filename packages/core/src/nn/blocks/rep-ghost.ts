import { checkOptions, type OptionNames } from "../../checks.js";
import { ReLU } from "../layers/activation/relu.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { Module } from "../module.js";
import { type NormOptions, normOptionNames } from "./conv-bn.js";

/** The options of {@link repGhostModule}. */
export interface RepGhostOptions extends NormOptions {
  /** False: neither of the ReLUs, as in the second module of each published bottleneck. Default true. */
  readonly relu?: boolean;
}

const repGhostOptionNames: OptionNames<RepGhostOptions> = { ...normOptionNames, relu: true };

/**
 * RepGhost's module: a 1x1 with batch norm and ReLU, then relu(bn(depthwise 3x3) + bn(x)).
 * Parameters `primary_conv.0.weight`, `cheap_operation.0.weight`, `fusion_bn.0.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, height, width]
 * @param options eps, relu; see {@link RepGhostOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2211.06088, section 3.2
 * @example
 * fuse(repGhostModule(4, 8)).module; // a 1x1, a ReLU, a depthwise 3x3, a ReLU
 */
export function repGhostModule(
  inChannels: number,
  outChannels: number,
  options: RepGhostOptions = {},
): Sequential {
  checkOptions("repGhostModule", options, repGhostOptionNames);
  const { relu = true, eps = defaultEps } = options;
  const activation = (): Module => (relu ? new ReLU() : new Identity());
  const cheap = [
    new Conv2d(outChannels, outChannels, 3, { padding: 1, groups: outChannels, bias: false }),
    new BatchNorm2d(outChannels, { eps }),
  ];
  const branches = {
    cheap_operation: new Sequential(cheap),
    fusion_bn: new Sequential([new BatchNorm2d(outChannels, { eps })]),
  };
  return new Sequential({
    primary_conv: new Sequential([
      new Conv2d(inChannels, outChannels, 1, { bias: false }),
      new BatchNorm2d(outChannels, { eps }),
      activation(),
    ]),
    "": new Sum(branches, { deployedAs: "cheap_operation" }),
    relu: activation(),
  });
}
