import { ShapeError } from "../errors.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";

/** @throws {ShapeError} if an optional per-channel vector is there and is not [channels] */
export function checkChannelVector(
  op: string,
  name: string,
  vector: Tensor | undefined,
  channels: number,
): void {
  if (vector === undefined) return;
  assertTensor(op, name, vector);
  if (vector.shape.length !== 1 || vector.shape[0] !== channels) {
    throw new ShapeError(op, `${name} must be [${channels}], one value a channel`, {
      [`${name}.shape`]: [...vector.shape],
    });
  }
}
