import { checkOptions, type OptionNames, whole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { checkChannelVector } from "../../ops/channel-vector.js";
import { initialBias, initialWeight } from "../../random/init.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import type { NamedTensors } from "../module.js";
import { pythonBoolean } from "../repr.js";

/** The options of a {@link Linear} layer. */
export interface LinearOptions {
  /** False: no bias. A tensor: this bias. Default true: drawn as PyTorch draws it. */
  readonly bias?: boolean | Tensor;
  /** [out features, in features]; drawn as PyTorch draws it by default. */
  readonly weight?: Tensor;
}

const linearOptionNames: OptionNames<LinearOptions> = { bias: true, weight: true };

/**
 * A fully connected layer, out = x weightᵀ + bias on the last axis.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Linear.html
 * @example
 * new Linear(3, 2).forward(ones([5, 3])).shape; // [5, 2]
 */
export class Linear extends Layer {
  override get typeName(): string {
    return "Linear";
  }

  /** Size of x's last axis. */
  readonly inFeatures: number;
  /** Size of the output's last axis. */
  readonly outFeatures: number;
  /** [out features, in features] */
  readonly weight: Tensor;
  /** [out features], or undefined */
  readonly bias: Tensor | undefined;

  /**
   * @param inFeatures the size of x's last axis: x is [..., in features]
   * @param outFeatures the size of the output's last axis: [..., out features]
   * @param options bias, weight; see {@link LinearOptions}
   * @throws {ArgumentError} if a size is no whole number of at least 1
   * @throws {ShapeError} if a given weight or bias has another shape
   */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkOptions(this.typeName, options, linearOptionNames);
    const { bias = true, weight } = options;
    this.inFeatures = whole(this.typeName, "inFeatures", inFeatures, 1);
    this.outFeatures = whole(this.typeName, "outFeatures", outFeatures, 1);
    const shape = [outFeatures, inFeatures] as const;
    if (weight !== undefined) {
      assertTensor(this.typeName, "weight", weight);
      if (weight.shape.length !== 2 || shape.some((size, axis) => size !== weight.shape[axis])) {
        throw new ShapeError(this.typeName, `weight must be [${shape}]`, {
          "weight.shape": [...weight.shape],
        });
      }
    }
    this.weight = weight ?? initialWeight(shape);
    if (typeof bias !== "boolean") checkChannelVector(this.typeName, "bias", bias, outFeatures);
    this.bias = bias === true ? initialBias(shape, outFeatures) : bias || undefined;
    Object.freeze(this);
  }

  override get op(): Op {
    const { weight, bias, inFeatures, outFeatures } = this;
    return { kind: "matrix", weight, bias, inFeatures, outFeatures, rank: undefined };
  }

  override ownParameters(): NamedTensors {
    const own = new Map([["weight", this.weight]]);
    if (this.bias !== undefined) own.set("bias", this.bias);
    return own;
  }

  override rebuild(tensors: NamedTensors): Linear {
    return new Linear(this.inFeatures, this.outFeatures, {
      weight: tensors.get("weight") ?? this.weight,
      bias: this.bias === undefined ? false : (tensors.get("bias") ?? this.bias),
    });
  }

  protected override extraRepr(): string {
    const bias = pythonBoolean(this.bias !== undefined);
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bias}`;
  }
}
