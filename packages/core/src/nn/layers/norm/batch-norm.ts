import { checkFlag, checkOptions, type OptionNames, whole } from "../../../checks.js";
import { ArgumentError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { checkChannels, foldedStatistics } from "../../../ops/affine.js";
import { batchNorm } from "../../../ops/batch-norm.js";
import { checkChannelVector } from "../../../ops/channel-vector.js";
import { rowMajorData } from "../../../tensor/layout.js";
import { assertTensor, ones, type Tensor, zeros } from "../../../tensor/tensor.js";
import { Layer } from "../../layer.js";
import type { NamedTensors } from "../../module.js";
import { pythonBoolean, pythonFloat } from "../../repr.js";

/** PyTorch's. */
export const defaultEps = 1e-5;

/** The options of a batch normalisation layer, whatever its rank. */
export interface BatchNormLayerOptions {
  /** Added to the variance. Default 1e-5; YOLO and Keras networks use 1e-3. */
  readonly eps?: number;
  /** False: no weight and bias. Default true. */
  readonly affine?: boolean;
  /**
   * True: normalise with the batch's own statistics. Default false, unlike PyTorch: a module here is a value
   * made for inference.
   */
  readonly training?: boolean;
  /** gamma, [features]; ones by default. */
  readonly weight?: Tensor;
  /** beta, [features]; zeros by default. */
  readonly bias?: Tensor;
  /** [features]; zeros by default. */
  readonly runningMean?: Tensor;
  /** [features]; ones by default. */
  readonly runningVar?: Tensor;
}

const batchNormLayerOptionNames: OptionNames<BatchNormLayerOptions> = {
  eps: true,
  affine: true,
  training: true,
  weight: true,
  bias: true,
  runningMean: true,
  runningVar: true,
};

/** What the batch normalisation layers of all ranks have in common. */
export abstract class BatchNorm extends Layer {
  readonly numFeatures: number;
  readonly eps: number;
  readonly affine: boolean;
  readonly training: boolean;
  /** gamma, [features]; undefined where not affine */
  readonly weight: Tensor | undefined;
  /** beta, [features]; undefined where not affine */
  readonly bias: Tensor | undefined;
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;

  /**
   * @param numFeatures channels of x, its axis 1
   * @param options eps, affine, training, weight, bias, runningMean, runningVar; see
   *   {@link BatchNormLayerOptions}
   * @throws {ArgumentError} if numFeatures or eps is outside its domain, or weights meet affine: false
   * @throws {ShapeError} if a given vector is not [features]
   */
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super();
    const op = this.typeName;
    checkOptions(op, options, batchNormLayerOptionNames);
    const {
      eps = defaultEps,
      affine = true,
      training = false,
      weight,
      bias,
      runningMean,
      runningVar,
    } = options;
    this.numFeatures = whole(op, "numFeatures", numFeatures, 1);
    if (typeof eps !== "number" || !(eps >= 0)) {
      throw new ArgumentError(op, "eps must be a number, 0 or more", { eps });
    }
    checkFlag(op, "affine", affine);
    checkFlag(op, "training", training);
    if (!affine && (weight !== undefined || bias !== undefined)) {
      throw new ArgumentError(op, "weight and bias go with affine: true only", { affine });
    }
    for (const [name, vector] of Object.entries({ weight, bias, runningMean, runningVar })) {
      checkChannelVector(op, name, vector, numFeatures);
    }
    this.eps = eps;
    this.affine = affine;
    this.training = training;
    this.weight = affine ? (weight ?? ones([numFeatures])) : undefined;
    this.bias = affine ? (bias ?? zeros([numFeatures])) : undefined;
    this.runningMean = runningMean ?? zeros([numFeatures]);
    this.runningVar = runningVar ?? ones([numFeatures]);
    Object.freeze(this);
  }

  /** How many axes the layer takes behind [batch, features]. */
  protected abstract readonly ranks: readonly number[];

  /**
   * Of no linear map in training mode, where x itself decides, or where a variance is not positive: computed
   * all the same.
   */
  override get op(): Op {
    const { eps, weight, bias, runningMean, runningVar } = this;
    const reason = this.#whyNotAffine();
    if (reason !== undefined) {
      return { kind: "opaque", name: this.typeName, reason, children: [], run: (x) => this.#normalised(x) };
    }
    const statistics = { mean: rowMajorData(runningMean), variance: rowMajorData(runningVar) };
    const vectors = { weight: weight && rowMajorData(weight), bias: bias && rowMajorData(bias) };
    const folded = foldedStatistics({ eps, ...statistics, ...vectors });
    return { kind: "affine", ...folded, axis: "channels", ranks: this.ranks };
  }

  #whyNotAffine(): string | undefined {
    if (this.training) return "in training mode it normalises with the batch's own statistics";
    const variances = rowMajorData(this.runningVar);
    const at = variances.findIndex((variance) => !(variance + this.eps > 0));
    if (at < 0) return undefined;
    return `variance + eps must be above 0; got channel=${at}, variance=${(variances[at] as number) + this.eps}`;
  }

  #normalised(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    const { training, eps, weight, bias, numFeatures: channels } = this;
    checkChannels(this.typeName, x, channels, { axis: "channels", ranks: this.ranks });
    return batchNorm(x, this.runningMean, this.runningVar, {
      ...{ training, eps },
      ...(weight && { weight }),
      ...(bias && { bias }),
    });
  }

  override ownParameters(): NamedTensors {
    const own = new Map<string, Tensor>();
    if (this.weight !== undefined) own.set("weight", this.weight);
    if (this.bias !== undefined) own.set("bias", this.bias);
    return own;
  }

  override ownBuffers(): NamedTensors {
    return new Map([
      ["running_mean", this.runningMean],
      ["running_var", this.runningVar],
    ]);
  }

  /**
   * The same layer, with the same tensors, but for the options that are given.
   * @param options as the constructor takes them; what is left out or undefined stays
   * @throws {ArgumentError} if an option is outside its domain
   * @throws {ShapeError} if a given vector is not [features]
   * @example
   * new BatchNorm2d(2).with({ eps: 1e-3 }).eps; // 0.001
   */
  abstract with(options: BatchNormLayerOptions): BatchNorm;

  override rebuild(tensors: NamedTensors): BatchNorm {
    return this.with(given(tensors));
  }

  /** This layer's options with others in their place. */
  protected merged(options: BatchNormLayerOptions): BatchNormLayerOptions {
    checkOptions(this.typeName, options, batchNormLayerOptionNames);
    const { eps, affine, training, weight, bias, runningMean, runningVar } = this;
    const kept = {
      ...{ eps, affine, training, runningMean, runningVar },
      // A norm that is to have no weights drops those that it has, and one that gets them may have had none.
      ...((options.affine ?? affine) && { ...(weight && { weight }), ...(bias && { bias }) }),
    };
    const changed = Object.entries(options).filter(([, value]) => value !== undefined);
    return { ...kept, ...Object.fromEntries(changed) };
  }

  protected override extraRepr(): string {
    const affine = pythonBoolean(this.affine);
    const bias = pythonBoolean(this.bias !== undefined);
    return `${this.numFeatures}, eps=${pythonFloat(this.eps)}, momentum=0.1, affine=${affine}, bias=${bias}, track_running_stats=True`;
  }
}

/** The tensors of a checkpoint's names as options. */
function given(tensors: NamedTensors): BatchNormLayerOptions {
  const names = { weight: "weight", bias: "bias", runningMean: "running_mean", runningVar: "running_var" };
  const found = Object.entries(names).map(([option, name]) => [option, tensors.get(name)] as const);
  return Object.fromEntries(found.filter(([, tensor]) => tensor !== undefined));
}
