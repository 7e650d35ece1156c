import { whole } from "../checks.js";
import { ArgumentError } from "../errors.js";

/** One number, or `[width]`. */
export type Single = number | readonly [width: number];

/** One number for all three axes, or `[depth, height, width]`. */
export type Triple = number | readonly [depth: number, height: number, width: number];

/** An image's axes by their number: what errors call them. */
const axisNames: readonly string[] = ["", "[width]", "[height, width]", "[depth, height, width]"];

/** The axes of an image of some rank, as errors name them: `[height, width]`. */
export function axesText(rank: number): string {
  return axisNames[rank] ?? `${rank} numbers`;
}

/** The same for every axis; a loop, since it is run several times for each convolution, however small. */
export function repeated<T>(value: T, rank: number): T[] {
  const all: T[] = [];
  for (let axis = 0; axis < rank; axis++) all.push(value);
  return all;
}

/** One number for every axis as a list of them, each checked to be a whole number of at least `least`. */
export function perAxis(
  op: string,
  name: string,
  value: number | readonly number[],
  rank: number,
  least: number,
): readonly number[] {
  if (typeof value === "number") return repeated(whole(op, name, value, least), rank);
  if (!Array.isArray(value) || value.length !== rank) {
    throw new ArgumentError(op, `${name} must be a number or ${axesText(rank)}`, { [name]: value });
  }
  for (let axis = 0; axis < rank; axis++) whole(op, name, value[axis], least, value);
  return [...value];
}
