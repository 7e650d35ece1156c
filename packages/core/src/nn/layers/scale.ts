import { checkNoMore } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { rowMajorData } from "../../tensor/layout.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import type { NamedTensors } from "../module.js";
import { pythonFloat } from "../repr.js";

/**
 * Multiplies by a number, or each channel by its own: out[n, c, y, x] = scale[c] x[n, c, y, x], of features
 * out[n, c] = scale[c] x[n, c].
 * @see layer scale, https://arxiv.org/abs/2103.17239
 * @example
 * new Scale(-1);                    // negates
 * new Scale(tensor([0.5, 2]));      // one factor a channel
 */
export class Scale extends Layer {
  override get typeName(): string {
    return "Scale";
  }

  /** A number, or [channels]. */
  readonly scale: number | Tensor;

  /**
   * @param scale one number for any x, or [channels] for x of [batch, channels, ...]
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
    const { scale } = this;
    const plain = { kind: "affine", before: 0, after: 0, axis: "channels" } as const;
    // The layer computes in float32, so what it multiplies by is the number's float32 neighbour.
    if (typeof scale === "number") return { ...plain, factor: Math.fround(scale), ranks: undefined };
    return { ...plain, factor: new Float64Array(rowMajorData(scale)), ranks: [0, 2], unbatched: true };
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
