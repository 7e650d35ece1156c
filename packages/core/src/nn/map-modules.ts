import { assertModule, type Module, rebuilt } from "./module.js";

/**
 * A tree with other modules in place of its own: `change` is asked once for every distinct module, a
 * composition after its parts and with what has become of them, and gives the module itself where nothing is
 * to change. A module used in several places stays one module; what nothing changes in stays the same object.
 * The given tree is untouched.
 *
 * @param module any tree of modules
 * @param change gives what is to stand in a module's place
 * @throws {TensorTypeError} if it gives something else than a module
 * @throws {ArgumentError} if a subclass around what changed computes something of its own and inherits how it
 *   is rebuilt
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.apply
 * @example
 * // Keras and YOLO networks add 1e-3 to variances, which no checkpoint says.
 * const block = repVggBlock(8, 8);
 * const yolo = mapModules(block, (m) => (m instanceof BatchNorm2d ? m.with({ eps: 1e-3 }) : m));
 * String(yolo).includes("BatchNorm2d(8, eps=0.001"); // true
 */
export function mapModules(module: Module, change: (module: Module) => Module): Module {
  assertModule("mapModules", "module", module);
  return mapped(module, change, new Map());
}

/** @param done results by module, so that a module used in several places stays one module */
function mapped(module: Module, change: (module: Module) => Module, done: Map<Module, Module>): Module {
  const known = done.get(module);
  if (known !== undefined) return known;
  const changed = new Map<string, Module>();
  for (const [name, child] of module.children()) {
    const result = mapped(child, change, done);
    if (result !== child) changed.set(name, result);
  }
  const result = change(changed.size === 0 ? module : rebuilt(module, new Map(), changed));
  assertModule("mapModules", "what change gives", result);
  done.set(module, result);
  return result;
}
