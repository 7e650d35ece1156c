import { describeDifference, tensor } from "@convfuse/core";
import { float32SumBound, float64SumBound } from "../support/rounding.mjs";

/** How many products and other summands are added up for one output. */
function terms({ op, shapes, kernelSize, options }) {
  const [, weight] = shapes;
  if (op.startsWith("convTranspose"))
    return (weight[0] / (options.groups ?? 1)) * weight.slice(2).reduce((a, b) => a * b, 1) + 1;
  if (op.startsWith("conv")) return weight.slice(1).reduce((a, b) => a * b, 1) + 1;
  if (op === "linear") return weight[1] + 1;
  const rank = shapes[0].length > 0 ? Number(op.at(-2)) : 0;
  if (op.startsWith("avgPool")) {
    const kernel = Array.isArray(kernelSize) ? kernelSize : new Array(rank).fill(kernelSize);
    return kernel.reduce((a, b) => a * b, 1) + 1;
  }
  // No window has more pixels than the image.
  if (op.startsWith("adaptiveAvgPool")) return shapes[0].slice(-rank).reduce((a, b) => a * b, 1) + 1;
  // PyTorch's places are float32, off by as many roundings as there are pixels before them.
  if (op === "upsample") return 8 + 4 * Math.max(...shapes[0]);
  // PyTorch normalises as x alpha + (bias - mean alpha) with alpha = weight / sqrt(var + eps): eight roundings in all.
  return 8;
}

/** The families of values that are neither tiny nor huge. */
const moderate = new Set(["plain", "wholes", "special"]);

/** Equal for our purpose: the same number, or NaN both. */
function same(a, b) {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/**
 * Compares our result with PyTorch's float32 result `y`, and where it was computed in float64 also with PyTorch's float64 result `exact`.
 * @param {object} spec the case
 * @param {import("../support/engines.mjs").EngineVariant} engine what computed it
 * @param {object} ours a tensor
 * @param {{ shape: number[], y: Float32Array, exact?: Float32Array, magnitude?: Float32Array,
 *   tileMagnitude?: Float32Array }} theirs tileMagnitude: where Winograd's algorithm applies, whose errors are those of its tiles
 * @returns {{ fault?: string, undecided: number, worst: { absolute: number, ulp: number, share: number } }}
 */
export function compare(spec, engine, ours, theirs) {
  const worst = { absolute: 0, ulp: 0, share: 0 };
  if (ours.shape.join() !== theirs.shape.join()) {
    return { fault: `the shapes differ: [${ours.shape}] against [${theirs.shape}]`, undecided: 0, worst };
  }
  const { y, exact, magnitude } = theirs;
  if (exact === undefined) {
    const at = y.findIndex((value, i) => !Object.is(value, ours.data[i]));
    const fault =
      at < 0 ? undefined : `value ${at} is ${ours.data[at]} against ${y[at]}, and no bit may differ`;
    return { fault, undecided: 0, worst };
  }
  const n = terms(spec);
  const got = Float32Array.from(ours.data);
  const bounds = new Float32Array(y.length);
  const exactBounds = new Float32Array(y.length);
  let undecided = 0;
  for (let i = 0; i < y.length; i++) {
    const sum = magnitude[i];
    if (sum < 0) {
      undecided++;
      got[i] = y[i];
      exact[i] = y[i];
      continue;
    }
    // Where a summand is NaN or infinite, so is the result, and both sides must give the same one.
    if (!Number.isFinite(sum)) continue;
    exactBounds[i] = 2 * float64SumBound(n, sum, exact[i]);
    // Where a tile holds NaN or an infinity, the engine computes by the definition instead.
    const tile = theirs.tileMagnitude?.[i];
    const ownSum = engine.exact || !Number.isFinite(tile) ? sum : tile;
    bounds[i] = float32SumBound(n, sum) + (engine.inFloat64 ? exactBounds[i] : float32SumBound(n, ownSum));
    if (same(got[i], y[i])) continue;
    const difference = Math.abs(got[i] - y[i]);
    // Both say something only among values of order 1, and where the summands do not cancel.
    if (moderate.has(spec.family)) worst.absolute = Math.max(worst.absolute, difference);
    if (sum > 0 && Math.abs(y[i]) >= sum / 16) worst.ulp = Math.max(worst.ulp, difference / ulpOf(y[i]));
    worst.share = Math.max(worst.share, difference / bounds[i]);
  }
  const shaped = (data) => tensor(data, theirs.shape);
  const result = shaped(got);
  const fault =
    describeDifference(result, shaped(y), shaped(bounds)) ??
    (engine.inFloat64 ? describeDifference(result, shaped(exact), shaped(exactBounds)) : undefined);
  return { fault, undecided, worst };
}

/** The distance from a float32 to its neighbour. */
function ulpOf(value) {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);
}
