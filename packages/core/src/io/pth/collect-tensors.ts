import { FormatError } from "../../errors.js";
import { isStateArray, type StateArray } from "../../tensor/state-array.js";
import { type PickledValue, UnreadTensor } from "../pickle/pickled.js";
import { isContainer, isNetwork, partsOf } from "../pickle/pickled-parts.js";

/** Levels of containers in containers: more than any checkpoint has. */
const mostLevels = 256;

/** What a file holds, by dotted name. */
interface NamedArrays {
  readonly arrays: ReadonlyMap<string, StateArray>;
  readonly unread: ReadonlyMap<string, string>;
}

/** A value that is still to be looked at. */
interface Place {
  readonly value: PickledValue;
  readonly path: string;
  readonly level: number;
  /** Whether it is reached through an object that is neither a container nor a network. */
  readonly inObject: boolean;
}

/**
 * The tensors in a value by dotted name, such as `state_dict.conv.weight`, and those that cannot be read.
 *
 * What is reached twice through containers and modules has two names, as in a `state_dict()`. Other objects
 * refer to anything (a parent, a list of all): what only they refer to is looked at last, and once.
 * @param most parts in all: a value that holds every part twice, and this again and again, has more of them
 *   than memory
 * @throws {FormatError} if two tensors have one name, or there are more parts
 */
export function collectTensors(root: PickledValue, most: number): NamedArrays {
  const arrays = new Map<string, StateArray>();
  const unread = new Map<string, string>();
  const around = new Set<PickledValue>();
  const seen = new Set<PickledValue>();
  const later = new Map<PickledValue, Place>();
  let left = most;

  const visit = ({ value, path, level, inObject }: Place): void => {
    if (isStateArray(value)) {
      const other = arrays.get(path);
      if (other !== undefined && other !== value)
        throw new FormatError("pth", "two tensors have one name", { name: path });
      arrays.set(path, value);
    } else if (value instanceof UnreadTensor) unread.set(path, value.reason);
    else if (level === mostLevels) unread.set(path, "nested too deep to be looked at");
    // What lies inside itself has its name already.
    else if (!around.has(value)) {
      around.add(value);
      seen.add(value);
      const through = inObject || isForeign(value);
      for (const [name, part] of partsOf(value)) {
        if (--left < 0)
          throw new FormatError("pth", "the value has more parts than its size has room for", { most });
        if (!isContainer(part) && !isStateArray(part) && !(part instanceof UnreadTensor)) continue;
        const own = path === "" ? name : `${path}.${name}`;
        const place: Place = { value: part, path: own, level: level + 1, inObject: through };
        if (!through || !isForeign(part)) visit(place);
        else if (!later.has(part)) later.set(part, place);
      }
      around.delete(value);
    }
  };
  visit({ value: root, path: "", level: 0, inObject: false });
  for (const [value, place] of later) if (!seen.has(value)) visit(place);
  return { arrays, unread };
}

/** True for an object that is neither a container nor a network. */
function isForeign(value: PickledValue): boolean {
  return isContainer(value) && !Array.isArray(value) && !(value instanceof Map) && !isNetwork(value);
}
