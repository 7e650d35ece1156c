import { checkNoMore, whole } from "../../../checks.js";
import { ShapeError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { assertTensor, ones, type Tensor } from "../../../tensor/tensor.js";
import { Layer } from "../../layer.js";
import type { NamedTensors } from "../../module.js";

/**
 * The rectifier with a learned slope a channel, or one for all channels: out = x where x > 0,
 * weight[c] x elsewhere. x is [batch, channels, ...].
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PReLU.html
 * @example
 * new PReLU(2).forward(tensor([[[[-4]], [[4]]]])); // [[[[-1]], [[4]]]]
 */
export class PReLU extends Layer {
  override get typeName(): string {
    return "PReLU";
  }

  /** [channels] */
  readonly weight: Tensor;

  /**
   * @param channels how many slopes; 1, the default: one slope for however many channels
   * @param weight [channels]; 0.25 by default
   * @throws {ArgumentError} if channels is no whole number of at least 1
   * @throws {ShapeError} if the weight is not [channels]
   */
  constructor(channels = 1, weight?: Tensor, ...surplus: never[]) {
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
