import { checkNoMore } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { cat } from "../../ops/cat.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module, type NamedModules, type NamedTensors, namedModules } from "../module.js";
import { mergeChildren } from "./sequential.js";

/**
 * Branches side by side, their channels joined in order: out = [first(x), second(x), ...] on the channel axis.
 * @see DBB transform IV, https://arxiv.org/abs/2103.13425
 * @example
 * new Concat([new Conv2d(2, 3, 1), new Identity()]).forward(ones([1, 2, 4, 4])).shape; // [1, 5, 4, 4]
 */
export class Concat extends Module {
  override get typeName(): string {
    return "Concat";
  }

  readonly #children: NamedModules;

  /**
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if there is no branch
   */
  constructor(branches: readonly Module[] | Readonly<Record<string, Module>>, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.#children = namedModules(this.typeName, branches);
    if (this.#children.size === 0) throw new ArgumentError(this.typeName, "needs at least one branch");
    Object.freeze(this);
  }

  override children(): NamedModules {
    return new Map(this.#children);
  }

  /** @throws {ShapeError} if the outputs differ in another axis than the channels */
  override forward(x: Tensor): Tensor {
    const outputs = [...this.#children.values()].map((branch) => branch.forward(x));
    const rank = (outputs[0] as Tensor).shape.length;
    if (rank !== 3 && rank !== 4) {
      throw new ShapeError(
        this.typeName,
        "the branches must give [channels, height, width] or [batch, channels, height, width]",
        {
          shapes: outputs.map((y) => [...y.shape]),
        },
      );
    }
    return cat(outputs, rank - 3);
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Concat {
    return new Concat(Object.fromEntries(mergeChildren(this.#children, children)));
  }
}
