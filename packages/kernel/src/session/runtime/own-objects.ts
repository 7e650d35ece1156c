const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } =
  Reflect;
const { is } = Object;

/** A property as it was before any cell ran. */
interface Property {
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor;
  /** For a reader. */
  readonly label: string;
}

/** One of the language's own objects, as it was before any cell ran. */
interface Known {
  readonly owner: object;
  readonly name: string;
  readonly parent: object | null;
  readonly properties: readonly Property[];
  /** Whether all of its properties are kept as they are; of the global object only those that are listed. */
  readonly isWhole: boolean;
}

/** What every host has of them. */
const language: readonly string[] = [
  ..."Object Function Array String Number Boolean Symbol BigInt Math JSON Reflect RegExp Proxy eval".split(
    " ",
  ),
  ..."Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError".split(" "),
  ..."Promise Map Set WeakMap WeakSet WeakRef Atomics ArrayBuffer DataView SharedArrayBuffer".split(" "),
  ..."Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array".split(" "),
  ..."Float32Array Float64Array BigInt64Array BigUint64Array".split(" "),
  ..."globalThis parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent".split(
    " ",
  ),
];
/** What cells replace for their own ends, and the session does not need. */
const left: readonly string[] = ["Math.random"];
/** Added to any of the objects, these change what the language itself does with them. */
const telling: readonly PropertyKey[] = [
  "then",
  "toJSON",
  Symbol.isConcatSpreadable,
  Symbol.iterator,
  Symbol.species,
  Symbol.toPrimitive,
  Symbol.toStringTag,
];

/** How many names a sentence has. */
const longestList = 8;

const known: Known[] = [];
const root = Object.prototype;

/**
 * Notes what the language's own objects are, before any cell runs.
 * @param more names of globals that a host's session stands on too. Clocks, timers, `console` and the rest
 *   belong to the cells.
 */
export function noteObjects(more: readonly string[]): void {
  const globals = [...language, ...more];
  note(globalThis, "globalThis", globals);
  for (const name of globals) {
    const value: unknown = Reflect.get(globalThis, name);
    if (!isObject(value)) continue;
    note(value, name);
    const prototype: unknown = Reflect.get(value, "prototype");
    if (isObject(prototype)) note(prototype, `${name}.prototype`);
  }
  // What no global leads to.
  const samples: { readonly [name: string]: object } = {
    "array iterator": [][Symbol.iterator](),
    "map iterator": new Map()[Symbol.iterator](),
    "set iterator": new Set()[Symbol.iterator](),
    "string iterator": ""[Symbol.iterator](),
    "matchAll iterator": "".matchAll(/a/g),
    generator: (function* () {})(),
    "async generator": (async function* () {})(),
    "generator function": function* () {},
    "async function": async () => {},
    "typed array constructor": Uint8Array,
    "typed array": Uint8Array.prototype,
  };
  for (const [name, sample] of Object.entries(samples))
    for (let each = getPrototypeOf(sample); each !== null; each = getPrototypeOf(each))
      note(each, `${name}'s prototype`);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function note(owner: object, name: string, keys: readonly PropertyKey[] = ownKeys(owner)): void {
  if (known.some((other) => other.owner === owner)) return;
  const properties: Property[] = [];
  for (const key of keys) {
    const descriptor = getOwnPropertyDescriptor(owner, key);
    const label = typeof key === "symbol" ? `${name}[${key.description}]` : `${name}.${key}`;
    // Without a prototype: nothing that a cell adds to all objects is taken for a part of it.
    if (descriptor && !left.includes(label)) properties.push({ key, descriptor: bare(descriptor), label });
  }
  known.push({ owner, name, parent: getPrototypeOf(owner), properties, isWhole: owner !== globalThis });
}

function bare(descriptor: PropertyDescriptor): PropertyDescriptor {
  setPrototypeOf(descriptor, null);
  return descriptor;
}

/**
 * Makes the language's own objects what they were, and gives the names of those that were something else, and
 * of those that stay so. Until it is done nothing may be used that a cell can have replaced: no method, no
 * iteration, no assignment to an element.
 */
export function putBackObjects(): { readonly changed: string; readonly stuck: string } {
  const changed = new Names();
  const stuck = new Names();
  for (let at = 0; at < known.length; at++) {
    const { owner, name, parent, properties, isWhole } = known[at] as Known;
    if (getPrototypeOf(owner) !== parent) {
      if (setPrototypeOf(owner, parent)) changed.add(`${name}'s own prototype`);
      else stuck.add(`${name}'s own prototype`);
    }
    for (let index = 0; index < properties.length; index++) {
      const { key, descriptor, label } = properties[index] as Property;
      const found = getOwnPropertyDescriptor(owner, key);
      if (found && isSame(bare(found), descriptor)) continue;
      if (defineProperty(owner, key, descriptor)) changed.add(label);
      else stuck.add(label);
    }
    if (!isWhole) continue;
    const keys = ownKeys(owner);
    if (keys.length === properties.length) continue;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as PropertyKey;
      if (!isNew(key, properties) || !(owner === root || isTelling(key))) continue;
      if (deleteProperty(owner, key)) changed.add(added(name, key));
      else stuck.add(added(name, key));
    }
  }
  return { changed: changed.text, stuck: stuck.text };
}

/** Whether a property does the same; whether it may be changed, or is listed, does not count. */
function isSame(found: PropertyDescriptor, descriptor: PropertyDescriptor): boolean {
  return is(found.value, descriptor.value) && found.get === descriptor.get && found.set === descriptor.set;
}

function isNew(key: PropertyKey, properties: readonly Property[]): boolean {
  for (let at = 0; at < properties.length; at++) if ((properties[at] as Property).key === key) return false;
  return true;
}

function isTelling(key: PropertyKey): boolean {
  for (let at = 0; at < telling.length; at++) if (telling[at] === key) return true;
  // An element that every array without one would have.
  return typeof key === "string" && `${+key >>> 0}` === key;
}

/** Names for a reader; of hundreds the first ones will do. */
class Names {
  #text = "";
  #count = 0;

  add(name: string): void {
    if (this.#count < longestList) this.#text += this.#count === 0 ? name : `, ${name}`;
    this.#count++;
  }

  /** "" where there are none. */
  get text(): string {
    const more = this.#count - longestList;
    return more > 0 ? `${this.#text} and ${more} more` : this.#text;
  }
}

function added(name: string, key: PropertyKey): string {
  return typeof key === "symbol" ? `${name}[a symbol]` : `${name}.${key as string}`;
}
