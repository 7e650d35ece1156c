import type { StateArray } from "../../tensor/state-array.js";

/**
 * A value of a pickle: numbers, text and bytes as they are; lists, tuples and sets as arrays; dictionaries of
 * every kind as Maps; tensors; and for whatever else Python has, a {@link PickledObject}.
 */
export type PickledValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickledValue[]
  | ReadonlyMap<PickledValue, PickledValue>
  | StateArray
  | PickledObject;

/**
 * Stands for a Python object, class or function: its name and what the file says of it, as data. Nothing was
 * looked up by the name, and nothing was run.
 * @example
 * String(new PickledObject("argparse.Namespace", [])); // "argparse.Namespace(...)"
 */
export class PickledObject {
  /** Of the class or function, e.g. `argparse.Namespace`. */
  readonly name: string;
  /** What it was called with to make the object; undefined: this is the class or function itself. */
  readonly args: readonly PickledValue[] | undefined;
  /** What was then set: of most objects their attributes, a Map by name. */
  readonly state: PickledValue = null;
  /** What a list of a class of its own holds. */
  readonly items: readonly PickledValue[] | undefined = undefined;
  /** What a dictionary of a class of its own holds. */
  readonly entries: ReadonlyMap<PickledValue, PickledValue> | undefined = undefined;

  /**
   * @param name of the class or function
   * @param args what it was called with; undefined: it was not called
   */
  constructor(name: string, args?: readonly PickledValue[]) {
    this.name = name;
    this.args = args;
  }

  /** The attributes by name, where the file sets any: in a dictionary, or beside one in slots. */
  get attributes(): ReadonlyMap<PickledValue, PickledValue> {
    const [first = new Map(), second] = stateParts(this);
    return second === undefined ? first : new Map([...first, ...second]);
  }

  /** Its name, with `(...)` behind it where it was called. */
  toString(): string {
    return this.args === undefined ? this.name : `${this.name}(...)`;
  }
}

/** The dictionaries of an object's attributes: one, or a pair of which either may be None. */
export function stateParts({ state }: PickledObject): readonly ReadonlyMap<PickledValue, PickledValue>[] {
  const parts: readonly PickledValue[] = Array.isArray(state) && state.length === 2 ? state : [state];
  return parts.filter((part) => part instanceof Map);
}

/**
 * A tensor that cannot be given as the numbers that it has: of complex numbers, sparse, quantized, without
 * memory.
 */
export class UnreadTensor extends PickledObject {
  /** What it is. */
  readonly reason: string;

  constructor(name: string, args: readonly PickledValue[], reason: string) {
    super(name, args);
    this.reason = reason;
  }
}

/** The part of the format that a pickle leaves open. */
export interface PickleHost {
  /**
   * What a call of a function gives, if the host knows it by its name; otherwise the call stays what it is, a
   * name and arguments.
   */
  readonly call: (name: string, args: readonly PickledValue[]) => PickledValue | undefined;
  /** What a reference to something outside the pickle stands for. */
  readonly persistent: (id: PickledValue) => PickledValue;
}
