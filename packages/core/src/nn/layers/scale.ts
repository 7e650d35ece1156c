import ndarray from "ndarray";
import { checkNoMore } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { mul } from "../../ops/elementwise.js";
import { rowMajorData } from "../../tensor/layout.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module, type NamedTensors } from "../module.js";
import { pythonFloat } from "../repr.js";

/**
 * Multiplies by a number, or each channel by its own: out[n, c, y, x] = scale[c] x[n, c, y, x].
 * @see layer scale, https://arxiv.org/abs/2103.17239
 * @example
 * new Scale(-1);                    // negates
 * new Scale(tensor([0.5, 2]));      // one factor a channel
 */
export class Scale extends Module {
  override get typeName(): string {
    return "Scale";
  }

  /** A number, or [channels]. */
  readonly scale: number | Tensor;

  /**
   * @throws {ArgumentError} if the number is NaN
   * @throws {ShapeError} if the tensor is not [channels]
   */
  constructor(scale: number | Tensor, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (typeof scale === "number") {
      if (Number.isNaN(scale)) throw new ArgumentError(this.typeName, "scale must be a number", { scale });
    } else {
      assertTensor(this.typeName, "scale", scale);
      if (scale.shape.length !== 1) {
        throw new ShapeError(this.typeName, "scale must be a number or [channels]", {
          "scale.shape": [...scale.shape],
        });
      }
    }
    this.scale = scale;
    Object.freeze(this);
  }

  override get op(): Op {
    // The layer computes in float32, so what it multiplies by is the number's float32 neighbour.
    if (typeof this.scale === "number") {
      return {
        kind: "affine",
        before: 0,
        factor: Math.fround(this.scale),
        after: 0,
        axis: "channels",
        ranks: undefined,
      };
    }
    const factor = new Float64Array(rowMajorData(this.scale));
    return { kind: "affine", before: 0, factor, after: 0, axis: "channels", ranks: [2] };
  }

  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    if (typeof this.scale === "number") return mul(x, this.scale);
    const channels = this.scale.shape[0] as number;
    const axis = x.shape.length - 3;
    if ((axis !== 0 && axis !== 1) || x.shape[axis] !== channels) {
      throw new ShapeError(
        this.typeName,
        `x must be [${channels}, height, width] or [batch, ${channels}, height, width]`,
        {
          "x.shape": [...x.shape],
        },
      );
    }
    const { data, stride, offset } = this.scale;
    // A stride of 0 shows each factor at every pixel.
    const strides = x.shape.map((_, at) => (at === axis ? (stride[0] as number) : 0));
    return mul(x, ndarray(data, [...x.shape], strides, offset));
  }

  override ownParameters(): NamedTensors {
    return typeof this.scale === "number" ? new Map() : new Map([["scale", this.scale]]);
  }

  override rebuild(tensors: NamedTensors): Scale {
    return new Scale(tensors.get("scale") ?? this.scale);
  }

  protected override extraRepr(): string {
    return typeof this.scale === "number" ? pythonFloat(this.scale) : `${this.scale.shape[0]}`;
  }
}
