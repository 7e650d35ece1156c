import { BatchNorm2d } from "../batch-norm2d.js";
import { Conv2d, type Conv2dLayerOptions } from "../conv2d.js";
import { GELU } from "../gelu.js";
import { Identity } from "../identity.js";
import { Sequential } from "../sequential.js";
import { Sum } from "../sum.js";

/**
 * RepViT's depthwise mixer: bn(bn(3x3) + 1x1 + x). Parameters `conv.c.weight`, `conv.bn.weight`, `conv1.weight`, `bn.weight`, ...
 * @see https://arxiv.org/abs/2307.09283, section 3.2
 * @example
 * fuse(repVggDepthwise(8)).module; // one depthwise 3x3 convolution
 */
export function repVggDepthwise(channels: number): Sequential {
  const branches = new Sum({
    conv: convNorm(channels, channels, 3, { padding: 1, groups: channels }),
    conv1: new Conv2d(channels, channels, 1, { groups: channels }),
    ".x": new Identity(),
  });
  return new Sequential({ "": branches, bn: new BatchNorm2d(channels) });
}

/**
 * RepViT's block at stride 1, without squeeze-and-excite: the mixer, then x + 1x1-GELU-1x1.
 * Parameters `token_mixer.0.conv.c.weight`, `channel_mixer.m.0.c.weight`, ...
 * @see https://arxiv.org/abs/2307.09283, section 3.2
 * @example
 * fuse(repVitBlock(8, 16)).module; // three convolutions: the feed-forward part has a GELU inside
 */
export function repVitBlock(channels: number, hiddenChannels: number): Sequential {
  const feedForward = new Sequential([
    convNorm(channels, hiddenChannels, 1),
    new GELU(),
    convNorm(hiddenChannels, channels, 1),
  ]);
  return new Sequential({
    token_mixer: new Sequential([repVggDepthwise(channels), new Identity()]),
    channel_mixer: new Sum({ ".x": new Identity(), m: feedForward }),
  });
}

function convNorm(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: Conv2dLayerOptions = {},
): Sequential {
  return new Sequential({
    c: new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false }),
    bn: new BatchNorm2d(outChannels),
  });
}
