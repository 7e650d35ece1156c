import type { AttributeNumbers } from "../../write/messages.js";
import type { NewTensor } from "../../write/new-tensor.js";

/** A node that the file did not have. */
export interface NewOperation {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeNumbers>>;
}

/** What stands for a region: nodes in an order that can be run, and the tensors that they read. */
export interface Emitted {
  readonly operations: readonly NewOperation[];
  readonly tensors: readonly NewTensor[];
}
