import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  Concat,
  Conv2d,
  Flatten,
  GELU,
  Identity,
  Linear,
  MaxPool2d,
  type Module,
  Pad2d,
  type PaddingMode,
  PixelShuffle,
  PReLU,
  Product,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sigmoid,
  Sum,
} from "../../src/index.js";
import { randomBatchNorm, randomStatistics } from "./layers.js";

/** Draws whole numbers; a small generator of its own, so that a tree is its seed's alone. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0, ..., sides - 1. @see Tommy Ettinger's Mulberry32 */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * sides);
  }

  of<T>(options: readonly T[]): T {
    return options[this.roll(options.length)] as T;
  }

  chance(of: number): boolean {
    return this.roll(100) < of;
  }
}

/** What a subtree must do to an image's shape, so that the branches of a sum meet. */
interface Contract {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: readonly [number, number];
  /** padding minus span, by axis */
  readonly excess: readonly [number, number];
  /** The padding mode that most convolutions of the tree have. */
  readonly mode: PaddingMode;
}

const modes: readonly PaddingMode[] = [
  ...Array<PaddingMode>(7).fill("zeros"),
  "reflect",
  "replicate",
  "circular",
];

/**
 * A random tree of every kind of node that means anything to the algebra: groups, strides, dilations, even and non-square kernels,
 * asymmetric padding, every padding mode, batch norms with no default statistic. Not every one can be fused, and some cannot run.
 */
export function randomTree(dice: Dice): { readonly module: Module; readonly inChannels: number } {
  const inChannels = dice.of([1, 2, 3, 4, 4, 6]);
  const outChannels = dice.chance(50) ? inChannels : dice.of([1, 2, 3, 4, 6]);
  const stride = dice.chance(70) ? ([1, 1] as const) : ([dice.of([1, 2, 3]), dice.of([1, 2])] as const);
  const same = dice.chance(70);
  const excess = same ? ([-1, -1] as const) : ([dice.of([-1, -2, -3, 0]), dice.of([-1, -2, -3, 1])] as const);
  const contract = { inChannels, outChannels, stride, excess, mode: dice.of(modes) };
  const kind = dice.roll(100);
  if (kind < 15) return { module: interrupted(dice, contract), inChannels };
  if (kind < 25) return { module: classifying(dice, contract), inChannels };
  return { module: node(dice, contract, 3), inChannels };
}

/** Two linear parts, and something between them that is not linear; where shapes allow it, both are the same object at times. */
function interrupted(dice: Dice, contract: Contract): Module {
  const { inChannels, outChannels, mode } = contract;
  const first = node(dice, contract, 2);
  if (outChannels === 4 && dice.chance(30))
    return new Sequential([first, new PixelShuffle(2), sequence(dice, 1, mode)]);
  const between = barrier(dice, outChannels);
  const again = inChannels === outChannels && dice.chance(30);
  return new Sequential([first, between, again ? first : sequence(dice, outChannels, mode)]);
}

/** A layer that is not linear and keeps the channels. */
function barrier(dice: Dice, channels: number): Module {
  switch (dice.roll(6)) {
    case 0:
      return new PReLU(channels, randn([channels]));
    case 1:
      return new GELU();
    case 2:
      return new Sigmoid();
    case 3:
      return new MaxPool2d(2, { stride: 1 + dice.roll(2) });
    case 4: {
      const gate = new Sequential([
        new AdaptiveAvgPool2d(1),
        new Conv2d(channels, channels, 1),
        new Sigmoid(),
      ]);
      return new Product([new Identity(), gate]);
    }
    default:
      return new ReLU();
  }
}

/** Something on images, global pooling, and linear layers and norms on features. */
function classifying(dice: Dice, contract: Contract): Module {
  const { outChannels: channels } = contract;
  const classes = dice.of([1, 3, 5]);
  return new Sequential([
    node(dice, contract, 2),
    ...(dice.chance(30) ? [new ReLU()] : []),
    ...(dice.chance(50) ? [new Conv2d(channels, channels, 1), randomBatchNorm(channels)] : []),
    new AdaptiveAvgPool2d(1),
    new Flatten(),
    ...(dice.chance(30) ? [randomVectorNorm(channels)] : []),
    new Linear(channels, classes, { bias: dice.chance(60) }),
    ...(dice.chance(40) ? [randomVectorNorm(classes)] : []),
    ...(dice.chance(30) ? [new Linear(classes, 2)] : []),
  ]);
}

function randomVectorNorm(features: number): BatchNorm1d {
  return new BatchNorm1d(features, randomStatistics(features));
}

function node(dice: Dice, contract: Contract, depth: number): Module {
  const { inChannels, outChannels, stride, excess } = contract;
  const kind = depth === 0 || dice.chance(25) ? 0 : dice.roll(10);
  if (kind <= 2) return conv(dice, contract);
  if (kind <= 6) {
    const branches = Array.from({ length: 1 + dice.roll(3) }, () => node(dice, contract, depth - 1));
    const plain = stride.every((s) => s === 1) && excess.every((e) => e === -1) && inChannels === outChannels;
    if (plain && dice.chance(50)) branches.push(channelwise(dice, inChannels));
    if (dice.chance(10)) branches.push(branches[0] as Module);
    return new Sum(branches);
  }
  if (kind === 7 && outChannels > 1) {
    const first = 1 + dice.roll(outChannels - 1);
    return new Concat([
      node(dice, { ...contract, outChannels: first }, depth - 1),
      node(dice, { ...contract, outChannels: outChannels - first }, depth - 1),
    ]);
  }
  return chain(dice, contract, depth);
}

