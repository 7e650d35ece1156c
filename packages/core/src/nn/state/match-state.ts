import { ArgumentError } from "../../errors.js";
import type { StateArray } from "../../tensor/state-array.js";
import type { NamedTensors } from "../module.js";

/** A tensor that both sides have, in two shapes. */
export interface MisshapenTensor {
  /** The module's name of it. */
  readonly name: string;
  /** In the checkpoint. */
  readonly shape: readonly number[];
  /** In the module. */
  readonly expected: readonly number[];
}

/** How a checkpoint and a module fit, name by name. */
export interface StateMatch {
  /** The module's names that the checkpoint has, in the same shape. */
  readonly loaded: readonly string[];
  /** The module's names that the checkpoint lacks. */
  readonly missing: readonly string[];
  /** The checkpoint's names, with their prefix, that the module lacks. */
  readonly unexpected: readonly string[];
  /** What both have, in another shape. */
  readonly misshapen: readonly MisshapenTensor[];
}

/**
 * Compares names and shapes. `num_batches_tracked`, which PyTorch keeps beside running statistics, is no name
 * of its own.
 */
export function matchState(own: NamedTensors, state: PrefixedState): StateMatch {
  const both = [...own].flatMap(([name, { shape: expected }]) => {
    const given = state.arrays.get(name);
    return given === undefined ? [] : [{ name, shape: [...given.shape], expected: [...expected] }];
  });
  const misshapen = both.filter(({ shape, expected }) => String(shape) !== String(expected));
  const others = new Set(misshapen.map(({ name }) => name));
  return {
    loaded: both.map(({ name }) => name).filter((name) => !others.has(name)),
    missing: [...own.keys()].filter((name) => !state.arrays.has(name)),
    unexpected: [...state.arrays.keys()]
      .filter((name) => !own.has(name) && !isBatchCounter(name, own))
      .map((name) => state.fullNames.get(name) as string),
    misshapen,
  };
}

/** A checkpoint whose names have lost their prefix. */
export interface PrefixedState {
  readonly arrays: ReadonlyMap<string, StateArray>;
  /** What the names were, by what they are. */
  readonly fullNames: ReadonlyMap<string, string>;
}

/**
 * The part of a checkpoint behind a prefix; of several, the first that a name begins with.
 * @throws {ArgumentError} if no name begins with one, or two names become one
 */
export function withoutPrefix(
  state: ReadonlyMap<string, StateArray>,
  prefixes: readonly string[],
): PrefixedState {
  const arrays = new Map<string, StateArray>();
  const fullNames = new Map<string, string>();
  for (const [full, array] of state) {
    const prefix = prefixes.find((one) => full.startsWith(one));
    if (prefix === undefined) continue;
    const name = full.slice(prefix.length);
    const other = fullNames.get(name);
    if (other !== undefined) {
      throw new ArgumentError(
        "loadStateDict",
        "two names become one without their prefixes: give one of these",
        {
          prefix: prefixes,
          names: [other, full],
        },
      );
    }
    arrays.set(name, array);
    fullNames.set(name, full);
  }
  if (arrays.size === 0 && state.size > 0) {
    throw new ArgumentError("loadStateDict", "no name of the state begins with the prefix", {
      prefix: prefixes,
      names: [...state.keys()],
    });
  }
  return { arrays, fullNames };
}

function isBatchCounter(name: string, own: NamedTensors): boolean {
  const counter = "num_batches_tracked";
  return name.endsWith(counter) && own.has(`${name.slice(0, -counter.length)}running_mean`);
}
