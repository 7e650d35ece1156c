import { checkNoMore, type Pair, pair } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { adaptiveAvgPool2d } from "../../ops/adaptive-avg-pool2d.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { pythonPair } from "../repr.js";

/**
 * Average pooling to a given size; size 1 is global average pooling.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html
 * @example
 * String(new AdaptiveAvgPool2d(1)); // "AdaptiveAvgPool2d(output_size=1)"
 */
export class AdaptiveAvgPool2d extends Module {
  override get typeName(): string {
    return "AdaptiveAvgPool2d";
  }

  readonly outputSize: Pair;

  /** @throws {ArgumentError} if a size is no whole number of at least 1 */
  constructor(outputSize: Pair, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    pair(this.typeName, "outputSize", outputSize, 1);
    this.outputSize = outputSize;
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "adaptiveMean", outputSize: pair(this.typeName, "outputSize", this.outputSize, 1) };
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }

  override rebuild(): AdaptiveAvgPool2d {
    return this;
  }

  protected override extraRepr(): string {
    return `output_size=${pythonPair(this.outputSize)}`;
  }
}
