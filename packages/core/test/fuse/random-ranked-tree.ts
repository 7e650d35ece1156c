import {
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  Concat,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  GELU,
  Identity,
  Linear,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  type Module,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sum,
} from "../../src/index.js";
import { randomStatistics } from "./layers.js";
import type { Dice } from "./random-tree.js";

/** A tree on sequences, on volumes, with transposed convolutions of any rank, or on features. */
export interface RankedTree {
  readonly module: Module;
  readonly inChannels: number;
  /** How many axes its images have; 0: features. */
  readonly rank: number;
}

export const families = ["sequences", "volumes", "transposed", "features"] as const;

export function randomRankedTree(dice: Dice, family: (typeof families)[number]): RankedTree {
  const inChannels = dice.of([1, 2, 4, 6]);
  const outChannels = dice.chance(50) ? inChannels : dice.of([1, 2, 3, 4]);
  if (family === "features")
    return { module: features(dice, inChannels, outChannels, 3), inChannels, rank: 0 };
  const rank = family === "sequences" ? 1 : family === "volumes" ? 3 : dice.of([1, 1, 2, 2, 3]);
  const axes = Array.from({ length: rank }, (): AxisContract => {
    if (family === "transposed" && dice.chance(80))
      return { stride: 1, upsampling: dice.of([1, 2, 2, 3]), gain: dice.of([0, 0, 0, 1, -1]) };
    return { stride: dice.of([1, 1, 1, 2, 3]), upsampling: 1, gain: dice.of([-1, -1, -1, -2, 0]) };
  });
  const contract = { inChannels, outChannels, axes };
  const tree = node(dice, contract, 3);
  if (dice.chance(80)) return { module: tree, inChannels, rank };
  const after = conv(dice, { inChannels: outChannels, outChannels: 2, axes: axes.map(() => same) });
  return { module: new Sequential([tree, barrier(dice, rank), after]), inChannels, rank };
}

interface AxisContract {
  readonly stride: number;
  readonly upsampling: number;
  /** Of a convolution: padding minus span. Of a transposed one: what the output has more than `upsampling` times the input. */
  readonly gain: number;
}

/** What a subtree must do to an image's shape, so that the branches of a sum meet. */
interface Contract {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly axes: readonly AxisContract[];
}

const same: AxisContract = { stride: 1, upsampling: 1, gain: -1 };

type Make = new (inChannels: number, outChannels: number, size: readonly number[], options: object) => Module;
type MakeNorm = new (channels: number, options: object) => Module;
type MakePool = new (size: number, options: object) => Module;
const convolutions = [Conv1d, Conv2d, Conv3d] as unknown as readonly Make[];
const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d] as unknown as readonly Make[];
const norms = [BatchNorm1d, BatchNorm2d, BatchNorm3d] as unknown as readonly MakeNorm[];
const averages = [AvgPool1d, AvgPool2d, AvgPool3d] as unknown as readonly MakePool[];
const maxima = [MaxPool1d, MaxPool2d, MaxPool3d] as unknown as readonly MakePool[];

function barrier(dice: Dice, rank: number): Module {
  const MaxPool = maxima[rank - 1] as MakePool;
  return dice.of([new ReLU(), new GELU(), new MaxPool(2, { stride: 1 })]);
}

