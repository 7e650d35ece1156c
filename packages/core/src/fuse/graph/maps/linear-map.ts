import type { LinearForm, PerAxis } from "../../../algebra/kernel.js";
import { diagonalKernel } from "../../../algebra/layers/identity.js";
import type { ChannelAxis, Op } from "../../../graph/op.js";
import type { PartReader } from "../../../graph/weights.js";
import { type ConvAxis, plainAxis } from "../../../ops/conv/conv-axis.js";

/** What an operation, or several as one, does to a value: known before a weight is multiplied. */
export type LinearMap = ScalarMap | KernelMap;

/** out = factor x + shift, on any value. */
export interface ScalarMap {
  readonly kind: "scalar";
  readonly factor: number;
  readonly shift: number;
}

/**
 * Which layers say where the channels are: what reads images, a matrix, a norm that also reads features, or
 * factors. On [batch, channels, ...spatial] they agree; of a value with fewer or more axes than that a matrix
 * takes the last one, a norm axis 1, and so on. Undefined: only layers that take all alike.
 */
export type ChannelsBy = "image" | "matrix" | "norm" | "factors" | "several" | undefined;

/**
 * What a map that only scales and shifts channels is made of: factors alone, or norms too, which need a batch
 * axis. Undefined: of what does more.
 */
export type ScalesBy = "factors" | "norms" | undefined;

/** A convolution along the channels, or a matrix on the last axis. */
export interface KernelMap {
  readonly kind: "kernel";
  readonly along: ChannelAxis;
  readonly form: LinearForm;
  readonly numbers: Numbers;
  /** `"several"`: exact where the base has the axes that `form` says, and on nothing else. */
  readonly channelsBy: ChannelsBy;
  readonly scalesBy: ScalesBy;
  /** True: something is added, be it zeros. */
  readonly biased: boolean;
  /** True: exact at the given shapes of the inputs only. */
  readonly atGivenSizes: boolean;
}

/** How the numbers of a map come about, when somebody asks for them. */
type Numbers =
  | {
      readonly from: "leaf";
      readonly weight: () => Float64Array;
      /** Some of the weights, where they can be had without the others. */
      readonly part: PartReader | undefined;
      readonly bias: (() => Float64Array) | undefined;
      /** The operation that it is; undefined: no other map is made of the same numbers. */
      readonly source: Op | undefined;
    }
  | { readonly from: "sequence"; readonly parts: readonly [first: KernelMap, second: KernelMap] }
  | { readonly from: "sum" | "concat"; readonly parts: readonly KernelMap[] }
  /** The same numbers in another form. */
  | { readonly from: "reshaped"; readonly parts: readonly [KernelMap] }
  /** The factor and the shift of each channel once for each of its pixels. */
  | { readonly from: "repeated"; readonly parts: readonly [KernelMap]; readonly pixels: number };

/** out = x. */
export const identityMap: ScalarMap = { kind: "scalar", factor: 1, shift: 0 };

export function isIdentity(map: LinearMap): boolean {
  return map.kind === "scalar" && map.factor === 1 && map.shift === 0;
}

interface LeafOptions {
  readonly source?: Op;
  readonly part?: PartReader | undefined;
  readonly channelsBy?: ChannelsBy;
  readonly scalesBy?: ScalesBy;
}

/** A map whose numbers are somewhere; both are asked for only when they are needed. */
export function leafMap(
  along: ChannelAxis,
  form: LinearForm,
  weight: () => Float64Array,
  bias: (() => Float64Array) | undefined,
  { source, part, channelsBy, scalesBy }: LeafOptions = {},
): KernelMap {
  const biased = bias !== undefined;
  const numbers: Numbers = { from: "leaf", weight, part, bias, source };
  return { kind: "kernel", along, form, numbers, channelsBy, scalesBy, biased, atGivenSizes: false };
}

/** A factor and a shift a channel, as a pointwise kernel on `rank` spatial axes. */
export function diagonalMap(
  along: ChannelAxis,
  rank: number,
  factors: Float64Array,
  shifts: Float64Array | undefined,
  options?: LeafOptions,
): KernelMap {
  const { weight, bias, ...form } = diagonalKernel(factors, shifts, rank);
  return leafMap(along, form, () => weight, bias && (() => bias), options);
}

/** A scalar map as a kernel on `channels` channels, with another map's axes. */
export function scalarAs({ factor, shift }: ScalarMap, channels: number, like: KernelMap): KernelMap {
  const shifts = shift === 0 ? undefined : new Float64Array(channels).fill(shift);
  const factors = new Float64Array(channels).fill(factor);
  return diagonalMap(like.along, like.form.axes.length, factors, shifts, { scalesBy: "factors" });
}

/** Several maps as one of the given form. */
export function combined(
  from: "sequence" | "sum" | "concat",
  form: LinearForm,
  parts: readonly KernelMap[],
): KernelMap {
  const { along } = parts[0] as KernelMap;
  const numbers = { from, parts } as Numbers;
  const biased = parts.some((part) => part.biased);
  const atGivenSizes = parts.some((part) => part.atGivenSizes);
  const known = new Set(parts.map((part) => part.channelsBy).filter((by) => by !== undefined));
  // Values of other axes are joined elsewhere than along the axis that a matrix or a norm has in mind.
  const isOne = known.size < 2 && (from !== "concat" || form.axes.length > 0);
  const channelsBy = isOne ? [...known][0] : "several";
  // What is joined are more channels, and no scaling of those that there were.
  const scalesBy = from === "concat" ? undefined : scalesOf(parts);
  return { kind: "kernel", along, form, numbers, channelsBy, scalesBy, biased, atGivenSizes };
}

function scalesOf(parts: readonly KernelMap[]): ScalesBy {
  if (parts.some((part) => part.scalesBy === undefined)) return undefined;
  return parts.some((part) => part.scalesBy === "norms") ? "norms" : "factors";
}

/** The same map at the given sizes, on axes that differ in what is read behind the image. */
export function resized(map: KernelMap, axes: PerAxis<ConvAxis>): KernelMap {
  return { ...reshaped(map, axes), atGivenSizes: true };
}

/** A pointwise map of images as a map of features, which have no spatial axes. */
export function onFeatures(map: LinearMap, atGivenSizes = false): LinearMap {
  if (map.kind === "scalar") return map;
  const features = map.form.axes.length === 0 ? map : reshaped(map, []);
  return atGivenSizes ? { ...features, atGivenSizes } : features;
}

/**
 * What is done to features of one number each, done to images of one channel with that many axes: by a
 * convolution, since a norm would refuse an image without its batch axis.
 */
export function onAxes(map: KernelMap, rank: number): KernelMap {
  const axes = Array.from({ length: rank }, () => plainAxis(1));
  return { ...reshaped(map, axes), channelsBy: undefined, scalesBy: undefined };
}

/** Factors and shifts a channel as such of the features that the pixels of all channels are, flattened. */
export function repeated(map: KernelMap, pixels: number, atGivenSizes: boolean): KernelMap {
  const channels = map.form.outChannels * pixels;
  const form = { ...map.form, inChannels: channels, outChannels: channels, groups: channels, axes: [] };
  const numbers = { from: "repeated", parts: [map], pixels } as const;
  return { ...map, form, numbers, atGivenSizes: map.atGivenSizes || atGivenSizes };
}

function reshaped(map: KernelMap, axes: PerAxis<ConvAxis>): KernelMap {
  return { ...map, form: { ...map.form, axes }, numbers: { from: "reshaped", parts: [map] } };
}
