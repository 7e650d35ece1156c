import { ArgumentError } from "../errors.js";

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
