import ndarray from "ndarray";
import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";

/** What {@link layerNorm} normalises with. */
export interface LayerNormOptions {
  /** gamma, of the normalised shape; 1 by default. */
  readonly weight?: Tensor;
  /** beta, of the normalised shape; 0 by default. */
  readonly bias?: Tensor;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

const layerNormOptionNames: OptionNames<LayerNormOptions> = { weight: true, bias: true, eps: true };

/**
 * Layer normalisation: out = (x - mean) / sqrt(var + eps) * weight + bias, with mean and (biased) variance
 * over the last axes.
 *
 * @param x [..., ...normalizedShape]; float32, any strides
 * @param normalizedShape the sizes of x's last axes, over which each mean is taken
 * @param options weight, bias, eps; see {@link LayerNormOptions}
 * @returns x's shape, row-major; computed in float64 and rounded once
 * @throws {ShapeError} if x does not end with the shape, or weight or bias has another one
 * @throws {ArgumentError} if eps is not a number of at least 0
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.layer_norm.html
 * @example
 * layerNorm(tensor([[1, 3]]), [2], { eps: 0 }); // [[-1, 1]]
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: readonly number[],
  options: LayerNormOptions = {},
): Tensor {
  checkOptions("layerNorm", options, layerNormOptionNames);
  assertTensor("layerNorm", "x", x);
  const given = Array.isArray(normalizedShape) ? [...normalizedShape] : normalizedShape;
  const got = { "x.shape": [...x.shape], normalizedShape: given };
  if (!Array.isArray(given) || given.length === 0 || String(x.shape.slice(-given.length)) !== String(given)) {
    throw new ShapeError("layerNorm", "x must end with the normalised shape", got);
  }
  const channels = product(given);
  return normalised(
    "layerNorm",
    x,
    given,
    { outer: x.size / Math.max(channels, 1), channels, inner: 1 },
    options,
  );
}

/**
 * Layer normalisation of images over their channels, with the mean and variance of each pixel's channels.
 * @param x [batch, channels, height, width]
 * @throws {ShapeError} if x is no such batch
 */
export function channelNorm(op: string, x: Tensor, channels: number, options: LayerNormOptions): Tensor {
  assertTensor(op, "x", x);
  if (x.shape.length !== 4 || x.shape[1] !== channels) {
    throw new ShapeError(op, `x must be [batch, ${channels}, height, width]`, { "x.shape": [...x.shape] });
  }
  const places = { outer: x.shape[0] as number, channels, inner: product(x.shape.slice(2)) };
  return normalised(op, x, [channels], places, options);
}

/** Where the numbers lie over which a mean is taken: [outer, channels, inner]. */
interface NormPlaces {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** Normalises over the channels of each place. */
function normalised(
  op: string,
  x: Tensor,
  vectorShape: readonly number[],
  { outer, channels, inner }: NormPlaces,
  { weight, bias, eps = 1e-5 }: LayerNormOptions,
): Tensor {
  if (typeof eps !== "number" || !(eps >= 0))
    throw new ArgumentError(op, "eps must be a number, 0 or more", { eps });
  const [gamma, beta] = Object.entries({ weight, bias }).map(([name, vector]) => {
    if (vector === undefined) return undefined;
    assertTensor(op, name, vector);
    if (String(vector.shape) === String(vectorShape)) return rowMajorData(vector);
    throw new ShapeError(op, `${name} must be [${vectorShape.join(",")}]`, {
      [`${name}.shape`]: [...vector.shape],
    });
  });
  const data = rowMajorData(x);
  const out = float32(op, x.shape, { "x.shape": [...x.shape] });
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = o * channels * inner + i;
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += data[first + c * inner] as number;
      const mean = sum / channels;
      let squares = 0;
      for (let c = 0; c < channels; c++) squares += ((data[first + c * inner] as number) - mean) ** 2;
      const scale = 1 / Math.sqrt(squares / channels + eps);
      for (let c = 0; c < channels; c++) {
        const at = first + c * inner;
        out[at] = ((data[at] as number) - mean) * scale * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
      }
    }
  }
  return ndarray(out, [...x.shape]);
}
