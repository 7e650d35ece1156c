import ndarray from "ndarray";
import type { Op } from "../../../graph/op.js";
import { rowMajorData } from "../../../tensor/layout.js";
import { assertTensor, type Tensor } from "../../../tensor/tensor.js";
import { Module } from "../../module.js";

/** A layer that does the same to every element: out = of(x), rounded to float32. */
export abstract class Elementwise extends Module {
  override get typeName(): string {
    return "Elementwise";
  }

  /** The function of one number. */
  abstract of(x: number): number;

  /** The steepest slope of the function: how far apart two numbers one apart can come. */
  abstract readonly steepest: number;

  override get op(): Op {
    return { kind: "map", name: this.typeName, of: (x) => this.of(x), steepest: this.steepest };
  }

  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    return ndarray(
      rowMajorData(x).map((value) => this.of(value)),
      [...x.shape],
    );
  }

  override rebuild(): this {
    return this;
  }
}
