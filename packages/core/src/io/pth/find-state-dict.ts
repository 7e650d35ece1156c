import { checkOptions, type OptionNames } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { StateDict } from "../../nn/state/state-dict.js";
import { isStateArray } from "../../tensor/state-array.js";
import { Budget } from "../binary/budget.js";
import { FileArrays } from "../binary/file-arrays.js";
import type { PickledValue } from "../pickle/pickled.js";
import { isContainer, isNetwork, partsOf } from "../pickle/pickled-parts.js";
import { PthArrays } from "./pth.js";
import { foldWeightNorm } from "./weight-norm.js";

/** The options of {@link findStateDict}. */
export interface FindStateDictOptions {
  /**
   * The dotted name of the part that is meant, e.g. `generator` or `ema.module`. Default: what the function
   * finds.
   */
  readonly at?: string;
}

const findStateDictOptionNames: OptionNames<FindStateDictOptions> = { at: true };

/**
 * Under these names training scripts keep a network or its state dict; first those of its running average,
 * which is what they evaluate.
 */
const averagedNames = ["state_dict_ema", "ema_state_dict", "model_ema", "ema_model", "params_ema", "ema"];
const trainedNames = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "module",
  "params",
  "network",
  "net",
  "weights",
];

/** What else has tensors. */
const besides = /optim|sched|scaler|rng|^amp$|callbacks|loops|criterion|loss/i;

/**
 * The state dict in a checkpoint: the names and tensors that {@link loadStateDict} takes.
 *
 * A training script saves a network beside its optimizer and more. Of what {@link readPth} gives, this is the
 * part called `state_dict`, `model`, `params`, `net`, ... (looked for within each other), or its running
 * average (`ema`, `state_dict_ema`, `params_ema`, ...) where that holds every tensor of it; or else the one
 * part that holds tensors. Of any other `Map` it is all.
 *
 * Weights that `weight_norm` has split are put together: `weight_g` and `weight_v`, or
 * `parametrizations.weight.original0` and `original1`, become `weight` = g v / |v|, computed in float64 and
 * rounded once.
 * @param file what a reader gave
 * @param options see {@link FindStateDictOptions}
 * @returns arrays by the names that the network gives them; in `unread` those that could not be read
 * @throws {ArgumentError} if nothing is found, or several parts hold tensors: the message lists them, for
 *   `at`
 * @throws {FormatError} if the weights would take more than twice the memory of what they are made from, as
 *   expanded tensors can
 * @see https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html
 * @example
 * const state = findStateDict(readPth(readFileSync("checkpoint.pth")));
 * [...state.keys()].slice(0, 3); // ["0.weight", "1.weight", "1.bias"]
 * [...findStateDict(new Map([["conv.weight_g", ones([2, 1])], ["conv.weight_v", ones([2, 4])]])).keys()]; // ["conv.weight"]
 */
export function findStateDict(file: StateDict, options: FindStateDictOptions = {}): FileArrays {
  if (typeof file?.has !== "function" || typeof file.keys !== "function")
    throw new ArgumentError("findStateDict", "file must be a Map of arrays by name", { file });
  checkOptions("findStateDict", options, findStateDictOptionNames);
  const { at = file instanceof PthArrays ? foundIn(file) : "" } = options;
  if (typeof at !== "string") throw new ArgumentError("findStateDict", "at must be a dotted name", { at });
  const state = new Map(within(file, at));
  if (state.size === 0)
    throw new ArgumentError("findStateDict", "there is no tensor in the file, or under that name", { at });
  const memory = new Map([...state.values()].map(({ data }) => [data.buffer, data.byteLength]));
  const stored = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  const arrays = foldWeightNorm(state, new Budget("findStateDict", 2 * stored));
  return new FileArrays(arrays, within(file instanceof FileArrays ? file.unread : new Map(), at));
}

/** What stands under a dotted name, by what follows it. */
function within<T>(entries: ReadonlyMap<string, T>, at: string): readonly (readonly [string, T])[] {
  if (at === "") return [...entries];
  return [...entries].flatMap(([name, value]) =>
    name.startsWith(`${at}.`) ? [[name.slice(at.length + 1), value] as const] : [],
  );
}

function foundIn(file: PthArrays): string {
  const found = new Search(file).pathIn(file.value, "");
  if (typeof found === "string") return found;
  throw new ArgumentError("findStateDict", "several parts hold tensors, so name one by at", { at: found });
}

/** Finds the state dict in what a file holds. */
class Search {
  readonly #file: StateDict;
  /** In order, so that whether any begins with a text is found without looking at all. */
  readonly #names: readonly string[];

  constructor(file: StateDict) {
    this.#file = file;
    this.#names = [...file.keys()].sort();
  }

  /**
   * The dotted name of the state dict in a value, whose own name is `path`; where several parts could be
   * meant, theirs.
   */
  pathIn(value: PickledValue, path: string): string | readonly string[] {
    if (isNetwork(value)) return path;
    const all = [...partsOf(value)];
    const parts = all.flatMap(([name, part]) => {
      const own = path === "" ? name : `${path}.${name}`;
      return isContainer(part) && this.#holdsTensors(own) ? [{ name, part, own }] : [];
    });
    const called = (names: readonly string[]): string | readonly string[] | undefined => {
      const [first] = names.flatMap((name) => parts.filter((part) => part.name === name));
      return first && this.pathIn(first.part, first.own);
    };
    const averaged = called(averagedNames);
    const trained = called(trainedNames);
    if (typeof averaged === "string" && (typeof trained !== "string" || this.#holdsAll(averaged, trained)))
      return averaged;
    if (trained !== undefined) return trained;
    if (parts.length === 0 || all.some(([, part]) => isStateArray(part))) return path;
    const networks = parts.filter(({ name }) => !besides.test(name));
    const [network] = networks;
    if (network !== undefined && networks.length === 1) return this.pathIn(network.part, network.own);
    return parts.map(({ own }) => own);
  }

  #holdsTensors(path: string): boolean {
    const names = this.#names;
    let [low, high] = [0, names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((names[middle] as string) < `${path}.`) low = middle + 1;
      else high = middle;
    }
    return names[low]?.startsWith(`${path}.`) ?? false;
  }

  #holdsAll(averaged: string, trained: string): boolean {
    return within(this.#file, trained).every(([name]) => this.#file.has(`${averaged}.${name}`));
  }
}
