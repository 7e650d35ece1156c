import { isProxy } from "#host/runtime/inspect.js";
import { current, has } from "../boxes.js";

/** The most names that are told: for those behind them somebody types on. */
const most = 1000;
/** Of a list that is longer, the elements' numbers are not even read. */
const longest = 10_000;

/** What `path` leads to, as far as nothing has to run for it: no getter, no proxy. */
export function valueAt([root = "", ...path]: readonly string[]): unknown {
  // Node keeps this one behind a getter of its own.
  const global = root === "process" ? Reflect.get(globalThis, root) : property(globalThis, root);
  let value = has(root) ? current(root) : global;
  for (const key of path) {
    if (value === undefined || value === null) return undefined;
    value = property(Object(value) as object, key);
  }
  return value;
}

/** The names of what a value has that begin so, its own first, then those of its classes. */
export function memberNames(path: readonly string[], prefix: string): readonly string[] {
  const value = valueAt(path);
  if (value === undefined || value === null) return [];
  const names = new Set<string>();
  let at: object | null = Object(value) as object;
  for (
    ;
    at !== null && at !== Object.prototype && !isProxy(at);
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (isLong(at)) continue;
    for (const name of namesOf(at)) {
      if (names.size === most) return [...names];
      if (name.startsWith(prefix) && name !== "constructor" && !/^\d+$/.test(name)) names.add(name);
    }
  }
  return [...names];
}

/** The last large object that was asked for its names, and these as they were then. */
let listed: { readonly value: object; readonly names: readonly string[] } | undefined;

/**
 * V8 lists all names of an object or none: a million takes half a second, which not more than one completion
 * is to wait for.
 */
function namesOf(value: object): readonly string[] {
  if (listed?.value === value) return listed.names;
  const names = Object.getOwnPropertyNames(value);
  if (names.length > longest) listed = { value, names };
  return names;
}

/** A cell begins, which may give objects other names. */
export function forgetNames(): void {
  listed = undefined;
}

function isLong(value: object): boolean {
  if (ArrayBuffer.isView(value)) return true;
  if (typeof value !== "function" && !Array.isArray(value) && !(value instanceof String)) return false;
  return Number(Object.getOwnPropertyDescriptor(value, "length")?.value) > longest;
}

function property(value: object, key: string): unknown {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (isProxy(at)) return undefined;
    const found = descriptor(at, key);
    if (found) return found.value;
  }
  return undefined;
}

/** A module that has not got to its variable yet throws. */
function descriptor(value: object, key: string): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(value, key);
  } catch {
    return {};
  }
}
