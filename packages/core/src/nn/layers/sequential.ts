import type { Tensor } from "../../tensor/tensor.js";
import { type CompositionOptions, deployName } from "../composition.js";
import { Module, type NamedModules, type NamedTensors, namedModules } from "../module.js";

/**
 * Modules one after the other: out = last(... second(first(x))); without modules, out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sequential.html
 * @example
 * new Sequential([new Conv2d(3, 2, 3), new ReLU()]);
 * new Sequential({ conv: new Conv2d(3, 2, 3), bn: new BatchNorm2d(2) }); // parameters "conv.weight", ...
 */
export class Sequential extends Module {
  override get typeName(): string {
    return "Sequential";
  }

  readonly #children: NamedModules;
  override readonly deployedAs: string | undefined;

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
    super();
    this.#children = namedModules(this.typeName, modules);
    this.deployedAs = deployName(this.typeName, options);
    Object.freeze(this);
  }

  override children(): NamedModules {
    return new Map(this.#children);
  }

  override forward(x: Tensor): Tensor {
    let out = x;
    for (const module of this.#children.values()) out = module.forward(out);
    return out;
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Sequential {
    const merged = Object.fromEntries(mergeChildren(this.#children, children));
    return new Sequential(merged, { deployedAs: this.deployedAs });
  }
}

/** The children with some of them replaced, in their old order. */
export function mergeChildren(own: NamedModules, replaced: NamedModules): [string, Module][] {
  return [...own].map(([name, child]) => [name, replaced.get(name) ?? child]);
}
