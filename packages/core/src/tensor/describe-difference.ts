import { ShapeError } from "../errors.js";
import { maxUlp, type Tolerance } from "./compare.js";
import { rowMajorData } from "./layout.js";
import { assertTensor, type Tensor, tensor } from "./tensor.js";

/**
 * Compares two tensors and says in a sentence where they differ most.
 *
 * An element passes where |actual - expected| <= bound; infinities pass only against themselves, and NaN
 * passes against NaN.
 *
 * @param actual any shape
 * @param expected the same shape
 * @param bound an absolute bound an element (a tensor of that shape), or a {@link Tolerance}: atol + rtol
 *   |expected|, with defaults 0 and 0 here, so that nothing but the same values passes
 * @returns undefined where every element passes; else how many do not, and of the worst one (the largest
 *   difference in multiples of its bound) the index, both values, their difference, in ulp too, and its bound
 * @throws {TensorTypeError} if actual or expected is no tensor
 * @throws {ShapeError} if bound is a tensor of another shape
 * @example
 * describeDifference(tensor([1, 2]), tensor([1, 2.5]), { atol: 0.1 });
 * // "1 of 2 values differ; worst at [1]: 2 against 2.5, a difference of 0.5 (2097152 ulp), allowed 0.1"
 */
export function describeDifference(
  actual: Tensor,
  expected: Tensor,
  bound: Tensor | Omit<Tolerance, "equalNan"> = {},
): string | undefined {
  assertTensor("describeDifference", "actual", actual);
  assertTensor("describeDifference", "expected", expected);
  if (!sameShape(actual, expected)) {
    return `the shapes differ: [${actual.shape}] against [${expected.shape}]`;
  }
  if ("data" in bound && !sameShape(bound, expected)) {
    throw new ShapeError("describeDifference", "bound must have the shape of expected", {
      "bound.shape": [...bound.shape],
      "expected.shape": [...expected.shape],
    });
  }
  const left = rowMajorData(actual);
  const right = rowMajorData(expected);
  const allowedAt = boundAt(right, bound);
  let failures = 0;
  let worst = -1;
  let worstExcess = -1;
  let worstDifference = -1;
  for (let i = 0; i < left.length; i++) {
    const a = left[i] as number;
    const b = right[i] as number;
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const difference = Math.abs(a - b);
    const allowed = allowedAt(i);
    if (Number.isFinite(difference) && difference <= allowed) continue;
    failures++;
    const ratio = difference / allowed;
    const excess = Number.isFinite(ratio) ? ratio : Number.POSITIVE_INFINITY;
    if (excess > worstExcess || (excess === worstExcess && difference > worstDifference)) {
      worst = i;
      worstExcess = excess;
      worstDifference = difference;
    }
  }
  if (failures === 0) return undefined;
  const a = left[worst] as number;
  const b = right[worst] as number;
  const ulp = maxUlp(tensor([a]), tensor([b]));
  const distance = `a difference of ${Number(Math.abs(a - b).toPrecision(4))} (${ulp} ulp)`;
  return (
    `${failures} of ${left.length} values differ; worst at [${indexOf(worst, actual.shape)}]: ` +
    `${a} against ${b}, ${distance}, allowed ${Number(allowedAt(worst).toPrecision(4))}`
  );
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}

function boundAt(expected: Float32Array, bound: Tensor | Omit<Tolerance, "equalNan">): (i: number) => number {
  if ("data" in bound) {
    const bounds = rowMajorData(bound);
    return (i) => bounds[i] as number;
  }
  const { rtol = 0, atol = 0 } = bound;
  return (i) => atol + rtol * Math.abs(expected[i] as number);
}

function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
