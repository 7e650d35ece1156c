import ndarray from "ndarray";
import { checkNoMore, whole } from "../../../checks.js";
import { ShapeError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { rowMajorData } from "../../../tensor/layout.js";
import { assertTensor, ones, product, type Tensor } from "../../../tensor/tensor.js";
import { Module, type NamedTensors } from "../../module.js";

/**
 * The rectifier with a learned slope a channel: out = x where x > 0, weight[c] x elsewhere.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PReLU.html
 * @example
 * new PReLU(2).forward(tensor([[[[-4]], [[4]]]])); // [[[[-1]], [[4]]]]
 */
export class PReLU extends Module {
  override get typeName(): string {
    return "PReLU";
  }

  /** [channels] */
  readonly weight: Tensor;

  /**
   * @param channels how many slopes
   * @param weight [channels]; 0.25 by default
   * @throws {ArgumentError} if channels is no whole number of at least 1
   * @throws {ShapeError} if the weight is not [channels]
   */
  constructor(channels: number, weight?: Tensor, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    whole(this.typeName, "channels", channels, 1);
    if (weight !== undefined) {
      assertTensor(this.typeName, "weight", weight);
      if (weight.shape.length !== 1 || weight.shape[0] !== channels) {
        throw new ShapeError(this.typeName, `weight must be [${channels}]`, {
          "weight.shape": [...weight.shape],
        });
      }
    }
    this.weight = weight ?? quarters(channels);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "slope", weight: this.weight };
  }

  /** @throws {ShapeError} if x is not [batch, channels, ...] */
  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    const channels = this.weight.shape[0] as number;
    if (x.shape.length < 2 || x.shape[1] !== channels) {
      throw new ShapeError(this.typeName, `x must be [batch, ${channels}, ...]`, { "x.shape": [...x.shape] });
    }
    const area = product(x.shape.slice(2));
    const slopes = rowMajorData(this.weight);
    const out = rowMajorData(x).map((value, i) =>
      value > 0 ? value : value * (slopes[Math.floor(i / area) % channels] as number),
    );
    return ndarray(out, [...x.shape]);
  }

  override ownParameters(): NamedTensors {
    return new Map([["weight", this.weight]]);
  }

  override rebuild(tensors: NamedTensors): PReLU {
    return new PReLU(this.weight.shape[0] as number, tensors.get("weight") ?? this.weight);
  }

  protected override extraRepr(): string {
    return `num_parameters=${this.weight.shape[0]}`;
  }
}

function quarters(channels: number): Tensor {
  const weight = ones([channels]);
  weight.data.fill(0.25);
  return weight;
}
