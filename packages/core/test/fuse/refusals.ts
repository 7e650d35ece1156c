import {
  AvgPool2d,
  type BatchNorm2d,
  Conv2d,
  type ConvAxis,
  conv2dOfKernel,
  kernelOfConv2d,
  type LinearKernel,
  type Module,
  mergeSequence,
  Pad2d,
  type PaddingMode,
  ReLU,
  Sequential,
  Sum,
} from "../../src/index.js";
import { randomBatchNorm } from "./layers.js";
import type { Dice } from "./random-tree.js";

/** A tree that is not one convolution, why, and the convolution that somebody might take it for. */
export interface Refused {
  readonly tree: Module;
  readonly reason: RegExp;
  readonly naive: Module;
  readonly inputShape: readonly number[];
}

type Family = (dice: Dice, channels: number) => Omit<Refused, "inputShape"> & { readonly size?: number };

/** Two layers merged as if the padding of the second one were padding of the input. */
function asIfUnpadded(first: LinearKernel, second: LinearKernel): Module {
  const without = (kernel: LinearKernel): LinearKernel => ({
    ...kernel,
    axes: kernel.axes.map((axis) => ({ ...axis, before: 0, after: 0 })),
  });
  const merged = mergeSequence(without(first), without(second));
  const axes = merged.axes.map((axis, i) => {
    const [a, b] = [first.axes[i], second.axes[i]] as [ConvAxis, ConvAxis];
    return { ...axis, before: a.before + a.stride * b.before, after: a.after + a.stride * b.after };
  });
  return conv2dOfKernel({ ...merged, axes, paddingMode: second.paddingMode });
}

function rebuilt(
  conv: Conv2d,
  change: { readonly stride?: number; readonly paddingMode?: PaddingMode; readonly padding?: number },
): Conv2d {
  const bias = conv.bias ?? false;
  return new Conv2d(conv.inChannels, conv.outChannels, conv.kernelSize, {
    ...conv.options,
    ...change,
    weight: conv.weight,
    bias,
  });
}

function convOfNorm(norm: BatchNorm2d): LinearKernel {
  const one = new Conv2d(norm.numFeatures, norm.numFeatures, 1, { groups: norm.numFeatures, bias: false });
  one.weight.data.fill(1);
  // Through the affine form of the layer itself: out(1) - out(0) is the factor, out(0) the shift.
  const at = (value: number): Float32Array =>
    norm.forward(
      new Conv2d(1, norm.numFeatures, 1, {
        weight: filled([norm.numFeatures, 1, 1, 1], 0),
        bias: filled([norm.numFeatures], value),
      }).forward(filled([1, 1, 1, 1], 0)),
    ).data;
  const zero = at(0);
  const factors = at(1).map((value, c) => value - (zero[c] as number));
  return { ...kernelOfConv2d(one), weight: Float64Array.from(factors), bias: Float64Array.from(zero) };
}

function filled(shape: readonly number[], value: number): Conv2d["weight"] {
  const conv = new Conv2d(1, shape[0] as number, 1);
  const source = shape.length === 1 ? (conv.bias as Conv2d["weight"]) : conv.weight;
  source.data.fill(value);
  return source;
}

