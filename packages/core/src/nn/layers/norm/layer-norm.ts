import { checkFlag, checkOptions, type OptionNames, whole } from "../../../checks.js";
import { ArgumentError, ShapeError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { layerNorm } from "../../../ops/layer-norm.js";
import { assertTensor, ones, type Tensor, zeros } from "../../../tensor/tensor.js";
import { Layer } from "../../layer.js";
import type { NamedTensors } from "../../module.js";
import { pythonBoolean, pythonFloat, tuple } from "../../repr.js";

/** The options of a {@link LayerNorm} layer. */
export interface LayerNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** False: no weight and bias. Default true. */
  readonly elementwiseAffine?: boolean;
  /** False: no bias. A tensor: this bias. Default true: zeros. */
  readonly bias?: boolean | Tensor;
  /** gamma, of the normalised shape; ones by default. */
  readonly weight?: Tensor;
}

const layerNormLayerOptionNames: OptionNames<LayerNormLayerOptions> = {
  eps: true,
  elementwiseAffine: true,
  bias: true,
  weight: true,
};

/**
 * Layer normalisation: out = (x - mean) / sqrt(var + eps) * weight + bias, with mean and (biased) variance
 * over the last axes.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LayerNorm.html
 * @example
 * String(new LayerNorm(4)); // "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)"
 */
export class LayerNorm extends Layer {
  override get typeName(): string {
    return "LayerNorm";
  }

  /** The sizes of the last axes, which are normalised together. */
  readonly normalizedShape: readonly number[];
  /** What is added to the variance. */
  readonly eps: number;
  /** gamma, of the normalised shape; undefined where not affine */
  readonly weight: Tensor | undefined;
  /** beta, of the normalised shape; undefined where there is none */
  readonly bias: Tensor | undefined;

  /**
   * @param normalizedShape the sizes of x's last axes, or of the last one: x is [..., ...normalizedShape]
   * @param options eps, elementwiseAffine, bias, weight; see {@link LayerNormLayerOptions}
   * @throws {ArgumentError} if a size or option is outside its domain, or weights meet elementwiseAffine:
   *   false
   * @throws {ShapeError} if a given weight or bias has another shape
   */
  constructor(normalizedShape: number | readonly number[], options: LayerNormLayerOptions = {}) {
    super();
    const op = this.typeName;
    checkOptions(op, options, layerNormLayerOptionNames);
    const { eps = 1e-5, elementwiseAffine = true, bias = elementwiseAffine, weight } = options;
    const shape: readonly number[] = [normalizedShape].flat();
    for (const size of shape) whole(op, "normalizedShape", size, 1, normalizedShape);
    if (shape.length === 0) {
      throw new ArgumentError(op, "normalizedShape must have an axis", { normalizedShape });
    }
    if (typeof eps !== "number" || !(eps >= 0)) {
      throw new ArgumentError(op, "eps must be a number, 0 or more", { eps });
    }
    checkFlag(op, "elementwiseAffine", elementwiseAffine);
    if (!elementwiseAffine && (weight !== undefined || (bias !== false && options.bias !== undefined))) {
      throw new ArgumentError(op, "weight and bias go with elementwiseAffine: true only", {
        elementwiseAffine,
      });
    }
    this.normalizedShape = shape;
    this.eps = eps;
    this.weight = elementwiseAffine ? vectorOf(op, "weight", weight, shape, ones) : undefined;
    this.bias =
      bias === false ? undefined : vectorOf(op, "bias", bias === true ? undefined : bias, shape, zeros);
    Object.freeze(this);
  }

  override get op(): Op {
    const { eps, weight, bias } = this;
    const [channels, ...more] = this.normalizedShape as readonly [number, ...number[]];
    if (more.length === 0) return { kind: "norm", axis: "last", channels, eps, weight, bias };
    const run = (x: Tensor): Tensor =>
      layerNorm(x, this.normalizedShape, { eps, ...(weight && { weight }), ...(bias && { bias }) });
    const reason = "it normalises over several axes at once";
    return { kind: "opaque", name: this.typeName, reason, children: [], run };
  }

  override ownParameters(): NamedTensors {
    const own = new Map<string, Tensor>();
    if (this.weight !== undefined) own.set("weight", this.weight);
    if (this.bias !== undefined) own.set("bias", this.bias);
    return own;
  }

  override rebuild(tensors: NamedTensors): LayerNorm {
    const [weight, bias] = [tensors.get("weight") ?? this.weight, tensors.get("bias") ?? this.bias];
    const elementwiseAffine = weight !== undefined;
    return new LayerNorm(this.normalizedShape, {
      ...{ eps: this.eps, elementwiseAffine, bias: bias ?? false },
      ...(weight && { weight }),
    });
  }

  protected override extraRepr(): string {
    const [affine, bias] = [this.weight, this.bias].map((vector) => pythonBoolean(vector !== undefined));
    return `${tuple(this.normalizedShape)}, eps=${pythonFloat(this.eps)}, elementwise_affine=${affine}, bias=${bias}`;
  }
}

function vectorOf(
  op: string,
  name: string,
  vector: Tensor | undefined,
  shape: readonly number[],
  initial: (shape: readonly number[]) => Tensor,
): Tensor {
  if (vector === undefined) return initial(shape);
  assertTensor(op, name, vector);
  if (String(vector.shape) === String(shape)) return vector;
  throw new ShapeError(op, `${name} must be [${shape.join(",")}]`, { [`${name}.shape`]: [...vector.shape] });
}
