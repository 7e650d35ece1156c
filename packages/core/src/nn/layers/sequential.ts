import { Composition, type CompositionOptions, type Wiring } from "../composition.js";
import type { Module, NamedModules, NamedTensors } from "../module.js";

/**
 * Modules one after the other: out = last(... second(first(x))); without modules, out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sequential.html
 * @example
 * new Sequential([new Conv2d(3, 2, 3), new ReLU()]);
 * new Sequential({ conv: new Conv2d(3, 2, 3), bn: new BatchNorm2d(2) }); // parameters "conv.weight", ...
 */
export class Sequential extends Composition {
  override get typeName(): string {
    return "Sequential";
  }

  /**
   * @param modules in their order, by name or numbered
   * @param options deployedAs, see {@link CompositionOptions}
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if deployedAs is no name
   */
  constructor(
    modules: readonly Module[] | Readonly<Record<string, Module>>,
    options: CompositionOptions = {},
  ) {
    super(modules, options);
    Object.freeze(this);
  }

  override connect<Wire>(x: Wire, wiring: Wiring<Wire>): Wire {
    return [...this.children().keys()].reduce((out, name) => wiring.child(name, out), x);
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Sequential {
    return new Sequential(this.replaced(children), { deployedAs: this.deployedAs });
  }
}
