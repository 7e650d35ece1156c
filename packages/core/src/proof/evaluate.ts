import { ShapeError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/layers/adaptive-avg-pool2d.js";
import { AvgPool2d } from "../nn/layers/avg-pool2d.js";
import { BatchNorm1d } from "../nn/layers/batch-norm1d.js";
import { BatchNorm2d } from "../nn/layers/batch-norm2d.js";
import { Concat } from "../nn/layers/concat.js";
import { Conv2d } from "../nn/layers/conv2d.js";
import { Elementwise } from "../nn/layers/elementwise.js";
import { Flatten } from "../nn/layers/flatten.js";
import { Identity } from "../nn/layers/identity.js";
import { Linear } from "../nn/layers/linear.js";
import { MaxPool2d } from "../nn/layers/max-pool2d.js";
import { Pad2d } from "../nn/layers/pad2d.js";
import { PixelShuffle } from "../nn/layers/pixel-shuffle.js";
import { PReLU } from "../nn/layers/prelu.js";
import { Product, sharedBy } from "../nn/layers/product.js";
import { ReLU } from "../nn/layers/relu.js";
import { Scale } from "../nn/layers/scale.js";
import { Sequential } from "../nn/layers/sequential.js";
import { Sum } from "../nn/layers/sum.js";
import type { Module } from "../nn/module.js";
import { product } from "../tensor/tensor.js";
import {
  evaluateAffine,
  evaluateConv2d,
  evaluateLinear,
  evaluatePad,
  evaluatePool,
} from "./evaluate-linear.js";
import { evaluateMaxPool, evaluatePixelShuffle, evaluatePrelu } from "./evaluate-moving.js";
import { asBatch, gamma, narrowed, smallest, type Wide, widened, wideZeros } from "./wide.js";

/**
 * Computes a module in float64, layer by layer as it stands, folding nothing; beside each value the most by which
 * float32 layers that sum in float64 can be off, by running error analysis: every layer rounds its outputs, and every weight was rounded once.
 *
 * A layer that is not known here runs in float32, and nothing is said of its error.
 * @throws {ShapeError} if the module does not accept x
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3
 */
export function evaluate(module: Module, x: Wide): Wide {
  const rule = rules.get(module.forward);
  if (rule !== undefined) return rule(module, x);
  const out = widened(module.forward(narrowed(x)));
  out.errors.fill(Number.POSITIVE_INFINITY);
  return out;
}

type Rule = (module: Module, x: Wide) => Wide;

const rules: ReadonlyMap<unknown, Rule> = new Map<unknown, Rule>([
  [Conv2d.prototype.forward, (module, x) => evaluateConv2d(module as Conv2d, x)],
  [Linear.prototype.forward, (module, x) => evaluateLinear(module as Linear, x)],
  [BatchNorm2d.prototype.forward, (module, x) => normalise(module as BatchNorm2d, x)],
  [BatchNorm1d.prototype.forward, (module, x) => normalise(module as BatchNorm1d, x)],
  [AvgPool2d.prototype.forward, (module, x) => evaluatePool((module as AvgPool2d).settings, x)],
  [AdaptiveAvgPool2d.prototype.forward, (module, x) => adaptivePool(module as AdaptiveAvgPool2d, x)],
  [Pad2d.prototype.forward, (module, x) => evaluatePad(module as Pad2d, x)],
  [Scale.prototype.forward, (module, x) => scale(module as Scale, x)],
  [Identity.prototype.forward, (_, x) => x],
  [ReLU.prototype.forward, (_, x) => ({ ...x, values: x.values.map((value) => Math.max(value, 0)) })],
  [Elementwise.prototype.forward, (module, x) => elementwise(module as Elementwise, x)],
  [PReLU.prototype.forward, (module, x) => evaluatePrelu(module as PReLU, x)],
  [MaxPool2d.prototype.forward, (module, x) => evaluateMaxPool(module as MaxPool2d, x)],
  [PixelShuffle.prototype.forward, (module, x) => evaluatePixelShuffle(module as PixelShuffle, x)],
  [Flatten.prototype.forward, (_, x) => ({ ...x, shape: [x.shape[0] as number, product(x.shape.slice(1))] })],
  [
    Sequential.prototype.forward,
    (module, x) => [...module.children().values()].reduce((out, child) => evaluate(child, out), x),
  ],
  [
    Sum.prototype.forward,
    (module, x) => addWide([...module.children().values()].map((child) => evaluate(child, x))),
  ],
  [
    Product.prototype.forward,
    (module, x) => [...module.children().values()].map((child) => evaluate(child, x)).reduce(multiplyWide),
  ],
  [
    Concat.prototype.forward,
    (module, x) => joinWide([...module.children().values()].map((child) => evaluate(child, x))),
  ],
]);

/** Branches, added: each of the additions may round. */
export function addWide(branches: readonly Wide[]): Wide {
  const shape = (branches[0] as Wide).shape;
  if (branches.some((branch) => String(branch.shape) !== String(shape))) {
    throw new ShapeError("Sum", "a and b must have the same shape", {
      shapes: branches.map((b) => [...b.shape]),
    });
  }
  const out = wideZeros(shape);
  const rounding = gamma(branches.length - 1);
  for (let i = 0; i < out.values.length; i++) {
    let magnitude = 0;
    for (const { values, errors } of branches) {
      out.values[i] = (out.values[i] as number) + (values[i] as number);
      out.errors[i] = (out.errors[i] as number) + (errors[i] as number);
      magnitude += Math.abs(values[i] as number) + (errors[i] as number);
    }
    out.errors[i] = (out.errors[i] as number) + rounding * magnitude;
  }
  return out;
}

/** A branch times another, which may have one value a channel. */
export function multiplyWide(a: Wide, b: Wide): Wide {
  const area = sharedBy(a.shape, b.shape);
  const out = wideZeros(a.shape);
  for (let i = 0; i < out.values.length; i++) {
    const [x, y] = [a.values[i] as number, b.values[Math.floor(i / area)] as number];
    const [ex, ey] = [a.errors[i] as number, b.errors[Math.floor(i / area)] as number];
    const error = Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
    out.values[i] = x * y;
    out.errors[i] = error + gamma(1) * (Math.abs(x * y) + error) + smallest;
  }
  return out;
}

/** Branches, their channels joined. */
export function joinWide(branches: readonly Wide[]): Wide {
  const batches = branches.map(asBatch);
  const [batch, , height, width] = batches[0] as (typeof batches)[number];
  if (batches.some((b) => b[0] !== batch || b[2] !== height || b[3] !== width)) {
    throw new ShapeError("Concat", "the shapes must be equal but for the channels", {
      shapes: branches.map((b) => [...b.shape]),
    });
  }
  const channels = batches.reduce((sum, b) => sum + b[1], 0);
  const image = [channels, height, width];
  const out = wideZeros((branches[0] as Wide).shape.length === 4 ? [batch, ...image] : image);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (const { values, errors } of branches) {
      const block = values.length / batch;
      out.values.set(values.subarray(n * block, (n + 1) * block), at);
      out.errors.set(errors.subarray(n * block, (n + 1) * block), at);
      at += block;
    }
  }
  return out;
}

