import { isProxy } from "#host/runtime/inspect.js";

/** What a value is shown as, by MIME type; bytes as they are. */
export type Bundle = { readonly [mime: string]: unknown };

/**
 * Knows one kind of value by what it has, never by running a getter of the value's own: nothing is imported
 * from the libraries whose values these are. Undefined for every other value.
 */
export type Viewer = (value: object) => Bundle | Promise<Bundle | undefined> | undefined;

/** The most text that a picture or a page may have that is shown by itself. */
export const longestMarkup = 10_000_000;

/**
 * A property that is there as a value: on the object or its classes, and not computed when it is asked for.
 */
export function stored(value: object, key: PropertyKey): unknown {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    // Asking a proxy for anything can run code.
    if (isProxy(at)) return undefined;
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (property) return property.value;
  }
  return undefined;
}

/**
 * A property as the value's class means it: stored, or computed by the class. A getter of the value's own is
 * not run.
 */
export function classProperty(value: object, key: PropertyKey): unknown {
  if (isProxy(value)) return undefined;
  const own = Object.getOwnPropertyDescriptor(value, key);
  if (own) return own.value;
  return (value as { readonly [key: PropertyKey]: unknown })[key];
}

export function hasMethods(value: object, names: readonly string[]): boolean {
  return names.every((name) => typeof stored(value, name) === "function");
}

/** Whether a value is a plain object, as a literal or `JSON.parse` makes it. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another `Object`, whose prototype is a root as well.
  return (
    prototype === null ||
    (!Array.isArray(value) &&
      Object.getPrototypeOf(prototype) === null &&
      Object.hasOwn(prototype as object, "hasOwnProperty"))
  );
}
