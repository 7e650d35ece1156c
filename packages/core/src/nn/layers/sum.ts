import { ArgumentError } from "../../errors.js";
import { add } from "../../ops/elementwise.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type CompositionOptions, deployName } from "../composition.js";
import { Module, type NamedModules, type NamedTensors, namedModules } from "../module.js";
import { mergeChildren } from "./sequential.js";

/**
 * Branches side by side, added: out = first(x) + second(x) + ..., from left to right, each sum rounded to float32.
 * @see RepVGG, https://arxiv.org/abs/2101.03697, section 3.2
 * @example
 * new Sum([new Conv2d(2, 2, 3, { padding: "same" }), new Conv2d(2, 2, 1), new Identity()]);
 */
export class Sum extends Module {
  override get typeName(): string {
    return "Sum";
  }

  readonly #children: NamedModules;
  override readonly deployedAs: string | undefined;

  /**
   * @param branches by name or numbered
   * @param options deployedAs, see {@link CompositionOptions}
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if there is no branch, or deployedAs is no name
   */
  constructor(
    branches: readonly Module[] | Readonly<Record<string, Module>>,
    options: CompositionOptions = {},
  ) {
    super();
    this.#children = namedModules(this.typeName, branches);
    this.deployedAs = deployName(this.typeName, options);
    if (this.#children.size === 0) throw new ArgumentError(this.typeName, "needs at least one branch");
    Object.freeze(this);
  }

  override children(): NamedModules {
    return new Map(this.#children);
  }

  /** @throws {ShapeError} if the branches' outputs differ in shape */
  override forward(x: Tensor): Tensor {
    return [...this.#children.values()].map((branch) => branch.forward(x)).reduce((sum, y) => add(sum, y));
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Sum {
    const merged = Object.fromEntries(mergeChildren(this.#children, children));
    return new Sum(merged, { deployedAs: this.deployedAs });
  }
}
