/** A weight that a reader can change. */
export interface WeightName {
  readonly branch: "three" | "one";
  /** Its index in the branch's weights. */
  readonly at: number;
}

/** As the lessons' code would name it: the branch, and [out, in, row, column]. */
export function weightName({ branch, at }: WeightName, channels: number): string {
  const taps = branch === "three" ? 9 : 1;
  const pair = Math.floor(at / taps);
  const [out, channel] = [Math.floor(pair / channels), pair % channels];
  const [row, column] = branch === "three" ? [Math.floor((at % 9) / 3), at % 3] : [0, 0];
  return `${branch === "three" ? "3 × 3" : "1 × 1"} [${out}, ${channel}, ${row}, ${column}]`;
}
