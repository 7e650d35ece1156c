import { ArgumentError } from "./errors.js";
import { nearest } from "./nearest.js";

/** One number for both axes, or `[height, width]`. */
export type Pair = number | readonly [height: number, width: number];

/**
 * Every option's name, and none besides: a table of this type does not compile when an option is added or
 * renamed elsewhere.
 */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/**
 * The one check of every options object: it is an object of named options, and each name is known. Whoever
 * adds a function with options to this library, or builds one on it, calls this first.
 *
 * @param op what the error begins with
 * @param options as the caller gave them
 * @param known the names of the options type, all of them
 * @throws {ArgumentError} if the options are no plain object (a string, PyTorch's positional stride, a Map),
 *   or have a name that is not known: the message lists those that are and suggests the nearest
 * @example
 * const known: OptionNames<Tolerance> = { rtol: true, atol: true, equalNan: true };
 * checkOptions<Tolerance>("nearly", { rtol: 1e-3 }, known);
 * // With { equal_nan: true } it throws "nearly: unknown option equal_nan, did you mean equalNan? Known are rtol, atol, equalNan; got equal_nan=true".
 */
export function checkOptions<Options extends object>(
  op: string,
  options: Options,
  known: OptionNames<NoInfer<Options>>,
): void {
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw new ArgumentError(op, "options must be an object of named options", { options });
  }
  // What an object inherits counts as given, since reading an option finds it.
  for (const name in options) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const near = nearest(name, names);
    const rule =
      near === undefined ? `unknown option ${name}.` : `unknown option ${name}, did you mean ${near}?`;
    const list = names.length === 0 ? "There are none" : `Known are ${names.join(", ")}`;
    throw new ArgumentError(op, `${rule} ${list}`, { [name]: options[name] });
  }
}

/**
 * For a constructor without options, where JavaScript would pass over what PyTorch's takes.
 * @throws {ArgumentError} if there is any argument left
 */
export function checkNoMore(op: string, surplus: readonly unknown[]): void {
  if (surplus.length > 0) throw new ArgumentError(op, "takes no further arguments", { surplus });
}

/** @throws {ArgumentError} if the value is neither true nor false */
export function checkFlag(op: string, name: string, value: unknown): void {
  if (typeof value !== "boolean")
    throw new ArgumentError(op, `${name} must be true or false`, { [name]: value });
}

/**
 * A whole number of at least `least`; `quoted` is what the error shows, where the number is part of
 * something.
 */
export function whole(
  op: string,
  name: string,
  value: unknown,
  least: number,
  quoted: unknown = value,
): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new ArgumentError(op, `${name} must be a whole number, ${least} or more`, { [name]: quoted });
}
