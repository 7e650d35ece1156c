import { checkOptions, type OptionNames } from "../../checks.js";
import { randn } from "../../random/normal.js";
import { type Tensor, zeros } from "../../tensor/tensor.js";
import { PReLU } from "../layers/activation/prelu.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { Pad2d } from "../layers/pad2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { NamedTensors } from "../module.js";

type Mask = readonly [readonly number[], readonly number[], readonly number[]];

/** The filters that the branches of the block scale. */
const masks = {
  sbx: [
    [1, 0, -1],
    [2, 0, -2],
    [1, 0, -1],
  ],
  sby: [
    [1, 2, 1],
    [0, 0, 0],
    [-1, -2, -1],
  ],
  lpl: [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
} as const satisfies Record<string, Mask>;

/** The options of {@link edgeOrientedBlock}. */
export interface EdgeOrientedOptions {
  /** Middle channels of the second branch by output channels. Default 2. */
  readonly depthMultiplier?: number;
  /** True: x is a branch too, where input and output have the same shape. Default false. */
  readonly identity?: boolean;
  /** False: no PReLU behind the sum. Default true. */
  readonly activation?: boolean;
}

const edgeOrientedOptionNames: OptionNames<EdgeOrientedOptions> = {
  depthMultiplier: true,
  identity: true,
  activation: true,
};

/**
 * ECBSR's edge-oriented block: 3x3 + (1x1 then 3x3) + (1x1 then a scaled Sobel filter, twice) + (1x1 then a
 * scaled Laplacian), and x where asked for. Between two layers the border is the first one's bias, which is
 * what zeros before it give. Parameters `conv3x3.weight`, `conv1x1_3x3.k0`, `conv1x1_sbx.scale`, ...,
 * `act.weight`
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, height, width]
 * @param options depthMultiplier, identity, activation; see {@link EdgeOrientedOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see Zhang et al., Edge-oriented Convolution Block for Real-time Super Resolution on Mobile Devices, ACM MM
 *   2021
 * @example
 * fuse(edgeOrientedBlock(8, 8)).module; // one 3x3 convolution and the PReLU
 */
export function edgeOrientedBlock(
  inChannels: number,
  outChannels: number,
  options: EdgeOrientedOptions = {},
): Sequential {
  checkOptions("edgeOrientedBlock", options, edgeOrientedOptionNames);
  const { depthMultiplier = 2, identity = false, activation = true } = options;
  const middle = Math.floor(outChannels * depthMultiplier);
  const named = Object.entries(masks).map(([name, mask]) => [
    `conv1x1_${name}`,
    edgeBranch(inChannels, outChannels, mask),
  ]);
  const branches = {
    conv3x3: new Conv2d(inChannels, outChannels, 3, { padding: 1 }),
    conv1x1_3x3: new Sequential({
      ".pad": new Pad2d(1),
      ".first": new FirstConv(inChannels, middle, 1),
      ".second": new SecondConv(middle, outChannels, 3),
    }),
    ...Object.fromEntries(named),
    ...(identity && inChannels === outChannels && { ".x": new Identity() }),
  };
  const sum = new Sum(branches, { deployedAs: "conv3x3" });
  return new Sequential({ "": sum, ...(activation && { act: new PReLU(outChannels) }) });
}

/** A convolution whose tensors have the names that the published block gives them. */
abstract class NamedConv2d extends Conv2d {
  protected abstract get weightName(): string;
  protected abstract get biasName(): string;

  override ownParameters(): NamedTensors {
    return new Map([
      [this.weightName, this.weight],
      [this.biasName, this.bias as Tensor],
    ]);
  }

  override rebuild(tensors: NamedTensors): Conv2d {
    const Same = this.constructor as typeof Conv2d;
    return new Same(this.inChannels, this.outChannels, this.kernelSize, {
      ...this.options,
      weight: tensors.get(this.weightName) ?? this.weight,
      bias: tensors.get(this.biasName) ?? (this.bias as Tensor),
    });
  }
}

class FirstConv extends NamedConv2d {
  protected override get weightName(): string {
    return "k0";
  }

  protected override get biasName(): string {
    return "b0";
  }
}

class SecondConv extends NamedConv2d {
  protected override get weightName(): string {
    return "k1";
  }

  protected override get biasName(): string {
    return "b1";
  }
}

/** A factor and a bias a channel: a depthwise 1x1. */
class EdgeScale extends NamedConv2d {
  protected override get weightName(): string {
    return "scale";
  }

  protected override get biasName(): string {
    return "bias";
  }
}

/** A depthwise filter that is not learned. */
class EdgeFilter extends Conv2d {
  override ownParameters(): NamedTensors {
    return new Map();
  }

  override ownBuffers(): NamedTensors {
    return new Map([["mask", this.weight]]);
  }

  override rebuild(tensors: NamedTensors): EdgeFilter {
    return new EdgeFilter(this.inChannels, this.outChannels, this.kernelSize, {
      ...this.options,
      weight: tensors.get("mask") ?? this.weight,
      bias: false,
    });
  }
}

function edgeBranch(inChannels: number, channels: number, mask: Mask): Sequential {
  const filter = zeros([channels, 1, 3, 3]);
  for (let c = 0; c < channels; c++) filter.data.set(mask.flat(), c * 9);
  const scale = randn([channels, 1, 1, 1]);
  const bias = randn([channels]);
  for (const tensor of [scale, bias]) {
    tensor.data.forEach((value, i) => {
      tensor.data[i] = value * 1e-3;
    });
  }
  return new Sequential({
    ".pad": new Pad2d(1),
    ".first": new FirstConv(inChannels, channels, 1),
    ".filter": new EdgeFilter(channels, channels, 3, { groups: channels, weight: filter, bias: false }),
    ".scale": new EdgeScale(channels, channels, 1, { groups: channels, weight: scale, bias }),
  });
}
