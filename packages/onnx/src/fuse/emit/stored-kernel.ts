import { type FusedConvolution, FusionError, type LinearForm } from "@convfuse/core";
import { DataType, typeName } from "../../model/data-type.js";
import { roundTo } from "../../model/elements.js";
import type { OnnxWeightRange } from "../report/report.js";

/**
 * Numbers as a file has them: each rounded to the file's type. Those of float16 and bfloat16 are float32,
 * too.
 */
export type StoredNumbers = Float32Array | Float64Array;

/** A convolution's numbers, in the type of a file. */
export interface StoredKernel extends LinearForm {
  /** [out, in / groups, ...sizes] */
  readonly weight: StoredNumbers;
  /** [out]; undefined: none, or only zeros */
  readonly bias: Float64Array | undefined;
  /** Of the weight. */
  readonly range: OnnxWeightRange;
}

/**
 * Computes a convolution's numbers, some output channels at a time, and rounds each once.
 * @param room gives memory of at least the given bytes for the weight
 * @param onPart is told which part of the work is done: a sequence of large layers takes a while
 * @throws {FusionError} if a number is too large for the type
 */
export function storedKernel(
  { form, blocks }: FusedConvolution,
  type: number,
  room: (bytes: number) => ArrayBuffer,
  onPart?: (part: number) => void,
): StoredKernel {
  const { outChannels, inChannels, groups, axes } = form;
  const size = axes.reduce((product, axis) => product * axis.size, (outChannels * inChannels) / groups);
  const weight =
    type === DataType.double
      ? new Float64Array(room(8 * size), 0, size)
      : new Float32Array(room(4 * size), 0, size);
  const bias = new Float64Array(outChannels);
  const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  let finite = true;
  let [at, channel] = [0, 0];
  for (const block of blocks()) {
    const weights = weight.subarray(at, at + block.weight.length);
    round(block.weight, type, weights);
    finite &&= widen(range, weights);
    at += block.weight.length;
    onPart?.(at / size);
    if (block.bias !== undefined) {
      const biases = bias.subarray(channel, channel + block.outChannels);
      round(block.bias, type, biases);
      finite &&= widen({ min: 0, max: 0 }, biases);
    }
    channel += block.outChannels;
  }
  if (!finite) throw new FusionError("fuseOnnx", `a weight would not be finite in ${typeName(type)}`);
  return { ...form, weight, bias: bias.some((value) => value !== 0) ? bias : undefined, range };
}

/** The weight alone, some output channels at a time: for whoever writes it and keeps nothing. */
export function* storedBlocks({ blocks }: FusedConvolution, type: number): Generator<StoredNumbers> {
  for (const { weight } of blocks()) {
    const out = type === DataType.double ? new Float64Array(weight.length) : new Float32Array(weight.length);
    round(weight, type, out);
    yield out;
  }
}

function round(values: Float64Array, type: number, out: StoredNumbers): void {
  if (type === DataType.float) for (let i = 0; i < out.length; i++) out[i] = Math.fround(values[i] as number);
  else for (let i = 0; i < out.length; i++) out[i] = roundTo(values[i] as number, type);
}

/**
 * Widens a range so that it holds some numbers, too.
 * @returns true if all of them are finite
 */
export function widen(range: { min: number; max: number }, values: StoredNumbers): boolean {
  // Variables of their own, and one loop for all: the compiler keeps them in registers.
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  // x - x is 0, but NaN for what is infinite or not a number.
  let apart = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    apart += value - value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  range.min = Math.min(range.min, min);
  range.max = Math.max(range.max, max);
  return apart === 0;
}
