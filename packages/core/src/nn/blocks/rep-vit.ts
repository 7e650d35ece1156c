import { checkOptions, type OptionNames } from "../../checks.js";
import { GELU } from "../layers/activation/gelu.js";
import { Conv2d, type Conv2dLayerOptions } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { Module } from "../module.js";
import { type NormOptions, normOptionNames } from "./conv-bn.js";
import { squeezeExcitation } from "./squeeze-excitation.js";

/** The authors' code puts a fused convolution where its parts were. */
const inPlace = { deployedAs: "" };

/**
 * RepViT's depthwise mixer: bn(bn(3x3) + 1x1 + x). Parameters `conv.c.weight`, `conv.bn.weight`,
 * `conv1.weight`, `bn.weight`, ...
 * @param channels channels of x and of the output, both [batch, channels, height, width]
 * @param options eps; see {@link NormOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2307.09283, section 3.2
 * @example
 * fuse(repVggDepthwise(8)).module; // one depthwise 3x3 convolution
 */
export function repVggDepthwise(channels: number, options: NormOptions = {}): Sequential {
  checkOptions("repVggDepthwise", options, normOptionNames);
  const { eps = defaultEps } = options;
  const branches = new Sum({
    conv: convNorm(channels, channels, 3, { padding: 1, groups: channels, eps }),
    conv1: new Conv2d(channels, channels, 1, { groups: channels }),
    ".x": new Identity(),
  });
  return new Sequential({ "": branches, bn: new BatchNorm2d(channels, { eps }) }, inPlace);
}

/** The options of {@link repVitBlock} and {@link repVitDownsample}. */
export interface RepVitOptions extends NormOptions {
  /** A gate behind the depthwise convolution, as every other published block has it. Default false. */
  readonly squeezeExcite?: boolean;
}

const repVitOptionNames: OptionNames<RepVitOptions> = { ...normOptionNames, squeezeExcite: true };

/**
 * RepViT's block at stride 1: the mixer, the gate where asked for, then x + 1x1-GELU-1x1.
 * Parameters `token_mixer.0.conv.c.weight`, `token_mixer.1.fc1.weight`, `channel_mixer.m.0.c.weight`, ...
 *
 * @param channels channels of x and of the output, both [batch, channels, height, width]
 * @param hiddenChannels of the feed-forward part; twice the channels in the published networks
 * @param options eps, squeezeExcite; see {@link RepVitOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2307.09283, section 3.2
 * @example
 * fuse(repVitBlock(8, 16)).module; // three convolutions: the feed-forward part has a GELU inside
 */
export function repVitBlock(
  channels: number,
  hiddenChannels: number,
  options: RepVitOptions = {},
): Sequential {
  checkOptions("repVitBlock", options, repVitOptionNames);
  const { eps = defaultEps } = options;
  return new Sequential({
    token_mixer: new Sequential([repVggDepthwise(channels, { eps }), gate(channels, options)]),
    channel_mixer: feedForward(channels, hiddenChannels, eps),
  });
}

/**
 * RepViT's block at stride 2: depthwise 3x3, the gate where asked for, 1x1, then x + 1x1-GELU-1x1 with twice
 * the channels inside. Parameters `token_mixer.0.c.weight`, `token_mixer.2.c.weight`,
 * `channel_mixer.m.0.c.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width], half as high and
 *   wide, rounded up
 * @param options eps, squeezeExcite; see {@link RepVitOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2307.09283, section 3.3
 * @example
 * repVitDownsample(8, 16).forward(ones([1, 8, 6, 6])).shape; // [1, 16, 3, 3]
 */
export function repVitDownsample(
  inChannels: number,
  outChannels: number,
  options: RepVitOptions = {},
): Sequential {
  checkOptions("repVitDownsample", options, repVitOptionNames);
  const { eps = defaultEps } = options;
  return new Sequential({
    token_mixer: new Sequential([
      convNorm(inChannels, inChannels, 3, { stride: 2, padding: 1, groups: inChannels, eps }),
      gate(inChannels, options),
      convNorm(inChannels, outChannels, 1, { eps }),
    ]),
    channel_mixer: feedForward(outChannels, 2 * outChannels, eps),
  });
}

function gate(channels: number, { squeezeExcite = false }: RepVitOptions): Module {
  return squeezeExcite ? squeezeExcitation(channels, squeezedChannels(channels)) : new Identity();
}

/** A quarter, to the nearest multiple of 8 that is not 0. */
function squeezedChannels(channels: number): number {
  return Math.max(8, 8 * Math.floor((channels / 4 + 4) / 8));
}

function feedForward(channels: number, hiddenChannels: number, eps: number): Sum {
  const layers = [
    convNorm(channels, hiddenChannels, 1, { eps }),
    new GELU(),
    convNorm(hiddenChannels, channels, 1, { eps }),
  ] as const;
  return new Sum({ ".x": new Identity(), m: new Sequential(layers) });
}

function convNorm(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { eps, ...options }: Conv2dLayerOptions & Required<NormOptions>,
): Sequential {
  const c = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
  return new Sequential({ c, bn: new BatchNorm2d(outChannels, { eps }) }, inPlace);
}
