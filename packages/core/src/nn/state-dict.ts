import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError } from "../errors.js";
import type { StateArray } from "../tensor/state-array.js";
import type { Tensor } from "../tensor/tensor.js";
import { tensorOfStateArray } from "../tensor/to-tensor.js";
import { assertModule, joinPath, type Module, type NamedTensors } from "./module.js";

/** Arrays by dotted name, as a checkpoint holds them. */
export type StateDict = ReadonlyMap<string, StateArray>;

/** The options of {@link loadStateDict}. */
export interface LoadStateDictOptions {
  /** False: names that only one side has are passed over. Shapes must fit all the same. Default true. */
  readonly strict?: boolean;
}

const loadStateDictOptionNames: OptionNames<LoadStateDictOptions> = { strict: true };

/**
 * All tensors of a module, parameters and buffers, by PyTorch's dotted names.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 * @example
 * [...stateDict(new BatchNorm2d(2)).keys()]; // ["weight", "bias", "running_mean", "running_var"]
 */
export function stateDict(module: Module): NamedTensors {
  assertModule("stateDict", "module", module);
  const found = new Map<string, Tensor>();
  collect(module, "", found);
  return found;
}

/**
 * A module with the tensors of a checkpoint in place of its own, rounded to float32. The given module stays as it is.
 *
 * `num_batches_tracked`, which PyTorch keeps beside running statistics, is passed over.
 * @param state arrays by PyTorch's dotted names
 * @throws {ArgumentError} if the state is no Map; or does not fit: listing the names that are missing, those that are unexpected, those
 *   of another shape, and the prefix if a wrapper has put one before every name
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
 * @example
 * const conv = new Conv2d(3, 2, 3);
 * loadStateDict(conv, readSafetensors(writeSafetensors(stateDict(conv))));
 */
export function loadStateDict(module: Module, state: StateDict, options: LoadStateDictOptions = {}): Module {
  if (typeof state?.has !== "function" || typeof state.keys !== "function")
    throw new ArgumentError("loadStateDict", "state must be a Map of arrays by name", { state });
  checkOptions("loadStateDict", options, loadStateDictOptionNames);
  const { strict = true } = options;
  const own = stateDict(module);
  const missing = [...own.keys()].filter((name) => !state.has(name));
  const unexpected = [...state.keys()].filter((name) => !own.has(name) && !isBatchCounter(name, own));
  const misshapen = [...own].flatMap(([name, tensor]) => {
    const given = state.get(name);
    if (given === undefined || String(given.shape) === String(tensor.shape)) return [];
    return [`${name} [${given.shape}] instead of [${tensor.shape}]`];
  });
  const prefix = prefixOf(own, state);
  const problems = [
    ...(strict && prefix ? [`every name is there behind ${JSON.stringify(prefix)}, so take that off`] : []),
    ...(strict && missing.length > 0 ? [`missing ${missing.join(", ")}`] : []),
    ...(strict && unexpected.length > 0 ? [`unexpected ${unexpected.join(", ")}`] : []),
    ...(misshapen.length > 0 ? [`of another shape ${misshapen.join(", ")}`] : []),
  ];
  if (problems.length > 0) {
    throw new ArgumentError("loadStateDict", `the state does not fit the module: ${problems.join("; ")}`);
  }
  return assign(module, "", state, new Map());
}

/** What stands before every name in the checkpoint of a wrapper, such as DataParallel's `module.`; undefined: nothing that all have. */
function prefixOf(own: NamedTensors, state: StateDict): string | undefined {
  const [first] = own.keys();
  if (first === undefined) return undefined;
  const prefixes = [...state.keys()].flatMap((name) =>
    name.endsWith(`.${first}`) ? [name.slice(0, -first.length)] : [],
  );
  return prefixes.find((prefix) => [...own.keys()].every((name) => state.has(prefix + name)));
}

function collect(module: Module, path: string, found: Map<string, Tensor>): void {
  for (const own of [module.ownParameters(), module.ownBuffers()]) {
    for (const [name, tensor] of own) found.set(joinPath(path, name), tensor);
  }
  for (const [name, child] of module.children()) collect(child, joinPath(path, name), found);
}

function isBatchCounter(name: string, own: NamedTensors): boolean {
  const counter = "num_batches_tracked";
  return name.endsWith(counter) && own.has(`${name.slice(0, -counter.length)}running_mean`);
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
  return tensors.size + children.size === 0 ? module : module.rebuild(tensors, children);
}
