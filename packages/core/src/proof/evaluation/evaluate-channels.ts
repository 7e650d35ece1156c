import { ShapeError } from "../../errors.js";
import type { AffineOp, MapOp, MatrixOp, NormOp, SlopeOp } from "../../graph/op.js";
import { float64 } from "../../graph/weights.js";
import { product } from "../../tensor/tensor.js";
import { largest } from "./evaluate-conv.js";
import { type Arithmetic, type Wide, wideZeros } from "./wide.js";

/** A matrix product on the last axis. */
export function evaluateMatrix(op: MatrixOp, x: Wide, { roundedSum, smallest }: Arithmetic): Wide {
  const { inFeatures, outFeatures } = op;
  if (x.shape.at(-1) !== inFeatures) {
    throw new ShapeError("evaluate", `the last axis of x must hold ${inFeatures} features`, {
      "x.shape": [...x.shape],
    });
  }
  const [weight, biases] = [float64(op.weight), op.bias && float64(op.bias)];
  const out = wideZeros([...x.shape.slice(0, -1), outFeatures]);
  const reach = largest(x.values);
  const rounding = roundedSum(inFeatures);
  for (let at = 0; at < out.values.length; at++) {
    const row = Math.floor(at / outFeatures);
    const o = at % outFeatures;
    const bias = biases?.[o] ?? 0;
    let value = bias;
    let error = 0;
    let magnitude = Math.abs(bias);
    for (let i = 0; i < inFeatures; i++) {
      const factor = weight[o * inFeatures + i] as number;
      const input = x.values[row * inFeatures + i] as number;
      const inputError = x.errors[row * inFeatures + i] as number;
      value += factor * input;
      error += Math.abs(factor) * inputError;
      magnitude += Math.abs(factor) * (Math.abs(input) + inputError);
    }
    out.values[at] = value;
    out.errors[at] = error + rounding * magnitude + smallest * (1 + inFeatures * reach);
  }
  return out;
}

/** (x + before) factor + after, per channel. */
export function evaluateAffine(op: AffineOp, x: Wide, { gamma, smallest }: Arithmetic): Wide {
  const { before, factor, after } = op;
  const axis = channelAxis(op, x);
  for (const values of [before, factor, after]) {
    if (typeof values !== "number") checkChannels(x, axis, values.length);
  }
  const channels = x.shape[axis] ?? 1;
  const area = product(x.shape.slice(axis + 1));
  const at = (values: AffineOp["factor"], channel: number): number =>
    typeof values === "number" ? values : (values[channel] as number);
  const out = wideZeros(x.shape);
  for (let i = 0; i < out.values.length; i++) {
    const channel = Math.floor(i / area) % channels;
    const [shift, scale, offset] = [at(before, channel), at(factor, channel), at(after, channel)];
    const [value, error] = [x.values[i] as number, x.errors[i] as number];
    const size = Math.abs(scale);
    out.values[i] = (value + shift) * scale + offset;
    const magnitude = size * (Math.abs(value) + error + Math.abs(shift)) + Math.abs(offset);
    const rounded = gamma(1) * (Math.abs(out.values[i] as number) + size * error);
    out.errors[i] = size * error + rounded + 2 ** -50 * magnitude + smallest;
  }
  return out;
}

/**
 * A function of each number. The function itself may be off by a few roundings in float32; what it leaves as
 * it is is exact.
 */
export function evaluateMap(op: MapOp, x: Wide, { gamma }: Arithmetic): Wide {
  const values = x.values.map((value) => op.of(value));
  const errors = x.errors.map((error, i) => {
    const value = values[i] as number;
    return op.steepest * error + (value === x.values[i] ? 0 : gamma(4) * Math.abs(value));
  });
  return { ...x, values, errors };
}

/** A slope a channel below zero. */
export function evaluateSlope(op: SlopeOp, x: Wide, { gamma }: Arithmetic): Wide {
  const slopes = float64(op.weight);
  // One slope serves any number of channels.
  if (slopes.length > 1) checkChannels(x, 1, slopes.length);
  const area = product(x.shape.slice(2));
  const slopeAt = (i: number): number => slopes[Math.floor(i / area) % slopes.length] as number;
  const values = x.values.map((value, i) => (value > 0 ? value : value * slopeAt(i)));
  const errors = x.errors.map(
    (error, i) => Math.max(1, Math.abs(slopeAt(i))) * error + gamma(1) * Math.abs(values[i] as number),
  );
  return { ...x, values, errors };
}

/** (x - mean) / sqrt(var + eps) weight + bias, with mean and variance over the channels of each place. */
export function evaluateNorm(op: NormOp, x: Wide, { gamma, smallest }: Arithmetic): Wide {
  const axis = op.axis === "last" ? x.shape.length - 1 : 1;
  const channels = x.shape[axis] ?? 1;
  const [weight, bias] = [op.weight && float64(op.weight), op.bias && float64(op.bias)];
  for (const values of [weight, bias]) if (values !== undefined) checkChannels(x, axis, values.length);
  const area = product(x.shape.slice(axis + 1));
  const out = wideZeros(x.shape);
  for (let first = 0; first < x.values.length; first += channels * area) {
    for (let place = first; place < first + area; place++) {
      const at = (c: number): number => place + c * area;
      const average = (of: (c: number) => number): number => {
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += of(c);
        return sum / channels;
      };
      const mean = average((c) => x.values[at(c)] as number);
      const meanError = average((c) => x.errors[at(c)] as number);
      const centred = (c: number): number => (x.values[at(c)] as number) - mean;
      const centredError = (c: number): number => (x.errors[at(c)] as number) + meanError;
      const variance = average((c) => centred(c) ** 2);
      const varianceError = average((c) => (2 * Math.abs(centred(c)) + centredError(c)) * centredError(c));
      const deviation = Math.sqrt(variance + op.eps);
      const least = Math.sqrt(Math.max(variance - varianceError, 0) + op.eps);
      for (let c = 0; c < channels; c++) {
        const [scale, offset] = [weight?.[c] ?? 1, bias?.[c] ?? 0];
        const value = (centred(c) / deviation) * scale + offset;
        // 1 / sqrt changes by half its cube times the variance's error, at most.
        const spread = centredError(c) / least + (Math.abs(centred(c)) * varianceError) / (2 * least ** 3);
        const error = Math.abs(scale) * spread;
        const magnitude =
          Math.abs(value) + error + Math.abs(offset) + (Math.abs(scale * mean) * 2) / deviation;
        out.values[at(c)] = value;
        out.errors[at(c)] =
          error + gamma(1) * (Math.abs(value) + error) + channels * 2 ** -50 * magnitude + smallest;
      }
    }
  }
  return out;
}

/** The axis of the channels: in front of the spatial ones, whose number the operation may say. */
function channelAxis({ axis, ranks }: AffineOp, x: Wide): number {
  if (axis === "last") return x.shape.length - 1;
  const takes = (rank: number): boolean => ranks?.includes(rank) ?? true;
  return !takes(x.shape.length - 2) && takes(x.shape.length - 1) ? 0 : 1;
}

function checkChannels(x: Wide, axis: number, channels: number): void {
  if (x.shape[axis] === channels) return;
  throw new ShapeError("evaluate", `axis ${axis} of x must hold ${channels} channels`, {
    "x.shape": [...x.shape],
  });
}
