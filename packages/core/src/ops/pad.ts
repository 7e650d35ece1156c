import ndarray from "ndarray";
import { checkOptions, type OptionNames } from "../checks.js";
import { inside, type Source } from "../engines/gather.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";
import type { PaddingMode } from "./conv/conv-geometry.js";

/** The options of {@link pad}. */
export interface PadOptions {
  /** What the added entries hold. Default `"constant"`. */
  readonly mode?: "constant" | "reflect" | "replicate" | "circular";
  /** The constant. Default 0. Only with mode `"constant"`. */
  readonly value?: number;
}

export const padOptionNames: OptionNames<PadOptions> = { mode: true, value: true };

/** Where in an axis an index reads that may lie outside, by mode; nowhere: it is the constant. */
export const sources: Readonly<Record<NonNullable<PadOptions["mode"]> | PaddingMode, Source>> = {
  constant: inside,
  zeros: inside,
  reflect: (index, size) => (index < 0 ? -index : index >= size ? 2 * size - 2 - index : index),
  replicate: (index, size) => Math.min(Math.max(index, 0), size - 1),
  circular: (index, size) => (index < 0 ? index + size : index >= size ? index - size : index),
};

/**
 * Adds entries before and after axes; negative amounts take entries away. Circular padding goes round what
 * they leave; the other modes still read what they took away.
 *
 * @param x float32, any rank
 * @param amounts `[left, right, top, bottom, ...]`: two for the last axis, then two for the one before it,
 *   and so on
 * @param options mode and value; see {@link PadOptions}. Reflect reads ...2 1 | 0 1 2 | 1 0..., replicate 0 0
 *   | 0 1 2 | 2 2, circular 1 2 | 0 1 2 | 0 1
 * @returns a new row-major tensor
 * @throws {ArgumentError} if an amount is no whole number, there is an odd number of them, or the mode is
 *   unknown
 * @throws {ShapeError} if there are more amounts than axes, more is taken from an axis than it has, or
 *   reflect or circular ask for more than the axis holds
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pad.html
 * @example
 * pad(tensor([[1, 2]]), [1, 1]); // [[0, 1, 2, 0]]
 */
export function pad(x: Tensor, amounts: readonly number[], options: PadOptions = {}): Tensor {
  assertTensor("pad", "x", x);
  checkOptions("pad", options, padOptionNames);
  const { mode = "constant", value = 0 } = options;
  return filled(x, checkedSides(x, amounts, mode, value), mode, value, amounts);
}

/**
 * The same by sides: entries before and after each of the last axes, first axis first.
 * @throws {ShapeError} as {@link pad}
 */
export function padSides(
  x: Tensor,
  sides: readonly (readonly [before: number, after: number])[],
  border: PaddingMode,
  value: number,
): Tensor {
  const mode = border === "zeros" ? "constant" : border;
  assertTensor("pad", "x", x);
  const amounts = sides.toReversed().flat();
  return filled(x, checkedSides(x, amounts, mode, value), mode, value, amounts);
}

/** x with entries around it: sides by axis, which are known to fit. */
function filled(
  x: Tensor,
  sides: readonly (readonly [before: number, after: number])[],
  mode: NonNullable<PadOptions["mode"]>,
  value: number,
  amounts: readonly number[],
): Tensor {
  const shape = x.shape.map((size, axis) => size + (sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0));
  const got = { shape, "x.shape": [...x.shape], amounts: [...amounts] };
  const out = float32("pad", shape, got).fill(value);
  const indices = shape.map((size, axis) => {
    const [before, after] = sides[axis] as readonly [number, number];
    // What is left of the axis: circular padding repeats that, the other modes read the whole axis.
    const first = mode === "circular" ? Math.max(0, -before) : 0;
    const end = (x.shape[axis] as number) - (mode === "circular" ? Math.max(0, -after) : 0);
    return Array.from({ length: size }, (_, i) => {
      const source = sources[mode](i - before - first, end - first);
      return source === undefined ? undefined : source + first;
    });
  });
  gather(rowMajorData(x), x.shape, out, indices);
  return ndarray(out, shape);
}

