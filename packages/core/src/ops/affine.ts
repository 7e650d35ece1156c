import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { axesText } from "./per-axis.js";

/** One number for every channel, or one a channel. */
export type PerChannel = number | Float64Array;

/** Which axis an operation takes as its channels. */
export type ChannelAxis =
  /** Axis 1 of [batch, channels, ...spatial]: the one before the spatial axes. */
  | "channels"
  /** The last axis, whatever stands before it. */
  | "last";

/** out = (x + before) factor + after, each a number or one number a channel, in float64. */
export interface Affine {
  readonly before: PerChannel;
  readonly factor: PerChannel;
  readonly after: PerChannel;
  readonly axis: ChannelAxis;
  /**
   * The numbers of spatial axes that the operation takes (BatchNorm2d: [2], BatchNorm1d: [0, 1]); undefined:
   * any.
   */
  readonly ranks: readonly number[] | undefined;
  /** True: images may come without their batch axis, [channels, ...spatial]. Left out: they have one. */
  readonly unbatched?: true;
}

/**
 * out = (x + before) factor + after, rounded to float32 once.
 * @throws {ShapeError} if x has other axes or other channels than the numbers are for
 */
export function affine(op: string, x: Tensor, numbers: Affine): Tensor {
  assertTensor(op, "x", x);
  const { before, factor, after } = numbers;
  const channels = [before, factor, after].find((values) => typeof values !== "number")?.length;
  const data = rowMajorData(x);
  const out = float32(op, x.shape);
  // One number for all: the whole tensor is one run of the loop.
  const area =
    channels === undefined ? out.length : product(x.shape.slice(checkChannels(op, x, channels, numbers) + 1));
  const scaled = before === 0 && after === 0;
  for (let start = 0, c = 0; start < out.length; start += area, c = (c + 1) % (channels ?? 1)) {
    const [shift, scale, offset] = [at(before, c), at(factor, c), at(after, c)];
    const end = start + area;
    // Without sums the sign of a zero stays what it is.
    if (scaled) for (let i = start; i < end; i++) out[i] = (data[i] as number) * scale;
    else for (let i = start; i < end; i++) out[i] = ((data[i] as number) + shift) * scale + offset;
  }
  return ndarray(out, [...x.shape]);
}

/**
 * One value a channel, from one number or as many.
 * @param values one number, or [channels]
 * @param channels how many there have to be
 * @returns [channels], float64
 * @example
 * [...perChannelValues(2, 3)]; // [2, 2, 2]
 */
export function perChannelValues(values: PerChannel, channels: number): Float64Array {
  return typeof values === "number" ? new Float64Array(channels).fill(values) : values;
}

/**
 * (x + before) factor + after as x factor + shift, one number a channel: the rounding of `shift` is all that
 * differs.
 */
export function scaleAndShift(
  { before, factor, after }: Pick<Affine, "before" | "factor" | "after">,
  channels: number,
): { readonly scale: Float64Array; readonly shift: Float64Array } {
  const [offsets, scale] = [perChannelValues(before, channels), perChannelValues(factor, channels)];
  const shift = perChannelValues(after, channels).map(
    (value, c) => value + (offsets[c] as number) * (scale[c] as number),
  );
  return { scale, shift };
}

function at(values: PerChannel, channel: number): number {
  return typeof values === "number" ? values : (values[channel] as number);
}

/**
 * Which of x's axes are its channels.
 * @param channels how many there have to be
 * @throws {ShapeError} if x has other axes or another number of channels
 */
export function checkChannels(
  op: string,
  x: Tensor,
  channels: number,
  { axis, ranks, unbatched }: Pick<Affine, "axis" | "ranks" | "unbatched">,
): number {
  const rank = x.shape.length;
  const batched = ranks === undefined || ranks.includes(rank - 2);
  const alone = !batched && unbatched === true && ranks.includes(rank - 1);
  const place = axis === "last" ? rank - 1 : alone ? 0 : 1;
  if ((batched || alone) && x.shape[place] === channels) return place;
  const leading = unbatched === true ? ["", "batch, "] : ["batch, "];
  const accepted = (ranks ?? [undefined]).flatMap((spatial) =>
    leading.map((batch) => `[${batch}${channels}${spatialText(spatial)}]`),
  );
  const text = axis === "last" ? `[..., ${channels}]` : accepted.join(" or ");
  throw new ShapeError(op, `x must be ${text}`, { "x.shape": [...x.shape] });
}

/** The spatial axes as errors name them, behind the channels. */
function spatialText(rank: number | undefined): string {
  if (rank === undefined) return ", ...";
  return rank === 0 ? "" : `, ${axesText(rank).slice(1, -1)}`;
}

/** What batch normalisation goes by. */
export interface BatchStatistics {
  readonly eps: number;
  /** [channels] each; the weight and the bias are optional. */
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly weight: ArrayLike<number> | undefined;
  readonly bias: ArrayLike<number> | undefined;
}

/**
 * Batch normalisation, (x - mean) / sqrt(var + eps) * weight + bias, as (x + before) factor + after: the one
 * place that folds its numbers.
 */
export function foldedStatistics({ eps, mean, variance, weight, bias }: BatchStatistics): {
  readonly before: Float64Array;
  readonly factor: Float64Array;
  readonly after: PerChannel;
} {
  return {
    before: Float64Array.from(mean, (value) => -value),
    factor: Float64Array.from(variance, (value, c) => (weight?.[c] ?? 1) / Math.sqrt(value + eps)),
    after: bias === undefined ? 0 : Float64Array.from(bias),
  };
}
