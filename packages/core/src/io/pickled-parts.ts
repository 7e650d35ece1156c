import { isStateArray } from "../tensor/state-array.js";
import { PickledObject, type PickledValue, UnreadTensor } from "./pickled.js";

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
export function partsOf(value: PickledValue): readonly Part[] {
  if (isStateArray(value) || !isContainer(value)) return [];
  if (Array.isArray(value)) return value.map((part, i) => [String(i), part]);
  if (value instanceof Map) return named(value);
  const object = value as PickledObject;
  if (isModule(object)) return moduleParts(object);
  return [
    ...(object.args ?? []).map((part, i): Part => [String(i), part]),
    ...named(object.attributes),
    ...(object.items ?? []).map((part, i): Part => [String(i), part]),
    ...named(object.entries ?? new Map()),
  ];
}

/** True for an object of a subclass of `torch.nn.Module`, which the file does not say, but its attributes do. */
function isModule(value: PickledValue): boolean {
  return (
    value instanceof PickledObject &&
    ["_parameters", "_buffers", "_modules"].every((name) => value.attributes.get(name) instanceof Map)
  );
}

/** True for a module, or for what TorchScript makes of one: an object whose attributes are the tensors and the child modules themselves. */
export function isNetwork(value: PickledValue): boolean {
  return isModule(value) || (value instanceof PickledObject && value.name.startsWith("__torch__."));
}

/** Parameters, the buffers that are not said to stay out of a state dict, and child modules, without those that are None. */
function moduleParts(module: PickledObject): readonly Part[] {
  const { attributes } = module;
  const table = (name: string): readonly Part[] =>
    named(attributes.get(name) as ReadonlyMap<PickledValue, PickledValue>);
  const transient = attributes.get("_non_persistent_buffers_set");
  const isTransient = (name: string): boolean => Array.isArray(transient) && transient.includes(name);
  return [
    ...table("_parameters"),
    ...table("_buffers").filter(([name]) => !isTransient(name)),
    ...table("_modules"),
  ];
}

/** By the text of a key; by the place of a key that is a tensor, as optimizers have them, or a tuple. */
function named(entries: ReadonlyMap<PickledValue, PickledValue>): readonly Part[] {
  return [...entries].map(([key, value], i) => [
    String(typeof key === "object" && key !== null ? i : key),
    value,
  ]);
}
