import { checkNoMore } from "../../checks.js";
import type { MeetingOp } from "../../graph/op.js";
import { Branches } from "../branches.js";
import type { Module, NamedModules, NamedTensors } from "../module.js";

/**
 * Branches side by side, multiplied: out = first(x) second(x) ..., from left to right, each product rounded
 * to float32. A branch after the first may give one value a channel, [batch, channels, 1, 1], as gates do.
 * @see squeeze-and-excitation, https://arxiv.org/abs/1709.01507, section 3
 * @example
 * new Product([new Identity(), new Sigmoid()]).forward(ones([1, 2, 4, 4])).shape; // [1, 2, 4, 4]
 */
export class Product extends Branches {
  override get typeName(): string {
    return "Product";
  }

  /**
   * @param branches by name or numbered
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if there is no branch
   */
  constructor(branches: readonly Module[] | Readonly<Record<string, Module>>, ...surplus: never[]) {
    super(branches);
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override get meeting(): MeetingOp {
    return { kind: "multiply" };
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Product {
    return new Product(this.replaced(children));
  }
}
