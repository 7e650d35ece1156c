import type { Verification } from "./verification.js";

/** The verdict in words. */
export function verificationText(v: Omit<Verification, "toString">): string {
  const side = {
    before: "the original is nearer",
    after: "the fused one is nearer",
    neither: "both are as near",
  };
  return [
    `${v.ok ? "equal within float32 rounding" : "NOT equal"}: ${v.inputs} inputs, largest difference ${short(v.maxAbsDiff)} (${v.maxUlp} ulp)`,
    `replaced subtrees: ${v.parts.length}; the worst output${v.worst.path && ` (${v.worst.path})`} uses ${percent(v.worst.worstRatio)} of its bound, ${short(v.worst.bound)}`,
    `distance to float64, median, each layer rounded once: before ${short(v.before.median)}, after ${short(v.after.median)}: ${side[v.nearer]}`,
    // The reference engine is what the line above is about.
    ...(v.inUse.engine === "reference"
      ? []
      : [
          `the same with the ${v.inUse.engine} engine's sums: before ${short(v.inUse.before.median)}, after ${short(v.inUse.after.median)}`,
        ]),
  ].join("\n");
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(ratio: number): string {
  return `${short(100 * ratio)} %`;
}
