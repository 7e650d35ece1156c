import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";

/** An image batch, ready for an engine. */
export interface ImageBatch {
  readonly data: Float32Array;
  /** [batch, channels, height, width] */
  readonly shape: readonly [number, number, number, number];
  /** True where x was [channels, height, width]. */
  readonly unbatched: boolean;
}

/**
 * Accepts [channels, height, width] or [batch, channels, height, width].
 * @throws {ShapeError} for any other rank
 */
export function imageBatch(op: string, x: Tensor): ImageBatch {
  assertTensor(op, "x", x);
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    throw new ShapeError(op, "x must be [channels, height, width] or [batch, channels, height, width]", {
      "x.shape": [...x.shape],
    });
  }
  const unbatched = x.shape.length === 3;
  const shape = (unbatched ? [1, ...x.shape] : [...x.shape]) as [number, number, number, number];
  return { data: rowMajorData(x), shape, unbatched };
}

/** Wraps what an engine filled: drops the batch axis again where the input had none. */
export function imageResult(
  data: Float32Array,
  shape: readonly [number, number, number, number],
  unbatched: boolean,
): Tensor {
  return ndarray(data, unbatched ? shape.slice(1) : [...shape]);
}
