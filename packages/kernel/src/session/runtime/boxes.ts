/** Where a name of the session keeps its value; every cell that uses the name holds the same box. */
export interface Box {
  v: unknown;
}

const boxes = new Map<string, Box>();
/** Names that an import gave: they follow the module's own variable. */
const bound = new Set<string>();

export function box(name: string): Box {
  let found = boxes.get(name);
  if (!found) {
    found = { v: undefined };
    boxes.set(name, found);
  }
  return found;
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
      Object.defineProperty(box(name), "v", { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

/** Makes a name that a cell declares anew a variable again, whatever it was. */
export function prepare(name: string): void {
  if (!bound.delete(name)) return;
  const at = box(name);
  Object.defineProperty(at, "v", { configurable: true, enumerable: true, writable: true, value: at.v });
}

export function allValues(): readonly unknown[] {
  return [...boxes.values()].map((at) => at.v);
}
