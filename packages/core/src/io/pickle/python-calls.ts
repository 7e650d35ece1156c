import { PickledObject, type PickledValue } from "./pickled.js";

/**
 * What a call of one of Python's own containers gives, and of the helpers by which its pickles write bytes
 * and old objects: a value of ours. Undefined for every other name.
 *
 * @param take asked before anything as large as the arguments is made
 */
export function callPython(
  name: string,
  args: readonly PickledValue[],
  take: (room: number) => void,
): PickledValue | undefined {
  const [first, second] = args;
  switch (name.replace(/^__builtin__\./, "builtins.")) {
    case "collections.OrderedDict":
    case "collections.Counter":
    case "builtins.dict":
      return dictOf(first, take);
    // Its first argument makes what is missing.
    case "collections.defaultdict":
      return dictOf(second, take);
    case "builtins.set":
    case "builtins.frozenset":
    case "builtins.list":
    case "builtins.tuple":
    case "torch.Size":
      return Array.isArray(first) ? first : args.length === 0 ? [] : undefined;
    // Protocol 2 has no bytes: it has text, and the call that turns it into them.
    case "_codecs.encode":
      if (typeof first !== "string" || !/^latin-?1$/.test(String(second))) return undefined;
      take(first.length);
      return Uint8Array.from(first, (letter) => letter.charCodeAt(0));
    // An object of protocol 1: its class, the base class, and what the base class is made with.
    case "copy_reg._reconstructor":
    case "copyreg._reconstructor":
      return first instanceof PickledObject ? new PickledObject(first.name, args.slice(2)) : undefined;
    default:
      return undefined;
  }
}

/** A dictionary of nothing, of another one, or of pairs, as Python 2 writes it. */
function dictOf(
  from: PickledValue | undefined,
  take: (room: number) => void,
): ReadonlyMap<PickledValue, PickledValue> | undefined {
  if (from instanceof Map) return from;
  const pairs = from === undefined ? [] : from;
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
    return undefined;
  take(4 + pairs.length);
  return new Map(pairs as readonly (readonly [PickledValue, PickledValue])[]);
}
