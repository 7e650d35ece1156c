import type { MeetingOp } from "../../graph/op.js";
import { Branches } from "../branches.js";
import type { CompositionOptions } from "../composition.js";
import type { Module, NamedModules, NamedTensors } from "../module.js";

/**
 * Branches side by side, added: out = first(x) + second(x) + ..., from left to right, each sum rounded to
 * float32.
 * @see RepVGG, https://arxiv.org/abs/2101.03697, section 3.2
 * @example
 * new Sum([new Conv2d(2, 2, 3, { padding: "same" }), new Conv2d(2, 2, 1), new Identity()]);
 */
export class Sum extends Branches {
  override get typeName(): string {
    return "Sum";
  }

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
    super(branches, options);
    Object.freeze(this);
  }

  override get meeting(): MeetingOp {
    return { kind: "add" };
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Sum {
    return new Sum(this.replaced(children), { deployedAs: this.deployedAs });
  }
}
