import { ArgumentError, TensorTypeError } from "../errors.js";
import { letShow } from "../shown.js";
import type { Tensor } from "../tensor/tensor.js";
import { moduleHtml } from "./module-html.js";

/** Named tensors; the names are PyTorch's, dotted where they pass through children. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

/**
 * Child modules by name, in the order in which they were given. A name that is "" or begins with a dot is
 * left out of dotted names.
 */
export type NamedModules = ReadonlyMap<string, Module>;

/**
 * A layer or a composition of layers: an immutable value. What PyTorch does by mutation (loading weights,
 * switching to evaluation, fusing) gives a new module here, and the old one stays what it was.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
 * @example
 * const block: Module = new Sequential([new Conv2d(2, 3, 3), new ReLU()]);
 * block.parameters(); // ["0.weight", "0.bias"]
 */
export abstract class Module {
  /**
   * What this type of module is called: printed, and quoted in refusals, costs and profiles. Every layer
   * states it, since bundlers that minify rename classes. A subclass that states none goes by its parent's:
   * to give it one of its own, override this getter.
   * @example
   * class Swish extends Elementwise {
   *   override get typeName() { return "Swish"; }
   *   readonly steepest = 1.1;
   *   override of(x: number) { return x / (1 + Math.exp(-x)); }
   * }
   * String(new Swish()); // "Swish()"
   */
  get typeName(): string {
    return "Module";
  }

  /** What errors and consoles call it. */
  get [Symbol.toStringTag](): string {
    return this.typeName;
  }

  /**
   * What the authors' inference code calls the one layer that this composition becomes; undefined: nothing
   * that is known.
   */
  declare readonly deployedAs?: string | undefined;

  static {
    letShow<Module>(Module.prototype, {
      text: String,
      brief: (module) => module.typeName,
      html: (module) => moduleHtml(String(module), new Map([...module.parameters(), ...module.buffers()])),
    });
  }

  /** Computes the output for x. */
  abstract forward(x: Tensor): Tensor;

  /** The direct children by name. */
  children(): NamedModules {
    return new Map();
  }

  /** This module's own learnable tensors, without its children's. */
  ownParameters(): NamedTensors {
    return new Map();
  }

  /** This module's own tensors that are not learned (running statistics), without its children's. */
  ownBuffers(): NamedTensors {
    return new Map();
  }

  /**
   * The same module with other tensors and children in place of its own; whatever is not named stays. A
   * subclass that computes something of its own, or names its tensors otherwise, needs its own: where it
   * inherits one, loading, mapping and fusing refuse it.
   * @param tensors by the names of ownParameters and ownBuffers, same shapes
   * @param children by the names of children()
   */
  abstract rebuild(tensors: NamedTensors, children: NamedModules): Module;

  /**
   * The learnable tensors of this module and everything below it.
   * @returns PyTorch's dotted names in PyTorch's order: own tensors first, then each child's; a shared tensor
   *   appears under each name
   * @example
   * [...new Sequential([new Conv2d(3, 2, 3)]).parameters().keys()]; // ["0.weight", "0.bias"]
   */
  parameters(): NamedTensors {
    return collect(this, (module) => module.ownParameters());
  }

  /** The tensors that are not learned, of this module and everything below it, by dotted names. */
  buffers(): NamedTensors {
    return collect(this, (module) => module.ownBuffers());
  }

  /** What PyTorch prints between the brackets, e.g. `3, 2, kernel_size=(3, 3), stride=(1, 1)`. */
  protected extraRepr(): string {
    return "";
  }

  /** As PyTorch prints a module. */
  toString(): string {
    const name = this.typeName;
    const children = this.children();
    const extra = this.extraRepr();
    if (children.size === 0) return `${name}(${extra})`;
    const lines = extra === "" ? [] : [extra];
    for (const [key, child] of children) lines.push(`(${key}): ${String(child).replaceAll("\n", "\n  ")}`);
    return `${name}(\n  ${lines.join("\n  ")}\n)`;
  }
}

/** @throws {TensorTypeError} if a value is no module */
export function assertModule(op: string, name: string, value: unknown): asserts value is Module {
  if (!(value instanceof Module))
    throw new TensorTypeError(op, `${name} must be a module`, { [name]: value });
}

/**
 * A module with other tensors and children in place of its own, by its own `rebuild`.
 * @throws {ArgumentError} if that makes something else of it, see {@link checkSame}
 */
export function rebuilt(module: Module, tensors: NamedTensors, children: NamedModules): Module {
  const result = module.rebuild(tensors, children);
  checkSame(module, result, "rebuild");
  return result;
}

/**
 * Whoever overrides what a layer computes, or its tensors' names, and inherits how it is rebuilt would get
 * the parent's layer back without a word.
 * @throws {ArgumentError} if a rebuilt module is of another class and has other methods for that
 */
export function checkSame(module: Module, result: Module, maker: "rebuild" | "with"): void {
  if (result.constructor === module.constructor) return;
  const own = ["forward", "connect", "of", "ownParameters", "ownBuffers"].find(
    (name) => Reflect.get(module, name) !== Reflect.get(result, name),
  );
  if (own === undefined) return;
  throw new ArgumentError(
    module.typeName,
    `a subclass with its own ${own} needs its own ${maker} too: the one it inherits gives its parent's layer`,
  );
}

/** Children from a list (named "0", "1", ...) or from an object. */
export function namedModules(
  op: string,
  modules: readonly Module[] | Readonly<Record<string, Module>>,
): NamedModules {
  if (typeof modules !== "object" || modules === null || modules instanceof Module) {
    throw new TensorTypeError(op, "modules must be a list or an object of modules", { modules });
  }
  const named = new Map(Object.entries(modules));
  for (const [name, module] of named) assertModule(op, `modules.${name}`, module);
  return named;
}

/** True for a dotted name that is `root`, or lies below it; "" is the whole, below which everything lies. */
export function isAtOrBelow(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}.`);
}

/** Two dotted names as one; a child's name that is "" or begins with a dot is not to be seen in them. */
export function joinPath(path: string, name: string): string {
  if (name === "" || name.startsWith(".")) return path;
  return path === "" ? name : `${path}.${name}`;
}

/**
 * Own tensors of a module and of everything below it, parameters before buffers, by dotted names that begin
 * with the path.
 */
export function tensorsBelow(module: Module, path = ""): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const own of [module.ownParameters(), module.ownBuffers()]) {
    for (const [name, tensor] of own) found.set(joinPath(path, name), tensor);
  }
  for (const [name, child] of module.children()) {
    for (const [key, tensor] of tensorsBelow(child, joinPath(path, name))) found.set(key, tensor);
  }
  return found;
}

function collect(module: Module, own: (module: Module) => NamedTensors): NamedTensors {
  const found = new Map(own(module));
  for (const [name, child] of module.children()) {
    for (const [key, value] of collect(child, own)) found.set(joinPath(joinPath("", name), key), value);
  }
  return found;
}
