import { checkFlag, checkOptions, type OptionNames } from "../../checks.js";
import { ArgumentError, TensorTypeError } from "../../errors.js";
import { isStateArray, type StateArray } from "../../tensor/state-array.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensorOfStateArray } from "../../tensor/to-tensor.js";
import { assertModule, joinPath, type Module, type NamedTensors, rebuilt, tensorsBelow } from "../module.js";
import { fusedHint } from "./fused-hint.js";
import { matchState, type StateMatch, withoutPrefix } from "./match-state.js";
import { childHint, prefixHint } from "./prefix-hint.js";

/** Arrays by dotted name, as a checkpoint holds them. */
export type StateDict = ReadonlyMap<string, StateArray>;

/** The options of {@link loadStateDict}. */
export interface LoadStateDictOptions {
  /**
   * False: what fits is loaded, and the result says what did not, see {@link LoadedState}. Default true:
   * everything has to fit.
   */
  readonly strict?: boolean;
  /**
   * What stands before the module's names in the checkpoint, with its dot: `module.`, `model.`, `ema.`, ...
   * Names that do not begin with it are not looked at. A list: of each name, the first that it begins with.
   * Default: "", nothing.
   */
  readonly prefix?: string | readonly string[];
}

const loadStateDictOptionNames: OptionNames<LoadStateDictOptions> = { strict: true, prefix: true };

/** What {@link loadStateDict} gives with `strict: false`; `String(loadedState)` says it in words. */
export interface LoadedState extends StateMatch {
  /** The module with what was loaded, and its own tensors elsewhere. */
  readonly module: Module;
  toString(): string;
}

/**
 * All tensors of a module, parameters and buffers, by PyTorch's dotted names.
 * @param module any tree of modules
 * @returns float32 tensors, parameters before buffers in each module; they are the module's own, not copies
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 * @example
 * [...stateDict(new BatchNorm2d(2)).keys()]; // ["weight", "bias", "running_mean", "running_var"]
 */
export function stateDict(module: Module): NamedTensors {
  assertModule("stateDict", "module", module);
  return tensorsBelow(module);
}

/**
 * A module with the tensors of a checkpoint in place of its own, rounded to float32. The given module stays
 * as it is.
 *
 * `num_batches_tracked`, which PyTorch keeps beside running statistics, is passed over.
 *
 * @param module any tree of modules
 * @param state arrays by PyTorch's dotted names; of a training script's checkpoint what `findStateDict` finds
 *   in it
 * @param options strict and prefix, see {@link LoadStateDictOptions}
 * @returns the module; with `strict: false` an object of it and what was loaded, missing, unexpected and of
 *   another shape
 * @throws {TensorTypeError} if the state holds anything but arrays
 * @throws {ArgumentError} if the state is no Map; or does not fit: listing the names that are missing, those
 *   that are unexpected and those of another shape, and saying what it looks like: names behind a prefix, a
 *   part of the module, a network that is fused already or not yet. With `strict: false`, if not one tensor
 *   fits. If no name begins with the prefix, or two names become one
 * @throws {ShapeError} if an array's shape and strides lead out of its data
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
 * @example
 * const conv = new Conv2d(3, 2, 3);
 * loadStateDict(conv, readSafetensors(writeSafetensors(stateDict(conv))));
 * const wrapped = new Map([["module.weight", conv.weight], ["epoch", tensor([3])]]);
 * String(loadStateDict(conv, wrapped, { prefix: "module.", strict: false })); // "1 tensor loaded; missing bias"
 */
