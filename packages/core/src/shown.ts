/**
 * Under this key Node's `console.log`, its debugger and its test runners look for how an object prints
 * itself.
 */
const inspectKey = Symbol.for("nodejs.util.inspect.custom");

/**
 * Under this key notebooks look for how an object shows itself: forms of it by MIME type, of which they take
 * the richest that they know.
 */
const displayKey = Symbol.for("Jupyter.display");

/** How the objects of a class show themselves. */
export interface Showing<T> {
  /** All of it, over as many lines as it takes: in consoles, as a cell's result, and in template literals. */
  readonly text: (it: T) => string;
  /** A few words, where it lies deep inside something that is printed. */
  readonly brief: (it: T) => string;
  /** What notebooks show instead of text; undefined where text says it all. */
  readonly html: (it: T) => string | undefined;
}

/**
 * Lets the objects of a class show themselves in consoles, notebooks and template literals. What somebody has
 * put on the class stays.
 */
export function letShow<T extends object>(prototype: T, { text, brief, html }: Showing<T>): void {
  define(prototype, "toString", function (this: T): string {
    return text(this);
  });
  define(prototype, inspectKey, function (this: T, depth: number | null): string {
    return depth !== null && depth < 0 ? `[${brief(this)}]` : text(this);
  });
  define(prototype, displayKey, function (this: T): Readonly<Record<string, string>> {
    const rich = html(this);
    return { "text/plain": text(this), ...(rich !== undefined && { "text/html": rich }) };
  });
}

/** As classes have their methods: not to be seen in loops over an object's keys. */
function define(prototype: object, key: string | symbol, value: unknown): void {
  if (Object.hasOwn(prototype, key)) return;
  Object.defineProperty(prototype, key, { value, writable: true, configurable: true });
}

/** Text as it stands in HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
