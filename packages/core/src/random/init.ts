import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { product, type Tensor } from "../tensor/tensor.js";
import { normal } from "./normal.js";
import { uniform } from "./uniform.js";

/** The nonlinearity that follows a layer, for {@link KaimingOptions}. */
export type Nonlinearity = "linear" | "conv2d" | "sigmoid" | "tanh" | "relu" | "leaky_relu" | "selu";

/** The options of {@link kaimingUniform} and {@link kaimingNormal}. */
export interface KaimingOptions {
  /** The slope below zero of a leaky ReLU, whose gain is sqrt(2 / (1 + a²)). Default 0. */
  readonly a?: number;
  /**
   * Whether the variance is kept forward or backward: the fan is in / groups or out channels, times the
   * kernel's taps. Default `"fan_in"`.
   */
  readonly mode?: "fan_in" | "fan_out";
  /**
   * What the gain is for: 1 for linear, conv2d and sigmoid, 5 / 3 for tanh, sqrt(2) for relu, 3 / 4 for selu.
   * Default `"leaky_relu"`.
   */
  readonly nonlinearity?: Nonlinearity;
}

const kaimingOptionNames: OptionNames<KaimingOptions> = { a: true, mode: true, nonlinearity: true };

/**
 * He initialisation, uniform in +-gain sqrt(3 / fan).
 * @param shape [out, in / groups, ...] of the weight
 * @param options a, mode, nonlinearity; see {@link KaimingOptions}
 * @returns float32, row-major, of that shape
 * @throws {ShapeError} if the shape has fewer than two axes, or an empty one
 * @throws {ArgumentError} if an option is unknown
 * @see He et al., https://arxiv.org/abs/1502.01852; https://docs.pytorch.org/docs/2.13/nn.init.html
 * @example
 * manualSeed(0);
 * kaimingUniform([2, 3, 3, 3], { nonlinearity: "relu" });
 */
export function kaimingUniform(shape: readonly number[], options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", shape, options);
  return uniform(shape, -bound, bound);
}

/**
 * He initialisation, normal with standard deviation gain / sqrt(fan).
 * @param shape [out, in / groups, ...] of the weight
 * @param options a, mode, nonlinearity; see {@link KaimingOptions}
 * @returns float32, row-major, of that shape
 * @throws {ShapeError} if the shape has fewer than two axes, or an empty one
 * @throws {ArgumentError} if an option is unknown
 * @see He et al., https://arxiv.org/abs/1502.01852; https://docs.pytorch.org/docs/2.13/nn.init.html
 * @example
 * manualSeed(0);
 * kaimingNormal([2, 3, 3, 3], { mode: "fan_out", nonlinearity: "relu" });
 */
export function kaimingNormal(shape: readonly number[], options: KaimingOptions = {}): Tensor {
  return normal(shape, 0, kaimingStd("kaimingNormal", shape, options));
}

/**
 * Glorot initialisation, uniform in +-gain sqrt(6 / (fan in + fan out)).
 * @param shape [out, in / groups, ...] of the weight
 * @param gain default 1
 * @returns float32, row-major, of that shape
 * @throws {ShapeError} if the shape has fewer than two axes, or an empty one
 * @throws {ArgumentError} if the gain is no number of at least 0
 * @see Glorot, Bengio, AISTATS 2010; https://docs.pytorch.org/docs/2.13/nn.init.html
 * @example
 * manualSeed(0);
 * xavierUniform([2, 3, 3, 3]);
 */
export function xavierUniform(shape: readonly number[], gain = 1): Tensor {
  const bound = Math.sqrt(3) * xavierStd("xavierUniform", shape, gain);
  return uniform(shape, -bound, bound);
}

/**
 * Glorot initialisation, normal with standard deviation gain sqrt(2 / (fan in + fan out)).
 * @param shape [out, in / groups, ...] of the weight
 * @param gain default 1
 * @returns float32, row-major, of that shape
 * @throws {ShapeError} if the shape has fewer than two axes, or an empty one
 * @throws {ArgumentError} if the gain is no number of at least 0
 * @see Glorot, Bengio, AISTATS 2010; https://docs.pytorch.org/docs/2.13/nn.init.html
 * @example
 * manualSeed(0);
 * xavierNormal([2, 3, 3, 3]);
 */
export function xavierNormal(shape: readonly number[], gain = 1): Tensor {
  return normal(shape, 0, xavierStd("xavierNormal", shape, gain));
}

/** The default initial weight of Conv2d and Linear; the layers have checked the shape. */
export function initialWeight(shape: readonly number[]): Tensor {
  return kaimingUniform(shape, { a: Math.sqrt(5) });
}

/** The default initial bias of Conv2d and Linear: uniform in +-1 / sqrt(fan in). */
export function initialBias(weightShape: readonly number[], outChannels: number): Tensor {
  const bound = 1 / Math.sqrt(product(weightShape.slice(1)));
  return uniform([outChannels], -bound, bound);
}

function kaimingStd(op: string, shape: readonly number[], options: KaimingOptions): number {
  checkOptions(op, options, kaimingOptionNames);
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  if (mode !== "fan_in" && mode !== "fan_out") {
    throw new ArgumentError(op, "mode must be fan_in or fan_out", { mode });
  }
  const [fanIn, fanOut] = fans(op, shape);
  return gainOf(op, nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

function xavierStd(op: string, shape: readonly number[], gain: number): number {
  if (typeof gain !== "number" || !(gain >= 0)) {
    throw new ArgumentError(op, "gain must be a number of at least 0", { gain });
  }
  const [fanIn, fanOut] = fans(op, shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

function fans(op: string, shape: readonly number[]): readonly [fanIn: number, fanOut: number] {
  const sizes = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!sizes || shape.length < 2) {
    throw new ShapeError(op, "shape must be [out, in / groups, ...], whole sizes without a 0", { shape });
  }
  const [outChannels, inChannels, ...kernel] = shape as [number, number, ...number[]];
  return [inChannels * product(kernel), outChannels * product(kernel)];
}

function gainOf(op: string, nonlinearity: Nonlinearity, slope: number): number {
  if (typeof slope !== "number" || Number.isNaN(slope)) {
    throw new ArgumentError(op, "a must be a number", { a: slope });
  }
  const gains: Readonly<Record<Nonlinearity, number>> = {
    linear: 1,
    conv2d: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leaky_relu: Math.sqrt(2 / (1 + slope ** 2)),
    selu: 3 / 4,
  };
  if (!Object.hasOwn(gains, nonlinearity)) {
    throw new ArgumentError(op, `nonlinearity must be one of ${Object.keys(gains).join(", ")}`, {
      nonlinearity,
    });
  }
  return gains[nonlinearity];
}
