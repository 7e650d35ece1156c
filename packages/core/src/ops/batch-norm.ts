import { checkFlag, checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { affine, foldedStatistics } from "./affine.js";
import { checkChannelVector } from "./channel-vector.js";

/** What {@link batchNorm} normalises with. */
export interface BatchNormOptions {
  /** gamma, [channels]; 1 by default. */
  readonly weight?: Tensor;
  /** beta, [channels]; 0 by default. */
  readonly bias?: Tensor;
  /** True: with the batch's own mean and (biased) variance. Default false: with the running ones. */
  readonly training?: boolean;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

const batchNormOptionNames: OptionNames<BatchNormOptions> = {
  weight: true,
  bias: true,
  training: true,
  eps: true,
};

/**
 * Batch normalisation: out = (x - mean) / sqrt(var + eps) * weight + bias, per channel.
 *
 * @param x [batch, channels, ...]; float32, any strides
 * @param runningMean [channels]; needed unless training, which does not read it
 * @param runningVar [channels]; needed unless training, which does not read it
 * @param options weight, bias, training, eps; see {@link BatchNormOptions}
 * @returns x's shape, row-major; computed in float64 and rounded once. The running statistics are never
 *   changed.
 * @throws {ShapeError} if a vector is not [channels], or training meets a single value a channel
 * @throws {ArgumentError} if eps is not a number of at least 0 (above 0 in training), or statistics are
 *   missing
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.batch_norm.html
 * @example
 * batchNorm(ones([1, 2, 3, 3]), zeros([2]), ones([2])).get(0, 0, 0, 0); // 0.999995
 */
export function batchNorm(
  x: Tensor,
  runningMean?: Tensor,
  runningVar?: Tensor,
  options: BatchNormOptions = {},
): Tensor {
  assertTensor("batchNorm", "x", x);
  checkOptions("batchNorm", options, batchNormOptionNames);
  const { weight, bias, training = false, eps = 1e-5 } = options;
  checkFlag("batchNorm", "training", training);
  if (x.shape.length < 2) {
    throw new ShapeError("batchNorm", "x must be [batch, channels, ...]", { "x.shape": [...x.shape] });
  }
  if (typeof eps !== "number" || !(eps >= 0))
    throw new ArgumentError("batchNorm", "eps must be a number, 0 or more", { eps });
  const [batch, channels] = x.shape as [number, number];
  const area = product(x.shape.slice(2));
  const vectors = { runningMean, runningVar, weight, bias };
  for (const [name, vector] of Object.entries(vectors))
    checkChannelVector("batchNorm", name, vector, channels);
  if (training && eps === 0) throw new ArgumentError("batchNorm", "eps must be above 0 in training", { eps });
  if (training && (runningMean === undefined) !== (runningVar === undefined)) {
    throw new ArgumentError("batchNorm", "runningMean and runningVar go together", {
      runningMean: runningMean && [...runningMean.shape],
      runningVar: runningVar && [...runningVar.shape],
    });
  }
  if (training && batch * area === 1) {
    throw new ShapeError("batchNorm", "training needs more than one value a channel", {
      "x.shape": [...x.shape],
    });
  }
  if (!training && (runningMean === undefined || runningVar === undefined)) {
    throw new ArgumentError("batchNorm", "runningMean and runningVar are needed unless training", {
      runningMean: runningMean && [...runningMean.shape],
      runningVar: runningVar && [...runningVar.shape],
    });
  }
  const statistics = training
    ? batchStatistics(rowMajorData(x), batch, channels, area)
    : { mean: rowMajorData(runningMean as Tensor), variance: rowMajorData(runningVar as Tensor) };
  const vector = (values: Tensor | undefined) => values && rowMajorData(values);
  const folded = foldedStatistics({ eps, ...statistics, weight: vector(weight), bias: vector(bias) });
  return affine("batchNorm", x, { ...folded, axis: "channels", ranks: undefined });
}

/** Mean and biased variance of each channel, in float64. */
function batchStatistics(
  data: Float32Array,
  batch: number,
  channels: number,
  area: number,
): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const statistics = Array.from({ length: channels }, (_, c) =>
    channelStatistics(data, batch, channels, area, c),
  );
  return {
    mean: Float64Array.from(statistics, ([mean]) => mean),
    variance: Float64Array.from(statistics, ([, variance]) => variance),
  };
}

function channelStatistics(
  data: Float32Array,
  batch: number,
  channels: number,
  area: number,
  channel: number,
): readonly [mean: number, variance: number] {
  const sumOver = (value: (x: number) => number): number => {
    let sum = 0;
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + channel) * area;
      for (let i = start; i < start + area; i++) sum += value(data[i] as number);
    }
    return sum;
  };
  const count = batch * area;
  const mean = sumOver((x) => x) / count;
  return [mean, sumOver((x) => (x - mean) ** 2) / count];
}
