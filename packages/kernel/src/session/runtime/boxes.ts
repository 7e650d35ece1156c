/** Where a name of the session keeps its value; every cell that uses the name holds the same box. */
export interface Box {
  v: unknown;
  /** Grows with each cell that declared the name. */
  age: number;
}

const boxes = new Map<string, Box>();
/** Names that an import gave: they follow the module's own variable. */
const bound = new Set<string>();
/** Names that are only said to be there. */
const ambient = new Set<string>();

export function box(name: string): Box {
  let found = boxes.get(name);
  if (!found) {
    found = { v: undefined, age: 1 };
    boxes.set(name, found);
  }
  return found;
}

/** Whether a cell that ran has used or declared the name. */
export function has(name: string): boolean {
  return boxes.has(name);
}

/** Makes a name follow `read`, as an imported name follows the module that exports it. */
export function bind(name: string, read: () => unknown): void {
  bound.add(name);
  Object.defineProperty(box(name), "v", {
    configurable: true,
    enumerable: true,
    get: read,
    set(value: unknown) {
      bound.delete(name);
      own(name, value);
    },
  });
}

function own(name: string, value: unknown): void {
  Object.defineProperty(box(name), "v", { configurable: true, enumerable: true, writable: true, value });
}

/** A name's value; an imported one may still wait for its module, and a promised one may not be there. */
export function current(name: string): unknown {
  try {
    return box(name).v;
  } catch {
    return undefined;
  }
}

/** Makes a name that a cell declares anew a variable again, whatever it was. */
export function prepare(name: string): void {
  ambient.delete(name);
  if (bound.delete(name)) own(name, current(name));
}

/**
 * A name that a cell only says is there (`declare const name`): what an earlier cell declared, or else a
 * global, or else nothing, which a ReferenceError says, as in JavaScript.
 */
export function bindAmbient(name: string): void {
  if (box(name).age > 1 && !ambient.has(name)) return;
  ambient.add(name);
  bound.add(name);
  const found = (): boolean => {
    if (name in globalThis) return true;
    throw new ReferenceError(
      `${name} is not defined: it is only declared, and neither a cell nor a global defines it`,
    );
  };
  Object.defineProperty(box(name), "v", {
    configurable: true,
    enumerable: true,
    get: () => found() && Reflect.get(globalThis, name),
    set: (value: unknown) => found() && Reflect.set(globalThis, name, value),
  });
}

/** Notes that a cell has declared these names: what waited for them finds them. */
export function settle(names: readonly string[]): void {
  for (const name of names) if (!ambient.has(name)) box(name).age++;
}

/** What a name was when a cell began that declares it. */
export interface Mark {
  readonly age: number;
  readonly value: unknown;
}

export function mark(name: string): Mark {
  return { age: box(name).age, value: current(name) };
}

/** What a compiled cell calls where it may come to a name before its declaration. */
export function early(name: string, { age, value }: Mark): void {
  // Another cell may have declared it since.
  if (box(name).age === age && Object.is(current(name), value))
    throw new ReferenceError(`Cannot access '${name}' before initialization`);
}
