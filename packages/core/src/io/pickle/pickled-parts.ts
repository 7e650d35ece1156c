import { isStateArray } from "../../tensor/state-array.js";
import { PickledObject, type PickledValue, stateParts, UnreadTensor } from "./pickled.js";

type Part = readonly [name: string, value: PickledValue];

/** True for what may have parts: a dictionary, a list, an object; not for a tensor. */
export function isContainer(value: PickledValue): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Map ||
    (value instanceof PickledObject && !(value instanceof UnreadTensor))
  );
}

/** What a value consists of, by name; of a module what its `state_dict()` goes through, in that order. */
export function* partsOf(value: PickledValue): Generator<Part> {
  if (isStateArray(value) || !isContainer(value)) return;
  if (value instanceof Map) yield* entryParts(value);
  else if (value instanceof PickledObject) {
    if (isModule(value)) yield* moduleParts(value);
    else {
      yield* listParts(value.args ?? []);
      for (const attributes of stateParts(value)) yield* entryParts(attributes);
      yield* listParts(value.items ?? []);
      yield* entryParts(value.entries ?? new Map());
    }
  } else yield* listParts(value as readonly PickledValue[]);
}

/**
 * True for a module, or for what TorchScript makes of one: an object whose attributes are the tensors and the
 * child modules themselves.
 */
export function isNetwork(value: PickledValue): boolean {
  return isModule(value) || (value instanceof PickledObject && value.name.startsWith("__torch__."));
}

/**
 * True for an object of a subclass of `torch.nn.Module`, which the file does not say, but its attributes do.
 */
function isModule(value: PickledValue): boolean {
  return (
    value instanceof PickledObject &&
    ["_parameters", "_buffers", "_modules"].every((name) => attribute(value, name) instanceof Map)
  );
}

/** Parameters, the buffers that are not said to stay out of a state dict, and child modules. */
function* moduleParts(module: PickledObject): Generator<Part> {
  const transient = setOf(attribute(module, "_non_persistent_buffers_set"));
  for (const name of ["_parameters", "_buffers", "_modules"]) {
    for (const part of entryParts(attribute(module, name) as ReadonlyMap<PickledValue, PickledValue>)) {
      if (name !== "_buffers" || !transient.has(part[0])) yield part;
    }
  }
}

/** Made once for each list: a file may give all its modules one that is as long as itself. */
const sets = new WeakMap<object, ReadonlySet<PickledValue>>();

function setOf(list: PickledValue | undefined): ReadonlySet<PickledValue> {
  if (!Array.isArray(list)) return new Set();
  const known = sets.get(list) ?? new Set(list);
  sets.set(list, known);
  return known;
}

/** An attribute of an object; that of a traced module is in what torch.fx makes it with. */
function attribute(object: PickledObject, name: string): PickledValue | undefined {
  const made = object.args?.[0];
  return [...(made instanceof Map ? [made] : []), ...stateParts(object)]
    .map((part) => part.get(name))
    .findLast((value) => value !== undefined);
}

function* listParts(items: readonly PickledValue[]): Generator<Part> {
  for (const [i, item] of items.entries()) yield [String(i), item];
}

/** By the text of a key; by the place of a key that is a tensor, as optimizers have them, or a tuple. */
function* entryParts(entries: ReadonlyMap<PickledValue, PickledValue>): Generator<Part> {
  let place = 0;
  for (const [key, value] of entries) {
    yield [String(typeof key === "object" && key !== null ? place : key), value];
    place++;
  }
}
