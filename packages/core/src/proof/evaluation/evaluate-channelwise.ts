import { ShapeError } from "../../errors.js";
import type { ConvOp, MatrixOp, Op, WindowOp } from "../../graph/op.js";
import { pooledSize } from "../../graph/shapes.js";
import { outSizeOf } from "../../ops/conv/conv-axis.js";
import { areaOf, type Channelwise, peaksOf, type Rounding } from "./channelwise.js";
import { convolveChannelwise } from "./convolve-channelwise.js";
import { evaluateOp } from "./evaluate-op.js";
import { float64Throughout, type Wide } from "./wide.js";

/**
 * Computes one operation in float64 as it stands, by its definition, with a bound a channel on what the
 * rounding of its weights and the sums in float64 can have done. What has many weights looks at them part by
 * part; all else is evaluated as anywhere, value by value.
 * @throws {ShapeError} if the operation does not accept its inputs
 * @throws {ArgumentError} for what is opaque: nothing is known of it
 */
export function evaluateChannelwise(op: Op, inputs: readonly Channelwise[], rounding: Rounding): Channelwise {
  const [x] = inputs as readonly [Channelwise];
  switch (op.kind) {
    case "conv":
      return convolveChannelwise(op, x, rounding);
    case "matrix":
      return convolveChannelwise(pointwise(op), x, rounding);
    case "window":
      checkWindows(op, x);
      return evaluated(op, inputs);
    case "concat":
      return evaluated({ ...op, rank: x.shape.length - 1 }, inputs);
    default:
      return evaluated(op, inputs);
  }
}

/** A matrix on features as a convolution without axes. */
function pointwise({ weight, bias, inFeatures, outFeatures }: MatrixOp): ConvOp {
  return {
    ...{ kind: "conv", weight, bias, inChannels: inFeatures, outChannels: outFeatures },
    ...{ groups: 1, axes: [], border: "zeros", transposed: false },
  };
}

/**
 * Means that are one convolution at some sizes are so where no window hangs over the border: at others there
 * is nothing to prove.
 */
function checkWindows(op: WindowOp, { shape }: Channelwise): void {
  const hangs = op.axes.some((axis, i) => {
    const size = shape[i + 1] as number;
    return pooledSize(op, axis, size) !== outSizeOf(axis, size);
  });
  if (hangs) throw new ShapeError("proveGraphs", "a window hangs over the border", { shape: [...shape] });
}

/** By the rules for single values, in a batch of one; of each channel's bounds the largest one. */
function evaluated(op: Op, inputs: readonly Channelwise[]): Channelwise {
  const wide = inputs.map((x): Wide => {
    const area = areaOf(x);
    const errors = Float64Array.from(x.values, (_, i) => x.errors[Math.floor(i / area)] as number);
    return { shape: [1, ...x.shape], values: x.values, errors };
  });
  const out = evaluateOp(op, wide, float64Throughout);
  const image = { shape: out.shape.slice(1), values: out.values };
  return { ...image, errors: peaksOf({ ...image, values: out.errors }) };
}
