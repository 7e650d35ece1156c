import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";
import { axesText } from "./per-axis.js";

/** An image batch, ready for an engine. */
export interface ImageBatch {
  readonly data: Float32Array;
  /** [batch, channels, ...image] */
  readonly shape: readonly number[];
  /** True where x was [channels, ...image]. */
  readonly unbatched: boolean;
}

/**
 * Accepts [channels, ...image] or [batch, channels, ...image].
 * @param rank the image's axes
 * @throws {ShapeError} for any other rank
 */
export function imageBatch(op: string, x: Tensor, rank: number): ImageBatch {
  assertTensor(op, "x", x);
  const unbatched = x.shape.length === rank + 1;
  if (!unbatched && x.shape.length !== rank + 2) {
    const image = axesText(rank).slice(1);
    throw new ShapeError(op, `x must be [channels, ${image} or [batch, channels, ${image}`, {
      "x.shape": [...x.shape],
    });
  }
  return { data: rowMajorData(x), shape: unbatched ? [1, ...x.shape] : x.shape, unbatched };
}

/** Wraps what an engine filled: drops the batch axis again where the input had none. */
export function imageResult(data: Float32Array, shape: readonly number[], unbatched: boolean): Tensor {
  return ndarray(data, unbatched ? shape.slice(1) : [...shape]);
}