/** Something in sequence that does to shapes what the contract says. */
function chain(dice: Dice, contract: Contract, depth: number): Module {
  const { inChannels, outChannels } = contract;
  const middle = dice.of([1, 2, 4, 6]);
  const pointwise = (from: number, to: number): Contract => ({
    inChannels: from,
    outChannels: to,
    stride: [1, 1],
    excess: [-1, -1],
    mode: contract.mode,
  });
  const before = { ...contract, outChannels: middle };
  const after = { ...contract, inChannels: middle };
  switch (dice.roll(6)) {
    case 0:
      return new Sequential([
        node(dice, contract, depth - 1),
        randomBatchNorm(outChannels, norm(dice, outChannels)),
      ]);
    case 1:
      return new Sequential([randomBatchNorm(inChannels), node(dice, contract, depth - 1)]);
    case 2:
      return new Sequential([conv(dice, pointwise(inChannels, middle), 1), node(dice, after, depth - 1)]);
    case 3:
      return new Sequential([node(dice, before, depth - 1), conv(dice, pointwise(middle, outChannels), 1)]);
    case 4: {
      // Padding in a layer of its own, and a convolution without.
      const [top, bottom, left, right] = [dice.roll(2), dice.roll(3), dice.roll(3), dice.roll(2)];
      const mode = dice.of(["constant", "constant", "replicate", "reflect"] as const);
      const rest = [contract.excess[0] - top - bottom, contract.excess[1] - left - right] as const;
      return new Sequential([
        new Pad2d([left, right, top, bottom], { mode }),
        conv(dice, { ...contract, excess: rest }),
        ...(dice.chance(30) ? [new Scale(dice.of([-1, 0.5, 0.1]))] : []),
      ]);
    }
    default:
      return new Sequential([node(dice, contract, depth - 1), channelwise(dice, outChannels)]);
  }
}

/** A layer that keeps shape and channels. */
function channelwise(dice: Dice, channels: number): Module {
  switch (dice.roll(5)) {
    case 0:
      return new Identity();
    case 1:
      return randomBatchNorm(channels, norm(dice, channels));
    case 2:
      return new Scale(dice.of([-1, 2, 0.1, -0.3]));
    case 3:
      return new Scale(randn([channels]));
    default:
      return new AvgPool2d(3, { stride: 1, padding: 1, countIncludePad: !dice.chance(10) });
  }
}

function norm(dice: Dice, channels: number): { affine?: boolean; eps?: number } {
  return { ...(channels > 1 && dice.chance(30) && { affine: false }), eps: dice.of([1e-5, 1e-3, 0.1]) };
}

/** Anything after a barrier: it may change shapes as it likes. */
function sequence(dice: Dice, channels: number, mode: PaddingMode): Module {
  return new Sequential([
    conv(dice, { inChannels: channels, outChannels: 4, stride: [1, 2], excess: [-1, -2], mode }),
    randomBatchNorm(4),
    new AvgPool2d(2, { stride: 1, ceilMode: dice.chance(50) }),
  ]);
}

/** A convolution with the given excess: padding is what the span leaves over, split anyhow. */
function conv(dice: Dice, contract: Contract, size?: number): Conv2d {
  const { inChannels, outChannels, stride, excess } = contract;
  const axes = excess.map((e) => {
    const kernel = size ?? dice.of([1, 1, 2, 3, 3, 4]);
    const dilation = dice.of([1, 1, 1, 2, 3]);
    const span = dilation * (kernel - 1) + 1;
    // A kernel that would need negative padding grows until it needs none.
    const grown =
      span + e < 0 ? { kernel: -e, dilation: 1, total: 0 } : { kernel, dilation, total: span + e };
    const centre = Math.floor(grown.total / 2);
    const before = dice.chance(75) ? centre : dice.roll(grown.total + 1);
    return { ...grown, before, after: grown.total - before };
  }) as unknown as readonly [Axis, Axis];
  const [rows, columns] = axes;
  const groups = dice.of(divisors(inChannels, outChannels));
  return new Conv2d(inChannels, outChannels, [rows.kernel, columns.kernel], {
    stride,
    padding: [
      [rows.before, rows.after],
      [columns.before, columns.after],
    ],
    dilation: [rows.dilation, columns.dilation],
    groups,
    paddingMode: dice.chance(95) ? contract.mode : dice.of(modes),
    bias: dice.chance(30),
  });
}

interface Axis {
  readonly kernel: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

function divisors(a: number, b: number): number[] {
  return [1, 1, 2, 3, 4, 6].filter((n) => a % n === 0 && b % n === 0);
}
