import { Module, type Tensor } from "@convfuse/core";

/** A layer that a plan can only call. */
export class Calling extends Module {
  readonly call: (x: Tensor) => Tensor;

  constructor(call: (x: Tensor) => Tensor) {
    super();
    this.call = call;
  }

  override forward(x: Tensor): Tensor {
    return this.call(x);
  }

  override rebuild(): Calling {
    return this;
  }
}