/** Pads `images` stacked images of a size on each axis; the amounts are known to fit. */
export function padImages(
  op: string,
  data: Float32Array,
  images: number,
  size: readonly number[],
  sides: readonly { readonly before: number; readonly after: number }[],
  mode: PaddingMode,
): Float32Array {
  const padded = size.map((length, axis) => length + (sides[axis]?.before ?? 0) + (sides[axis]?.after ?? 0));
  const out = float32(op, [images, ...padded], { size: [...size], padded });
  if (out.length === 0) return out;
  const map = sources[mode];
  const indices = size.map((length, axis) => {
    const before = sides[axis]?.before ?? 0;
    return Array.from({ length: padded[axis] as number }, (_, i) => map(i - before, length));
  });
  gather(data, [images, ...size], out, [Array.from({ length: images }, (_, i) => i), ...indices]);
  return out;
}

/**
 * out[i, j, ...] = from[indices[0][i], indices[1][j], ...]; entries with an undefined index keep what `out`
 * holds.
 */
function gather(
  from: Float32Array,
  shape: readonly number[],
  out: Float32Array,
  indices: readonly (readonly (number | undefined)[])[],
): void {
  const copyAxis = (axis: number, source: number, target: number): number => {
    if (axis === shape.length) {
      if (source >= 0) out[target] = from[source] as number;
      return target + 1;
    }
    let at = target;
    for (const index of indices[axis] as readonly (number | undefined)[]) {
      const missing = source < 0 || index === undefined;
      at = copyAxis(axis + 1, missing ? -1 : source * (shape[axis] as number) + index, at);
    }
    return at;
  };
  copyAxis(0, 0, 0);
}

/** The amounts by axis, first axis first, checked against x. */
function checkedSides(
  x: Tensor,
  amounts: readonly number[],
  mode: NonNullable<PadOptions["mode"]>,
  value: number,
): (readonly [before: number, after: number])[] {
  const got = { "x.shape": [...x.shape], amounts: Array.isArray(amounts) ? [...amounts] : amounts };
  if (!Array.isArray(amounts) || amounts.length % 2 !== 0 || !amounts.every(Number.isSafeInteger)) {
    throw new ArgumentError("pad", "amounts must be whole numbers, two an axis", got);
  }
  if (!["constant", "reflect", "replicate", "circular"].includes(mode)) {
    throw new ArgumentError("pad", "mode must be one of constant, reflect, replicate, circular", { mode });
  }
  if (typeof value !== "number") throw new ArgumentError("pad", "value must be a number", { value });
  if (mode !== "constant" && value !== 0) {
    throw new ArgumentError("pad", "value goes with mode constant only", { mode, value });
  }
  const rank = x.shape.length;
  if (amounts.length > 2 * rank) throw new ShapeError("pad", `amounts are for at most ${rank} axes`, got);
  const sides = x.shape.map((size, axis): readonly [number, number] => {
    const [before = 0, after = 0] = amounts.slice(2 * (rank - 1 - axis), 2 * (rank - axis));
    const left = size + Math.min(before, 0) + Math.min(after, 0);
    if (left < 0) {
      throw new ShapeError("pad", `axis ${axis} of size ${size} cannot lose that much`, got);
    }
    if (before === 0 && after === 0) return [0, 0];
    if (mode === "reflect" && Math.max(before, after) >= size) {
      throw new ShapeError("pad", `reflect padding must be less than the size of axis ${axis}`, got);
    }
    if (mode === "circular" && Math.max(before, after) > left) {
      throw new ShapeError("pad", `circular padding must be at most what is left of axis ${axis}`, got);
    }
    if (mode !== "constant" && size === 0)
      throw new ShapeError("pad", `axis ${axis} is empty: ${mode} has nothing to read`, got);
    return [before, after];
  });
  return sides;
}
