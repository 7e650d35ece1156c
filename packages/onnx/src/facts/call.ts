import type { Attributes } from "../model/attributes.js";
import type { Dim, Dims } from "./dim.js";
import type { Fact } from "./fact.js";

/** A node with what is known of its inputs: what every rule looks at. */
export interface Call {
  readonly type: string;
  /** The version of ONNX's own operators in force. */
  readonly opset: number;
  /** undefined: an optional input that is not there. */
  readonly inputs: readonly (Fact | undefined)[];
  /** The names of what it gives; "" for an optional output that is not there. */
  readonly outputs: readonly string[];
  /** Whether anything reads a name that the node gives. */
  readonly isRead: (name: string) => boolean;
  readonly attributes: Attributes;
  readonly dims: Dims;
  /** The most elements that a computed constant may have. */
  readonly mostElements: number;
}

/** An axis counted from the front. */
export function frontAxis(axis: number, rank: number): number | undefined {
  const front = axis < 0 ? axis + rank : axis;
  return Number.isInteger(front) && front >= 0 && front < rank ? front : undefined;
}

/** The shape of an input, if known. */
export function shapeOf(call: Call, input: number): readonly Dim[] | undefined {
  return call.inputs[input]?.shape;
}
