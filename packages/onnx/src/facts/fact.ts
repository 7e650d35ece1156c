import type { Value } from "@convfuse/core";
import type { Constant } from "../constants/constant.js";
import type { Dim } from "./dim.js";

/** What is known of a name in a graph. */
export interface Fact {
  /** What the graph of operations knows it by. */
  readonly value: Value;
  /** The elements' type: `DataType`; undefined: not known, or no tensor. */
  readonly type: number | undefined;
  /** undefined: not even the rank is known. */
  readonly shape: readonly Dim[] | undefined;
  /** Its numbers, where no input of the network decides about them. */
  readonly constant: Constant | undefined;
  /**
   * The numbers of a small tensor of integers that shapes of activations decide about, one a place,
   * row-major.
   */
  readonly sizes: readonly Dim[] | undefined;
}

/** What is known of the output of an operation before it has a name. */
export type Outcome = Partial<Omit<Fact, "value">>;

/** Sizes beyond this many are no shape. */
export const mostSizes = 64;

/** The integers of a small tensor, known or named. */
export function sizesOf({ sizes, constant }: Pick<Fact, "sizes" | "constant">): readonly Dim[] | undefined {
  if (sizes !== undefined) return sizes;
  return constant !== undefined && constant.size <= mostSizes ? [...constant.read()] : undefined;
}

/** The same where every one is a number. */
export function integersOf(
  fact: Pick<Fact, "sizes" | "constant"> | undefined,
): readonly number[] | undefined {
  const sizes = fact && sizesOf(fact);
  return sizes?.every((size) => typeof size === "number") ? (sizes as readonly number[]) : undefined;
}