function normalise(norm: BatchNorm2d, x: Wide): Wide {
  if (norm.training) {
    const out = widened(norm.forward(narrowed(x)));
    out.errors.fill(Number.POSITIVE_INFINITY);
    return out;
  }
  return evaluateAffine(x, norm.numFeatures, 1, (channel) => {
    const factor = (norm.weight?.get(channel) ?? 1) / Math.sqrt(norm.runningVar.get(channel) + norm.eps);
    return { before: -norm.runningMean.get(channel), factor, after: norm.bias?.get(channel) ?? 0 };
  });
}

function scale({ scale: factor }: Scale, x: Wide): Wide {
  if (typeof factor === "number") {
    const rounded = Math.fround(factor);
    return evaluateAffine(x, 1, 0, () => ({ before: 0, factor: rounded, after: 0 }), true);
  }
  const axis = x.shape.length - 3;
  return evaluateAffine(x, factor.shape[0] as number, axis, (channel) => ({
    before: 0,
    factor: factor.get(channel),
    after: 0,
  }));
}

function elementwise(module: Elementwise, x: Wide): Wide {
  const values = x.values.map((value) => module.of(value));
  // The function itself may be off by a few roundings in float32, and in float64 it is exact for this purpose.
  const errors = x.errors.map(
    (error, i) => module.steepest * error + gamma(4) * Math.abs(values[i] as number),
  );
  return { ...x, values, errors };
}

function adaptivePool({ outputSize }: AdaptiveAvgPool2d, x: Wide): Wide {
  const [, , height, width] = asBatch(x);
  const sizes = [outputSize].flat();
  if (sizes.some((size) => size !== 1)) {
    const out = widened(new AdaptiveAvgPool2d(outputSize).forward(narrowed(x)));
    out.errors.fill(Number.POSITIVE_INFINITY);
    return out;
  }
  return evaluatePool(
    {
      kernel: [height, width],
      stride: [1, 1],
      padding: [0, 0],
      ceilMode: false,
      countIncludePad: true,
      divisorOverride: undefined,
    },
    x,
  );
}
