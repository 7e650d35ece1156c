import ndarray from "ndarray";
import { ArgumentError, ShapeError } from "../errors.js";
import { affine, checkChannels } from "../ops/affine.js";
import { cat } from "../ops/cat.js";
import { checkWeight, convolved } from "../ops/conv/conv.js";
import { convTransposed } from "../ops/conv/conv-transpose.js";
import { add, mapped, mul } from "../ops/elementwise.js";
import { type ImageBatch, imageBatch } from "../ops/image.js";
import { channelNorm, layerNorm } from "../ops/layer-norm.js";
import { linear } from "../ops/linear.js";
import { padSides } from "../ops/pad.js";
import { axesText } from "../ops/per-axis.js";
import { pixelShuffle } from "../ops/pixel-shuffle.js";
import { adaptiveAvgPool } from "../ops/pool/adaptive-avg-pool.js";
import { pooled } from "../ops/pool/pool.js";
import { prelu } from "../ops/prelu.js";
import { resized } from "../ops/upsample.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { applyRule, type ConvOp, concatAxis, type NormOp, type Op, type Rules } from "./op.js";
import type { Weights } from "./weights.js";

/**
 * Computes an operation with the engine in use, in float32: what the `forward` of every layer is, and what
 * happens where wires meet.
 * @param inputs as many as the operation reads
 * @param name what errors begin with, where the operation has no function of its own that names itself: a
 *   layer's type
 * @throws {ShapeError} if the inputs do not fit
 * @throws {TensorTypeError} if an input is no tensor
 * @throws {ArgumentError} for what is opaque and does not say how it is computed
 */
export function compute(op: Op, inputs: readonly Tensor[], name: string): Tensor {
  return applyRule(rules, op, inputs[0] as Tensor, name, inputs);
}

const rules: Rules<[x: Tensor, name: string, inputs: readonly Tensor[]], Tensor> = {
  identity: (_op, x, name) => {
    assertTensor(name, "x", x);
    return x;
  },
  conv: (op, x) => (op.transposed ? transposedConvolution(op, x) : convolution(op, x)),
  affine: (op, x, name) => affine(name, x, op),
  matrix: (op, x, name) => {
    assertTensor(name, "x", x);
    if (op.rank === 0 && x.shape.length > 2)
      throw new ShapeError(name, `x must be [${op.inFeatures}] or [batch, ${op.inFeatures}]`, {
        "x.shape": [...x.shape],
      });
    return linear(x, tensorOf(op.weight), op.bias && tensorOf(op.bias));
  },
  window: (op, x) => pooled(`${op.reduce === "mean" ? "avg" : "max"}Pool${op.axes.length}d`, x, op),
  adaptiveMean: (op, x) => adaptiveAvgPool(`adaptiveAvgPool${op.outputSize.length}d`, x, op.outputSize),
  pad: (op, x) => padSides(x, op.sides, op.border, op.value),
  map: (op, x, name) => mapped(name, x, op.of),
  slope: (op, x, name) => prelu(name, x, tensorOf(op.weight)),
  flatten: (op, x, name) => {
    assertTensor(name, "x", x);
    if (op.images !== undefined) {
      const { channels, rank } = op.images;
      checkChannels(name, x, channels, { axis: "channels", ranks: [rank] });
    }
    const [batch, ...rest] = x.shape;
    if (batch === undefined) throw new ShapeError(name, "x must have a batch axis", { "x.shape": [] });
    return ndarray(rowMajorData(x), [batch, product(rest)]);
  },
  shuffle: (op, x, name) => pixelShuffle(name, x, op.factor),
  resize: (op, x) => resized("upsample", x, op),
  norm: (op, x, name) =>
    op.axis === "last" ? lastAxisNorm(op, x) : channelNorm(name, x, op.channels, vectors(op)),
  add: (_op, _x, _name, inputs) => inputs.reduce((sum, y) => add(sum, y)),
  multiply: (_op, _x, _name, inputs) => inputs.reduce(multiplied),
  concat: (op, x, name, inputs) => {
    if (x.shape.length > 1) return cat(inputs, concatAxis(op, x.shape.length));
    const shapes = inputs.map((y) => [...y.shape]);
    throw new ShapeError(name, "the branches must give [batch, channels, ...] or [channels, height, width]", {
      shapes,
    });
  },
  opaque: ({ name, reason, run }, x) => {
    if (run !== undefined) return run(x);
    throw new ArgumentError("compute", `nothing is known of ${name}: ${reason}`);
  },
};

function convolution(op: ConvOp, x: Tensor): Tensor {
  const { axes, groups, border: paddingMode } = op;
  const name = `conv${axes.length}d`;
  const [image, weight] = [batchFor(op, name, x), tensorOf(op.weight)];
  checkWeight(name, axes.length, weight, "out channels, in channels / groups");
  return convolved(name, image, weight, op.bias && tensorOf(op.bias), { axes, groups, paddingMode });
}

function transposedConvolution(op: ConvOp, x: Tensor): Tensor {
  const name = `convTranspose${op.axes.length}d`;
  const [image, weight] = [batchFor(op, name, x), tensorOf(op.weight)];
  checkWeight(name, op.axes.length, weight, "in channels, out channels / groups");
  return convTransposed(name, image, weight, op.bias && tensorOf(op.bias), op);
}

function batchFor({ axes, batched }: ConvOp, name: string, x: Tensor): ImageBatch {
  const image = imageBatch(name, x, axes.length);
  if (batched !== true || !image.unbatched) return image;
  throw new ShapeError(name, `x must be [batch, channels, ${axesText(axes.length).slice(1)}`, {
    "x.shape": [...x.shape],
  });
}

function lastAxisNorm(op: NormOp, x: Tensor): Tensor {
  return layerNorm(x, [op.channels], vectors(op));
}

function vectors({ eps, weight, bias }: NormOp): { eps: number; weight?: Tensor; bias?: Tensor } {
  return { eps, ...(weight && { weight: tensorOf(weight) }), ...(bias && { bias: tensorOf(bias) }) };
}

/**
 * Whether a tensor can be multiplied by one of another shape: the same one, or one value a channel,
 * [batch, channels, 1, ...], as gates give it.
 */
export function isFactor(shape: readonly number[], factor: readonly number[]): boolean {
  return String(factor) === String(shape) || String(factor) === String(gateShape(shape));
}

function gateShape(shape: readonly number[]): readonly number[] {
  return shape.map((size, axis) => (axis < 2 ? size : 1));
}

function multiplied(a: Tensor, b: Tensor): Tensor {
  if (!isFactor(a.shape, b.shape)) {
    throw new ShapeError("Product", "a branch must give the first one's shape, or [batch, channels, 1, 1]", {
      first: [...a.shape],
      shape: [...b.shape],
    });
  }
  // A stride of 0 shows each factor at every pixel.
  const strides = b.stride.map((step, axis) => (b.shape[axis] === a.shape[axis] ? step : 0));
  return mul(a, ndarray(b.data, [...a.shape], strides, b.offset));
}

function tensorOf(weights: Weights): Tensor {
  if (!("read" in weights)) return weights;
  return ndarray(new Float32Array(weights.read()), [...weights.shape]);
}
