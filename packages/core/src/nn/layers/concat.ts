import { checkNoMore } from "../../checks.js";
import type { MeetingOp } from "../../graph/op.js";
import { Branches } from "../branches.js";
import type { Module, NamedModules, NamedTensors } from "../module.js";
import { outputRank } from "../output-rank.js";

/**
 * Branches side by side, their channels joined in order: out = [first(x), second(x), ...] on the channel
 * axis, which is axis 1, or axis 0 of an image without its batch.
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
    // Sequences, [batch, channels, width], have as many axes as an image without its batch: the branches know
    // which they give.
    const rank = [...this.children().values()].map(outputRank).find((known) => known !== undefined);
    return { kind: "concat", ...(rank !== undefined && rank !== 2 && { rank }) };
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Concat {
    return new Concat(this.replaced(children));
  }
}
