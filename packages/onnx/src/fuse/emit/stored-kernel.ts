import { type FusedConvolution, FusionError, type LinearForm } from "@convfuse/core";
import { elementSize, typeName } from "../../model/data-type.js";
import {
  bytesOf,
  decodeInto,
  roundTo,
  type StoredNumbers,
  store,
  storedNumbers,
} from "../../model/elements.js";
import type { Room } from "../../wire/file-part.js";
import type { OnnxWeightRange } from "../report/report.js";

/** A convolution's numbers, in the type of a file. */
export interface StoredKernel extends LinearForm {
  /** [out, in / groups, ...sizes], each rounded to the file's type, as raw data has them. */
  readonly weight: StoredNumbers;
  /** [out], rounded; undefined: none, or only zeros */
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
  onPart: (part: number) => void,
): StoredKernel {
  const { outChannels, inChannels, groups, axes } = form;
  const size = axes.reduce((product, axis) => product * axis.size, (outChannels * inChannels) / groups);
  const weight = storedNumbers(type, room(size * (elementSize(type) as number)), size);
  const bias = new Float64Array(outChannels);
  const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  let finite = true;
  let [at, channel] = [0, 0];
  for (const block of blocks()) {
    const weights = weight.subarray(at, at + block.weight.length);
    store(block.weight, type, weights);
    finite &&= widen(range, weights, type);
    at += block.weight.length;
    onPart(at / size);
    for (const value of block.bias ?? []) {
      const rounded = roundTo(value, type);
      finite &&= Number.isFinite(rounded);
      bias[channel++] = rounded;
    }
    if (block.bias === undefined) channel += block.outChannels;
  }
  if (!finite) throw new FusionError("fuseOnnx", `a weight would not be finite in ${typeName(type)}`);
  return { ...form, weight, bias: bias.some((value) => value !== 0) ? bias : undefined, range };
}

/** The weight alone, some output channels at a time: for whoever writes it and keeps nothing. */
export function* storedBlocks(
  { blocks }: FusedConvolution,
  type: number,
  room: Room,
): Generator<StoredNumbers> {
  for (const { weight } of blocks()) {
    const { buffer } = room(weight.length * (elementSize(type) as number));
    const out = storedNumbers(type, buffer, weight.length);
    store(weight, type, out);
    yield out;
  }
}

/** Numbers that are looked at together: few enough for a cache. */
const together = 2 ** 12;
const looked = new Float64Array(together);

/**
 * Widens a range so that it holds the numbers of a float type, too.
 * @returns true if all of them are finite
 */
function widen(range: { min: number; max: number }, stored: StoredNumbers, type: number): boolean {
  if (!(stored instanceof Uint16Array)) return widenRange(range, stored);
  let finite = true;
  for (let start = 0; start < stored.length; start += together) {
    const values = looked.subarray(0, Math.min(together, stored.length - start));
    decodeInto(values, bytesOf(stored.subarray(start)), type, stored.BYTES_PER_ELEMENT);
    finite &&= widenRange(range, values);
  }
  return finite;
}

/**
 * Widens a range so that it holds some numbers, too.
 * @returns true if all of them are finite
 */
export function widenRange(
  range: { min: number; max: number },
  values: Float32Array | Float64Array,
): boolean {
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
