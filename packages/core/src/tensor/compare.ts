import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { rowMajorData } from "./layout.js";
import { assertTensor, type Tensor } from "./tensor.js";

/** How near is near enough. */
export interface Tolerance {
  /** Relative: times |b|. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute. Default 1e-8. */
  readonly atol?: number;
  /** True: NaN is close to NaN. Default false. */
  readonly equalNan?: boolean;
}

const toleranceNames: OptionNames<Tolerance> = { rtol: true, atol: true, equalNan: true };

/**
 * Whether |a - b| <= atol + rtol |b|, element by element. Infinities are close only to themselves; NaN is
 * close to nothing unless equalNan.
 * @param a any shape
 * @param b the same shape
 * @param tolerance rtol, atol, equalNan; see {@link Tolerance}
 * @returns row-major booleans, one an element; decided in float64
 * @throws {ShapeError} if the shapes differ
 * @throws {ArgumentError} if a tolerance is negative or no number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.isclose.html
 * @example
 * isclose(tensor([1, 2]), tensor([1, 2.1])); // [true, false]
 */
export function isclose(a: Tensor, b: Tensor, tolerance: Tolerance = {}): boolean[] {
  const { left, right, isClose } = comparison("isclose", a, b, tolerance);
  const out: boolean[] = [];
  for (let i = 0; i < left.length; i++) out.push(isClose(left[i] as number, right[i] as number));
  return out;
}

/**
 * Whether every element of a is close to b's; see {@link isclose}.
 * @param a any shape
 * @param b the same shape
 * @param tolerance rtol, atol, equalNan; see {@link Tolerance}
 * @returns true where all are; true for tensors without elements
 * @throws {ShapeError} if the shapes differ
 * @throws {ArgumentError} if a tolerance is negative or no number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.allclose.html
 * @example
 * allclose(tensor([1]), tensor([1 + 1e-7])); // true
 */
export function allclose(a: Tensor, b: Tensor, tolerance: Tolerance = {}): boolean {
  const { left, right, isClose } = comparison("allclose", a, b, tolerance);
  for (let i = 0; i < left.length; i++) {
    if (!isClose(left[i] as number, right[i] as number)) return false;
  }
  return true;
}

interface Comparison {
  readonly left: Float32Array;
  readonly right: Float32Array;
  isClose(x: number, y: number): boolean;
}

function comparison(op: string, a: Tensor, b: Tensor, tolerance: Tolerance): Comparison {
  const [left, right] = sameShape(op, a, b);
  checkOptions(op, tolerance, toleranceNames);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = tolerance;
  if (!(rtol >= 0 && atol >= 0)) {
    throw new ArgumentError(op, "rtol and atol must be numbers of at least 0", { rtol, atol });
  }
  const isClose = (x: number, y: number): boolean => {
    if (x === y) return true;
    if (Number.isNaN(x) || Number.isNaN(y)) return equalNan && Number.isNaN(x) && Number.isNaN(y);
    return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= atol + Math.abs(rtol * y);
  };
  return { left, right, isClose };
}

/**
 * The largest |a - b|, in float64; NaN where one side is NaN and the other is not, or infinities disagree.
 * NaN against NaN counts 0.
 * @param a any shape
 * @param b the same shape
 * @returns in the unit of the values; 0 for tensors without elements
 * @throws {ShapeError} if the shapes differ
 * @example
 * maxAbsDiff(tensor([1, 2]), tensor([1, 2.5])); // 0.5
 */
export function maxAbsDiff(a: Tensor, b: Tensor): number {
  const [left, right] = sameShape("maxAbsDiff", a, b);
  return largest(left, right, (x, y) => Math.abs(x - y));
}

/**
 * The largest distance in units in the last place: how many float32 numbers lie between the two sides, at the
 * worst element. 0 and -0 are one number; NaN against NaN counts 0, NaN against a number is NaN.
 *
 * @param a any shape
 * @param b the same shape
 * @returns a whole number, or NaN; 0 for tensors without elements
 * @throws {ShapeError} if the shapes differ
 * @example
 * maxUlp(tensor([1]), tensor([1 + 2 ** -23])); // 1
 */
export function maxUlp(a: Tensor, b: Tensor): number {
  const [left, right] = sameShape("maxUlp", a, b);
  return largest(left, right, (x, y) => Math.abs(ordinal(x) - ordinal(y)));
}

function largest(
  left: Float32Array,
  right: Float32Array,
  distance: (x: number, y: number) => number,
): number {
  let worst = 0;
  for (let i = 0; i < left.length; i++) {
    const x = left[i] as number;
    const y = right[i] as number;
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
    worst = Math.max(worst, distance(x, y));
  }
  return worst;
}

const word = new DataView(new ArrayBuffer(4));

/** The place of a float32 on the line of all float32 numbers: neighbours differ by 1. */
function ordinal(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

function sameShape(op: string, a: Tensor, b: Tensor): readonly [Float32Array, Float32Array] {
  assertTensor(op, "a", a);
  assertTensor(op, "b", b);
  if (a.shape.length !== b.shape.length || a.shape.some((size, axis) => size !== b.shape[axis])) {
    throw new ShapeError(op, "a and b must have the same shape", {
      "a.shape": [...a.shape],
      "b.shape": [...b.shape],
    });
  }
  return [rowMajorData(a), rowMajorData(b)];
}