export function loadStateDict(
  module: Module,
  state: StateDict,
  options?: LoadStateDictOptions & { readonly strict?: true },
): Module;
export function loadStateDict(
  module: Module,
  state: StateDict,
  options: LoadStateDictOptions & { readonly strict: false },
): LoadedState;
export function loadStateDict(
  module: Module,
  state: StateDict,
  options: LoadStateDictOptions,
): Module | LoadedState;
export function loadStateDict(
  module: Module,
  state: StateDict,
  options: LoadStateDictOptions = {},
): Module | LoadedState {
  assertModule("loadStateDict", "module", module);
  checkState(state);
  checkOptions("loadStateDict", options, loadStateDictOptionNames);
  const { strict = true, prefix = "" } = options;
  checkFlag("loadStateDict", "strict", strict);
  const own = tensorsBelow(module);
  const part = withoutPrefix(state, checkedPrefixes(prefix));
  const match = matchState(own, part);
  const unfit = faults(match);
  if (unfit.length === 0 && strict) return assign(module, "", part.arrays, new Map());
  const hints = unfit.length > 0 ? hintsOf(module, own, state, part.arrays, match.loaded.length) : [];
  const said = [...hints, ...unfit];
  if (strict)
    throw new ArgumentError("loadStateDict", `the state does not fit the module: ${said.join("; ")}`);
  if (match.loaded.length === 0 && unfit.length > 0) {
    throw new ArgumentError(
      "loadStateDict",
      `not one tensor of the state fits the module: ${said.join("; ")}`,
    );
  }
  const fitting = new Map(match.loaded.map((name) => [name, part.arrays.get(name) as StateArray]));
  const count = `${match.loaded.length} ${match.loaded.length === 1 ? "tensor" : "tensors"} loaded`;
  return {
    module: assign(module, "", fitting, new Map()),
    ...match,
    toString: () => [count, ...said].join("; "),
  };
}

/** What a checkpoint that does not fit looks like, and what to do then. */
function hintsOf(
  module: Module,
  own: NamedTensors,
  state: StateDict,
  part: StateDict,
  loaded: number,
): readonly string[] {
  const prefix = prefixHint(own, state, loaded);
  if (prefix?.wraps) return [prefix.text];
  const hints = [fusedHint(module, part), prefix?.text ?? childHint(own, part, loaded)];
  return hints.filter((hint) => hint !== undefined);
}

function checkState(state: StateDict): void {
  if (typeof state?.has !== "function" || typeof state.keys !== "function")
    throw new ArgumentError("loadStateDict", "state must be a Map of arrays by name", { state });
  for (const [name, array] of state) {
    if (isStateArray(array)) continue;
    throw new TensorTypeError("loadStateDict", "the state may hold arrays only", { name, value: array });
  }
}

function checkedPrefixes(prefix: string | readonly string[]): readonly string[] {
  const prefixes: readonly unknown[] = typeof prefix === "string" ? [prefix] : prefix;
  const fits = (one: unknown): boolean => typeof one === "string" && (one === "" || one.endsWith("."));
  if (Array.isArray(prefixes) && prefixes.length > 0 && prefixes.every(fits)) return prefixes as string[];
  throw new ArgumentError(
    "loadStateDict",
    'prefix must be text that ends in a dot, such as "module.", or a list',
    {
      prefix,
    },
  );
}

/** More names than these say nothing; `strict: false` gives them all. */
const mostNames = 12;

/** What does not fit, in words. */
function faults({ missing, unexpected, misshapen }: StateMatch): readonly string[] {
  const shapes = misshapen.map(({ name, shape, expected }) => `${name} [${shape}] instead of [${expected}]`);
  return [
    ...listed("missing", missing),
    ...listed("unexpected", unexpected),
    ...listed("of another shape", shapes),
  ];
}

function listed(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNames ? `, ... ${names.length - mostNames} more` : "";
  return [`${what} ${names.slice(0, mostNames).join(", ")}${more}`];
}

/** @param converted what arrays became, so that an array that is under two names stays one tensor */
function assign(module: Module, path: string, state: StateDict, converted: Map<unknown, Tensor>): Module {
  const tensors = new Map<string, Tensor>();
  for (const name of [...module.ownParameters().keys(), ...module.ownBuffers().keys()]) {
    const given = state.get(joinPath(path, name));
    if (given === undefined) continue;
    const tensor = converted.get(given) ?? tensorOfStateArray("loadStateDict", given);
    converted.set(given, tensor);
    tensors.set(name, tensor);
  }
  const children = new Map<string, Module>();
  for (const [name, child] of module.children()) {
    const loaded = assign(child, joinPath(path, name), state, converted);
    if (loaded !== child) children.set(name, loaded);
  }
  return tensors.size + children.size === 0 ? module : rebuilt(module, tensors, children);
}
