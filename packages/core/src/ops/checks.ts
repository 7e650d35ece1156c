import { ArgumentError, ShapeError } from "../errors.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";

/** @throws {ArgumentError} if the options are no object, as when a caller passes PyTorch's positional stride */
export function checkOptions(op: string, options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ArgumentError(op, "options must be an object of named options", { options });
  }
}

/** @throws {ArgumentError} if the value is neither true nor false */
export function checkFlag(op: string, name: string, value: unknown): void {
  if (typeof value !== "boolean")
    throw new ArgumentError(op, `${name} must be true or false`, { [name]: value });
}

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
