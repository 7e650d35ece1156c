import type { AffineOp, Op } from "../graph/op.js";
import type { Shape } from "../graph/shapes.js";
import { isUnbatched } from "../nn/cost.js";

/**
 * Whether an operation makes of an image without its batch axis, [channels, ...spatial], what it makes of a
 * batch of that one image.
 * @param shapes of its inputs, without a batch axis
 */
export function takesImage(op: Op, shapes: readonly Shape[]): boolean {
  const [shape = []] = shapes;
  switch (op.kind) {
    case "identity":
    case "map":
      return true;
    case "matrix":
      return op.rank === undefined || shape.length === 1;
    case "add":
    case "multiply":
      return shapes.every((other) => String(other) === String(shape));
    case "affine":
      return areNumbers(op) || (op.unbatched === true && isOneMore(op.ranks ?? [], shape.length - 1));
    default:
      return isUnbatched(op, shape);
  }
}

function areNumbers({ before, factor, after }: AffineOp): boolean {
  return [before, factor, after].every((one) => typeof one === "number");
}

/** Whether a batch would be known by one axis more, and not by these. */
function isOneMore(ranks: readonly number[], rank: number): boolean {
  return ranks.includes(rank) && !ranks.includes(rank - 1);
}