function node(dice: Dice, contract: Contract, depth: number): Module {
  const { inChannels, outChannels, axes } = contract;
  const kind = depth === 0 || dice.chance(25) ? 0 : dice.roll(10);
  if (kind <= 2) return conv(dice, contract);
  if (kind <= 6) {
    const branches = Array.from({ length: 1 + dice.roll(3) }, () => node(dice, contract, depth - 1));
    const keepsShape = axes.every(
      ({ stride, upsampling, gain }) => stride === 1 && upsampling === 1 && gain === -1,
    );
    if (keepsShape && inChannels === outChannels && dice.chance(50))
      branches.push(channelwise(dice, inChannels, axes.length));
    // Up and down again: a branch of other strides, whose size agrees.
    if (keepsShape && dice.chance(15)) branches.push(upAndDown(dice, contract));
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

function upAndDown(dice: Dice, { inChannels, outChannels, axes }: Contract): Module {
  const middle = dice.of([1, 2]);
  const up = axes.map(() => ({ stride: 1, upsampling: 2, gain: 0 }));
  const down = axes.map(() => ({ stride: 2, upsampling: 1, gain: dice.of([-1, -2]) }));
  return new Sequential([
    conv(dice, { inChannels, outChannels: middle, axes: up }),
    conv(dice, { inChannels: middle, outChannels, axes: down }),
  ]);
}

/** Something in sequence that does to shapes what the contract says. */
function chain(dice: Dice, contract: Contract, depth: number): Module {
  const { inChannels, outChannels, axes } = contract;
  const middle = dice.of([1, 2, 4]);
  const pointwise = (from: number, to: number): Module =>
    conv(dice, { inChannels: from, outChannels: to, axes: axes.map(() => same) }, 1);
  switch (dice.roll(5)) {
    case 0:
      return new Sequential([node(dice, contract, depth - 1), norm(outChannels, axes.length)]);
    case 1:
      return new Sequential([norm(inChannels, axes.length), node(dice, contract, depth - 1)]);
    case 2:
      return new Sequential([
        pointwise(inChannels, middle),
        node(dice, { ...contract, inChannels: middle }, depth - 1),
      ]);
    case 3:
      return new Sequential([
        node(dice, { ...contract, outChannels: middle }, depth - 1),
        pointwise(middle, outChannels),
      ]);
    default:
      return new Sequential([node(dice, contract, depth - 1), channelwise(dice, outChannels, axes.length)]);
  }
}

function norm(channels: number, rank: number): Module {
  return new (norms[rank - 1] as MakeNorm)(channels, randomStatistics(channels));
}

/** A layer that keeps shape and channels. */
function channelwise(dice: Dice, channels: number, rank: number): Module {
  const AvgPool = averages[rank - 1] as MakePool;
  switch (dice.roll(5)) {
    case 0:
      return new Identity();
    case 1:
      return norm(channels, rank);
    case 2:
      return new Scale(dice.of([-1, 2, 0.1]));
    case 3:
      // A factor a channel is for images of two axes: elsewhere it throws, fused or not.
      return new Scale(rank === 2 || dice.chance(5) ? randn([channels]) : 3);
    default:
      return new AvgPool(3, { stride: 1, padding: 1, countIncludePad: !dice.chance(10) });
  }
}

/** A convolution, or where the contract says so a transposed one: a kernel that would need negative padding grows until it needs none. */
function conv(dice: Dice, { inChannels, outChannels, axes }: Contract, size?: number): Module {
  const groups = dice.of([1, 1, 2, 3].filter((n) => inChannels % n === 0 && outChannels % n === 0));
  const bias = dice.chance(30);
  const drawn = (): readonly [kernel: number, dilation: number] => [
    size ?? dice.of([1, 2, 3, 3, 4]),
    dice.of([1, 1, 1, 2]),
  ];
  if (axes.every(({ upsampling }) => upsampling === 1)) {
    const found = axes.map(({ stride, gain }) => {
      let [kernel, dilation] = drawn();
      if (dilation * (kernel - 1) + 1 + gain < 0) [kernel, dilation] = [-gain, 1];
      const total = dilation * (kernel - 1) + 1 + gain;
      const before = dice.chance(75) ? total >> 1 : dice.roll(total + 1);
      return { kernel, dilation, stride, padding: [before, total - before] };
    });
    const Conv = convolutions[axes.length - 1] as Make;
    return new Conv(inChannels, outChannels, column(found, "kernel"), {
      stride: column(found, "stride"),
      dilation: column(found, "dilation"),
      padding: column(found, "padding"),
      paddingMode: dice.chance(95) ? "zeros" : "replicate",
      groups,
      bias,
    });
  }
  const found = axes.map(({ upsampling: stride, gain }) => {
    let [kernel, dilation] = drawn();
    const cropped = (): number => 1 - stride + dilation * (kernel - 1) - gain;
    while (cropped() < 0 || (cropped() % 2 === 1 && Math.max(stride, dilation) === 1)) {
      kernel++;
      dilation = 1;
    }
    const outputPadding = cropped() % 2;
    return { kernel, dilation, stride, padding: (cropped() + outputPadding) / 2, outputPadding };
  });
  const ConvTranspose = transposed[axes.length - 1] as Make;
  return new ConvTranspose(inChannels, outChannels, column(found, "kernel"), {
    stride: column(found, "stride"),
    dilation: column(found, "dilation"),
    padding: column(found, "padding"),
    outputPadding: column(found, "outputPadding"),
    groups,
    bias,
  });
}

function column<Row, K extends keyof Row>(rows: readonly Row[], key: K): readonly Row[K][] {
  return rows.map((row) => row[key]);
}

/** On [batch, features]: linear layers, norms, factors, sums, concatenations. */
function features(dice: Dice, inChannels: number, outChannels: number, depth: number): Module {
  const middle = dice.of([1, 2, 4]);
  const inner = (from: number, to: number): Module => features(dice, from, to, depth - 1);
  const vectorNorm = (channels: number): Module => new BatchNorm1d(channels, randomStatistics(channels));
  const kind = depth === 0 ? 0 : dice.roll(10);
  if (kind <= 1) return new Linear(inChannels, outChannels, { bias: dice.chance(60) });
  if (kind <= 4) {
    const branches = Array.from({ length: 1 + dice.roll(3) }, () => inner(inChannels, outChannels));
    const keeps = [new Identity(), vectorNorm(inChannels), new Scale(0.5)];
    return new Sum(inChannels === outChannels ? [...branches, dice.of(keeps)] : branches);
  }
  if (kind === 5 && outChannels > 1)
    return new Concat([inner(inChannels, 1), inner(inChannels, outChannels - 1)]);
  if (kind === 5) return new Sequential([vectorNorm(inChannels), inner(inChannels, outChannels)]);
  if (kind === 6) return new Sequential([inner(inChannels, outChannels), vectorNorm(outChannels)]);
  if (kind === 7) return new Sequential([inner(inChannels, outChannels), new Scale(dice.of([-1, 0.5]))]);
  const between = kind === 8 ? [new ReLU()] : [];
  return new Sequential([inner(inChannels, middle), ...between, inner(middle, outChannels)]);
}
