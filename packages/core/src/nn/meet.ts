import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import type { AddOp, ConcatOp, MultiplyOp } from "../graph/op.js";
import { cat } from "../ops/cat.js";
import { add, mul } from "../ops/elementwise.js";
import type { Tensor } from "../tensor/tensor.js";

/** What may stand where the wires of a composition meet. */
export type MeetingOp = AddOp | MultiplyOp | ConcatOp;

/**
 * What tensors make together where they meet, each step rounded to float32.
 * @param name of the composition, for errors
 * @throws {ShapeError} if their shapes do not fit
 */
export function meet(name: string, op: MeetingOp, tensors: readonly Tensor[]): Tensor {
  return meetings[op.kind](tensors, name);
}

const meetings: Readonly<Record<MeetingOp["kind"], (tensors: readonly Tensor[], name: string) => Tensor>> = {
  add: (tensors) => tensors.reduce((sum, y) => add(sum, y)),
  multiply: (tensors) => tensors.reduce(multiplied),
  concat: (tensors, name) => {
    const rank = (tensors[0] as Tensor).shape.length;
    if (rank === 3 || rank === 4) return cat(tensors, rank - 3);
    throw new ShapeError(
      name,
      "the branches must give [channels, height, width] or [batch, channels, height, width]",
      { shapes: tensors.map((y) => [...y.shape]) },
    );
  },
};

/**
 * How many neighbouring values of `shape` each value of `other` belongs to: 1, or a whole image.
 * @throws {ShapeError} if they do not fit
 */
export function sharedBy(shape: readonly number[], other: readonly number[]): number {
  if (String(shape) === String(other)) return 1;
  const [batch, channels, height = 0, width = 0] = shape;
  if (shape.length === 4 && String(other) === String([batch, channels, 1, 1])) return height * width;
  throw new ShapeError("Product", "a branch must give the first one's shape, or [batch, channels, 1, 1]", {
    first: [...shape],
    shape: [...other],
  });
}

function multiplied(a: Tensor, b: Tensor): Tensor {
  if (sharedBy(a.shape, b.shape) === 1) return mul(a, b);
  const [batch = 0, channels = 0] = b.stride;
  // A stride of 0 shows each factor at every pixel.
  return mul(a, ndarray(b.data, [...a.shape], [batch, channels, 0, 0], b.offset));
}
