import {
  add,
  addKernels,
  conv2d,
  identityKernel,
  type LinearKernel,
  maxAbsDiff,
  type Tensor,
  tensor,
} from "@convfuse/core";

/** What a reader chooses in the fusion figure. */
export interface FusionSettings {
  readonly channels: 1 | 2;
  readonly shortcut: boolean;
  /** [channels, channels, 3, 3], row-major */
  readonly three: readonly number[];
  /** [channels, channels], row-major */
  readonly one: readonly number[];
}

/** What the library makes of them. */
export interface FusionModel {
  readonly x: Tensor;
  /** [channels, channels, 3, 3] */
  readonly fused: Tensor;
  /** The three branches, each computed, then added: [channels, height, width] */
  readonly branches: Tensor;
  /** The one convolution with the fused kernel. */
  readonly single: Tensor;
  readonly difference: number;
}

/** Weights are quarters within this bound, and pixels whole numbers, so that no sum is rounded. */
export const mostWeight = 2;
export const weightStep = 0.25;

const [height, width] = [4, 5];

const firstWeights = [0.5, -1, 0.25, 1, -0.5, 0.75, 0, 1.5, -1];

/** The settings that a lesson asks for. */
export function firstFusionSettings(channels: 1 | 2): FusionSettings {
  const pairs = channels * channels;
  return {
    channels,
    shortcut: true,
    // Another order of the same numbers for each pair of channels.
    three: Array.from({ length: 9 * pairs }, (_, k) => firstWeights[(k + 4 * Math.floor(k / 9)) % 9] ?? 0),
    one: Array.from({ length: pairs }, (_, k) => [0.5, -1, 0.75, 1.5][k] ?? 0),
  };
}

/** @throws {Error} if a name is unknown or a value cannot be chosen */
export function readFusionSettings(given: Readonly<Record<string, unknown>>): FusionSettings {
  const { channels = 1, ...unknown } = given;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new Error(`fusion figure: no setting is named ${name}`);
  if (channels !== 1 && channels !== 2)
    throw new Error(`fusion figure: channels must be 1 or 2; got ${channels}`);
  return firstFusionSettings(channels);
}

/** A weight within its bound and on its grid; what is no number becomes zero. */
export function allowedWeight(value: number): number {
  const onGrid = Math.round((Number.isFinite(value) ? value : 0) / weightStep) * weightStep;
  return Math.max(-mostWeight, Math.min(mostWeight, onGrid));
}

export function fusionModel({ channels, shortcut, three, one }: FusionSettings): FusionModel {
  const x = tensor(
    Float32Array.from({ length: channels * height * width }, (_, k) => ((7 * k + Math.floor(k / 3)) % 6) - 1),
    [channels, height, width],
  );
  const kernel = addKernels([
    kernelOf(three, channels, 3),
    kernelOf(one, channels, 1),
    ...(shortcut ? [identityKernel(channels)] : []),
  ]);
  const fused = tensor(Float32Array.from(kernel.weight), [channels, channels, 3, 3]);
  const sum = add(
    conv2d(x, tensor([...three], [channels, channels, 3, 3]), undefined, { padding: 1 }),
    conv2d(x, tensor([...one], [channels, channels, 1, 1])),
  );
  const branches = shortcut ? add(sum, x) : sum;
  const single = conv2d(x, fused, undefined, { padding: 1 });
  return { x, fused, branches, single, difference: maxAbsDiff(branches, single) };
}

/** A branch as the algebra handles it, padded so that it keeps the size. */
function kernelOf(weight: readonly number[], channels: number, size: number): LinearKernel {
  const around = (size - 1) / 2;
  const axis = { size, stride: 1, dilation: 1, upsampling: 1, before: around, after: around };
  return {
    inChannels: channels,
    outChannels: channels,
    axes: [axis, axis],
    groups: 1,
    paddingMode: "zeros",
    weight: Float64Array.from(weight),
    bias: undefined,
  };
}
