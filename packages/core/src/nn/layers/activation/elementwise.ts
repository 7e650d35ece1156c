import type { Op } from "../../../graph/op.js";
import { PlainLayer } from "../../layer.js";

/**
 * A layer that does the same to every element: out = of(x), rounded to float32.
 * @example
 * class Double extends Elementwise {
 *   override get typeName() { return "Double"; }
 *   readonly steepest = 2;
 *   override of(x: number) { return 2 * x; }
 * }
 * new Double().forward(tensor([1, -2])); // [2, -4]
 */
export abstract class Elementwise extends PlainLayer {
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
}
