import { checkNoMore } from "../../checks.js";
import { Branches } from "../branches.js";
import type { MeetingOp } from "../meet.js";
import type { Module, NamedModules, NamedTensors } from "../module.js";

/**
 * Branches side by side, their channels joined in order: out = [first(x), second(x), ...] on the channel axis.
 * @see DBB transform IV, https://arxiv.org/abs/2103.13425
 * @example
 * new Concat([new Conv2d(2, 3, 1), new Identity()]).forward(ones([1, 2, 4, 4])).shape; // [1, 5, 4, 4]
 */
export class Concat extends Branches {
  override get typeName(): string {
    return "Concat";
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
    return { kind: "concat" };
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Concat {
    return new Concat(this.replaced(children));
  }
}
