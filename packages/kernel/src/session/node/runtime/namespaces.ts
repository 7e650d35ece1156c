import { SourceTextModule, SyntheticModule } from "node:vm";

/** What `import * as name` gives. */
export interface Namespace {
  readonly [name: string]: unknown;
  readonly default?: unknown;
  readonly __esModule?: unknown;
}

/** What stands for each value that a module is: every import of it gets the same. */
const whole = new WeakMap<object, Promise<Namespace>>();
/** What functions and classes have by themselves, which no module means to export. */
const ownOfFunctions = new Set(["length", "name", "prototype", "arguments", "caller"]);

/**
 * Node finds the names that CommonJS exports by a scan of its text, and misses those that the text computes;
 * types list all. Gives the namespace with every name that the exported value has.
 */
export function completed(
  namespace: Namespace,
  isCommonJs: (exports: unknown) => boolean,
): Namespace | Promise<Namespace> {
  const { default: exports } = namespace;
  if (!isObject(exports) || !("module.exports" in namespace || isCommonJs(exports))) return namespace;
  // One that was compiled from ESM says so by `__esModule`: its default export is what it exports as
  // `default`.
  if (namespace.__esModule === true && (exports as Namespace).__esModule === true)
    return exports as Namespace;
  const names = exportedNames(exports);
  return names.every((name) => name in namespace) ? namespace : namespaceOf(exports);
}

/**
 * A module that is one value, as JSON and CommonJS are: the value is the default export, and what it has the
 * others.
 */
export function namespaceOf(exports: unknown): Promise<Namespace> {
  if (!isObject(exports)) return synthesize(exports, []);
  let made = whole.get(exports);
  if (!made) {
    made = synthesize(exports, exportedNames(exports));
    whole.set(exports, made);
  }
  return made;
}

async function synthesize(exports: unknown, names: readonly string[]): Promise<Namespace> {
  const module = new SyntheticModule([...new Set(["default", ...names])], () => {
    for (const name of names) module.setExport(name, readExport(exports as object, name));
    module.setExport("default", exports);
  });
  await module.link(() => new SourceTextModule(""));
  await module.evaluate();
  return module.namespace as Namespace;
}

/** An export that is computed when it is asked for may fail: then it alone is missing, as in Node. */
function readExport(exports: object, name: string): unknown {
  try {
    return (exports as Namespace)[name];
  } catch {
    return undefined;
  }
}

/** The value's own names, and those of the class that it is an instance of. */
function exportedNames(exports: object): readonly string[] {
  const names = new Set<string>();
  const isFunction = typeof exports === "function";
  for (
    let at: object | null = exports;
    at !== null && !isRoot(at);
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const name of Object.getOwnPropertyNames(at))
      if (!(isFunction && ownOfFunctions.has(name)) && (at === exports || name !== "constructor"))
        names.add(name);
  return [...names];
}

/** Whether everything of its kind inherits from it: what belongs to it is no module's. */
function isRoot(value: object): boolean {
  return value === Object.prototype || value === Function.prototype || value === Array.prototype;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}