export const families: Readonly<Record<string, Family>> = {
  "a biased 1x1 before a zero-padded kxk": (dice, channels) => {
    const first = new Conv2d(channels, 3, 1, { stride: dice.of([1, 1, 2]) });
    const second = new Conv2d(3, channels, dice.of([2, 3]), { padding: 1 });
    return {
      tree: new Sequential([first, second]),
      reason:
        /: a bias before zero padding: the border sees zeros, not the bias\. Padded before both \(a Pad2d\), as DBB, ECBSR and FMEN are, the two are one, and the border is the bias; got channel=0, bias=/,
      naive: asIfUnpadded(kernelOfConv2d(first), kernelOfConv2d(second)),
    };
  },
  "batch norm before a zero-padded convolution": (dice, channels) => {
    const norm = randomBatchNorm(channels);
    const conv = new Conv2d(channels, 2, 3, { padding: dice.of([1, 2]) });
    return {
      tree: new Sequential([norm, conv]),
      reason: /: a bias before zero padding: /,
      naive: asIfUnpadded(convOfNorm(norm), kernelOfConv2d(conv)),
    };
  },
  "a kxk before a zero-padded kxk": (dice, channels) => {
    const first = new Conv2d(channels, 3, 3, { padding: dice.of([0, 1]), bias: false });
    const second = new Conv2d(3, 2, 3, { padding: 1 });
    return {
      tree: new Sequential([first, second]),
      reason:
        /: zero padding between the convolutions: past its border the first one would still read the image/,
      naive: asIfUnpadded(kernelOfConv2d(first), kernelOfConv2d(second)),
    };
  },
  "padding that copies, between two kxk": (dice, channels) => {
    const paddingMode = dice.of(["reflect", "replicate", "circular"] as const);
    const first = new Conv2d(channels, 3, 3);
    const second = new Conv2d(3, 2, 3, { padding: 1, paddingMode });
    return {
      tree: new Sequential([first, second]),
      reason:
        /: (reflect|replicate|circular) padding between the convolutions: it copies outputs, not inputs/,
      naive: asIfUnpadded(kernelOfConv2d(first), kernelOfConv2d(second)),
    };
  },
  "an average that does not count the padding": (dice, channels) => {
    const conv = new Conv2d(channels, channels, 3, { padding: 1 });
    const pool = (countIncludePad: boolean): AvgPool2d =>
      new AvgPool2d(3, { stride: 1, padding: 1, countIncludePad, ceilMode: dice.chance(0) });
    return {
      tree: new Sum([conv, pool(false)]),
      reason: /^an average that does not count padding divides by less at the border$/m,
      naive: new Sum([conv, pool(true)]),
    };
  },
  "an average whose windows hang over": (dice, channels) => {
    const pool = (ceilMode: boolean): AvgPool2d => new AvgPool2d(dice.of([2, 2]), { stride: 2, ceilMode });
    const conv = new Conv2d(channels, 2, 1);
    return {
      tree: new Sum([new Sequential([conv, pool(true)])]),
      reason: /^ceil mode lets the last window hang over the border$/m,
      naive: new Sum([new Sequential([conv, pool(false)])]),
    };
  },
  "two padding modes": (dice, channels) => {
    const [one, other] = dice.of([
      ["zeros", "reflect"],
      ["reflect", "replicate"],
      ["circular", "zeros"],
    ] as const);
    const a = new Conv2d(channels, 2, 3, { padding: 1, paddingMode: one });
    const b = new Conv2d(channels, 2, 3, { padding: 1, paddingMode: other });
    return {
      tree: new Sum([a, b]),
      reason: /^padding modes are mixed; got values=\["\w+","\w+"\]$/,
      naive: new Sum([a, rebuilt(b, { paddingMode: one })]),
    };
  },
  "two strides": (dice, channels) => {
    const a = new Conv2d(channels, 2, 3, { padding: 1, stride: 2 });
    const b = new Conv2d(channels, 2, 1, { stride: dice.of([1, 3]) });
    return {
      tree: new Sum([a, b]),
      reason: /^the branches have different strides; got values=\[\[2,2\],\[(1,1|3,3)\]\]$/,
      naive: new Sum([a, rebuilt(b, { stride: 2 })]),
    };
  },
  "batch norm in training": (_, channels) => {
    const conv = new Conv2d(channels, 4, 3);
    const norm = randomBatchNorm(4);
    const training = randomBatchNorm(4, { training: true });
    return {
      tree: new Sequential([conv, training]),
      reason: /^in training mode it normalises with the batch's own statistics$/,
      naive: new Sequential([conv, norm]),
    };
  },
  "output sizes that agree only sometimes": (dice, channels) => {
    const a = new Conv2d(channels, 2, 3, { padding: 1, stride: 2 });
    const b = new Conv2d(channels, 2, 2, { stride: 2, bias: dice.chance(50) });
    return {
      tree: new Sum([a, b]),
      reason: /^the branches' output sizes agree only at some input sizes; got /,
      // What agrees at even sizes, taken for the whole truth: at odd ones the tree throws.
      naive: new Sum([a, new Sequential([new Pad2d([0, 1, 0, 1]), b])]),
      size: 9,
    };
  },
  "output sizes that never agree": (dice, channels) => {
    const a = new Conv2d(channels, 2, 3, { padding: dice.of([0, 2]) });
    const b = new Conv2d(channels, 2, 1);
    return {
      tree: new Sum([a, b]),
      reason: /^the branches' output sizes never agree; got /,
      naive: new Sum([rebuilt(a, { padding: 1 }), b]),
    };
  },
  "padding with a constant": (dice, channels) => {
    const conv = new Conv2d(channels, 2, 3);
    return {
      tree: new Sequential([new Pad2d(1, { value: dice.of([1, -2, 0.5]) }), conv]),
      reason: /^padding with a constant other than 0$/m,
      naive: new Sequential([new Pad2d(1), conv]),
    };
  },
  "a barrier inside a branch": (_, channels) => {
    const [a, b, c] = [new Conv2d(channels, 4, 3), new Conv2d(4, 2, 1), new Conv2d(channels, 2, 3)];
    return {
      tree: new Sum({ main: new Sequential([a, new ReLU(), b]), other: c }),
      reason: /^its branches start from different values$/m,
      naive: new Sum({ main: new Sequential([a, b]), other: c }),
    };
  },
};
