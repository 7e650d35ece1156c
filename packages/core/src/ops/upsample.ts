import { checkFlag, checkOptions, type OptionNames, whole } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";
import { imageResult } from "./image.js";
import { axesText } from "./per-axis.js";
import { type AxisResize, type Resize, resizeAxes, resizedSize, type Taps, tapsOf } from "./resize-axis.js";

/** The modes of {@link upsample}, each with the number of axes that it takes; undefined: one to three. */
const modes = { nearest: undefined, linear: 1, bilinear: 2, trilinear: 3 } as const;

/** The options of {@link upsample}: a size or a factor. */
export interface UpsampleOptions {
  /**
   * The size of the output, in pixels: one for every axis of the image, or one an axis. Default: what
   * scaleFactor gives.
   */
  readonly size?: number | readonly number[];
  /**
   * How many times as large, above 0, not necessarily whole: one for every axis of the image, or one an axis.
   * Default: what size gives.
   */
  readonly scaleFactor?: number | readonly number[];
  /**
   * `"nearest"`: pixels repeated; `"linear"`, `"bilinear"`, `"trilinear"`: between neighbours, on 1, 2, 3
   * axes. Default `"nearest"`.
   */
  readonly mode?: keyof typeof modes;
  /**
   * Not with nearest. True: the corner pixels' centres keep their places; false: the image's edges do.
   * Default false.
   */
  readonly alignCorners?: boolean;
}

const upsampleOptionNames: OptionNames<UpsampleOptions> = {
  size: true,
  scaleFactor: true,
  mode: true,
  alignCorners: true,
};

/**
 * Checks an upsampling's options.
 * @throws {ArgumentError} if one is outside its domain, or there are both or neither of size and scaleFactor
 */
export function upsampleSettings(op: string, options: UpsampleOptions): Resize {
  checkOptions(op, options, upsampleOptionNames);
  const { size, scaleFactor, mode = "nearest", alignCorners = false } = options;
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new ArgumentError(op, "needs size or scaleFactor, not both", { size, scaleFactor });
  }
  if (!Object.hasOwn(modes, mode)) {
    throw new ArgumentError(op, `mode must be one of ${Object.keys(modes).join(", ")}`, { mode });
  }
  checkFlag(op, "alignCorners", alignCorners);
  if (alignCorners && mode === "nearest") {
    throw new ArgumentError(op, "alignCorners does not go with mode nearest", { mode, alignCorners });
  }
  const rank = modes[mode];
  const to =
    size === undefined
      ? eachAxis(op, "scaleFactor", scaleFactor, rank, (factor) => ({
          factor: positive(op, factor, options),
        }))
      : eachAxis(op, "size", size, rank, (one) => ({ size: whole(op, "size", one, 1, size) }));
  return { mode: mode === "nearest" ? "nearest" : "linear", to, alignCorners };
}

/**
 * A value for every axis or one an axis, each checked; one for all where nothing says how many axes there
 * are.
 */
function eachAxis(
  op: string,
  name: string,
  value: unknown,
  rank: number | undefined,
  check: (one: unknown) => AxisResize,
): AxisResize | readonly AxisResize[] {
  if (!Array.isArray(value)) {
    const one = check(value);
    return rank === undefined ? one : new Array<AxisResize>(rank).fill(one);
  }
  const fits = rank === undefined ? value.length >= 1 && value.length <= 3 : value.length === rank;
  if (!fits) {
    const axes = rank === undefined ? "one to three numbers" : axesText(rank);
    throw new ArgumentError(op, `${name} must be a number or ${axes}`, { [name]: value });
  }
  return value.map(check);
}

function positive(op: string, factor: unknown, { scaleFactor }: UpsampleOptions): number {
  if (typeof factor === "number" && factor > 0 && Number.isFinite(factor)) return factor;
  throw new ArgumentError(op, "scaleFactor must be finite and above 0", { scaleFactor });
}

/**
 * Images of another size, larger or smaller: out[y] = x[floor(y / factor)] on each axis, or between the two
 * pixels next to that place.
 *
 * @param x [batch, channels, width], [batch, channels, height, width] or
 *   [batch, channels, depth, height, width]; float32, any strides
 * @param options size or scaleFactor, mode, alignCorners; see {@link UpsampleOptions}
 * @returns [batch, channels, ...size], with size = floor(x's size factor) where a factor is given, row-major;
 *   computed in float64, rounded once
 * @throws {ShapeError} if x has another number of axes than the options say, an empty image, or would get one
 * @throws {ArgumentError} if an option is outside its domain, or there are both or neither of size and
 *   scaleFactor
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html
 * @example
 * upsample(tensor([[[[1, 2]]]]), { scaleFactor: [1, 2] }); // [[[[1, 1, 2, 2]]]]
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  return resized("upsample", x, upsampleSettings("upsample", options));
}

/** Images of another size, by checked options. */
export function resized(op: string, x: Tensor, resize: Resize): Tensor {
  assertTensor(op, "x", x);
  const axes = resizeAxes(resize, x.shape.length - 2);
  const rank = axes.length;
  if (rank < 1 || rank > 3 || x.shape.length !== rank + 2) {
    const image = Array.isArray(resize.to) ? axesText(rank).slice(1) : "and one to three axes]";
    throw new ShapeError(op, `x must be [batch, channels, ${image}`, { "x.shape": [...x.shape] });
  }
  const [batch, channels, ...size] = x.shape as [number, number, ...number[]];
  const outSize = axes.map((axis, i) => resizedSize(axis, size[i] as number));
  const shape = [batch, channels, ...outSize];
  const got = { shape, "x.shape": [...x.shape] };
  if (channels === 0 || size.includes(0)) throw new ShapeError(op, "only the batch axis may be empty", got);
  if (outSize.includes(0)) throw new ShapeError(op, "nothing would be left of the image", got);
  const out = float32(op, shape, got);
  const missing = new Array<number>(3 - rank).fill(1);
  const [, height, width] = [...missing, ...size] as [number, number, number];
  const taps = [
    ...missing.map((): Taps => [[0, 0, 0]]),
    ...axes.map((axis, i) => tapsOf(resize, axis, size[i] as number, rank)),
  ] as [Taps, Taps, Taps];
  const depth = (x.shape.length === 5 ? size[0] : 1) as number;
  mix(rowMajorData(x), batch * channels, [depth, height, width], taps, out);
  return imageResult(out, shape, false);
}

/** Each output as a mixture of the two lines, rows and planes that it lies between. */
function mix(
  data: Float32Array,
  images: number,
  [depth, height, width]: readonly [number, number, number],
  [planes, rows, columns]: readonly [Taps, Taps, Taps],
  out: Float32Array,
): void {
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const [z0, z1, deeper] of planes) {
      for (const [y0, y1, down] of rows) {
        for (const [x0, x1, right] of columns) {
          const between = (row: number): number => {
            const [a, b] = [data[row * width + x0] as number, data[row * width + x1] as number];
            return right === 0 ? a : a * (1 - right) + b * right;
          };
          const onPlane = (plane: number): number => {
            const row = (image * depth + plane) * height;
            const above = between(row + y0);
            return down === 0 ? above : above * (1 - down) + between(row + y1) * down;
          };
          const front = onPlane(z0);
          out[at++] = deeper === 0 ? front : front * (1 - deeper) + onPlane(z1) * deeper;
        }
      }
    }
  }
}
