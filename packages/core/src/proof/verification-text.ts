import type { Verification, VerifiedPart } from "./verification.js";

/**
 * The verdict in words, in lines of at most 80 characters (but for long names). Of differences it says what
 * share of the bound they use: how many float32 numbers lie between two outputs (`maxUlp`) tells nothing
 * where the sums almost cancel.
 * @param shapes of the outputs before and after, where they differ
 */
export function verificationText(
  v: Omit<Verification, "toString">,
  shapes?: readonly (readonly number[])[],
): string {
  if (shapes !== undefined) {
    const [before = [], after = []] = shapes;
    return `NOT equal: the outputs' shapes differ, [${before}] before and [${after}] after`;
  }
  const side = {
    before: "the original is nearer",
    after: "the fused one is nearer",
    neither: "both are as near",
  };
  const unknown = v.worst.bound === Number.POSITIVE_INFINITY;
  const verdict = v.ok ? "equal within float32 rounding" : unknown ? "not judged" : "NOT equal";
  return [
    `${verdict}: ${v.inputs} inputs, largest difference ${short(v.maxAbsDiff)}`,
    `replaced subtrees: ${v.parts.length}${v.parts.length > 0 ? `; ${worstText(v.worst)}` : ""}`,
    ...(v.training.length > 0 ? [`in training mode, and so not fused: ${v.training.join(", ")}`] : []),
    "median distance to float64, each layer rounded once:",
    `  before ${short(v.before.median)}, after ${short(v.after.median)}: ${side[v.nearer]}`,
    // The reference engine is what the line above is about.
    ...(v.inUse.engine === "reference"
      ? []
      : [
          `the same with the ${v.inUse.engine} engine's sums:`,
          `  before ${short(v.inUse.before.median)}, after ${short(v.inUse.after.median)}`,
        ]),
  ].join("\n");
}

function worstText({ path, worstRatio, bound }: VerifiedPart): string {
  const place = path && ` (${path})`;
  if (bound === Number.POSITIVE_INFINITY) return `how a layer in one of them${place} rounds is not known`;
  const share =
    worstRatio <= 1 ? `uses ${short(100 * worstRatio)} % of` : `is off by ${short(worstRatio)} times`;
  return `the worst output${place} ${share} its bound, ${short(bound)}`;
}

function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}
