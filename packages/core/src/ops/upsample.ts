import { checkFlag, checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import type { Tensor } from "../tensor/tensor.js";
import { imageBatch, imageResult } from "./image.js";
import { perAxis } from "./per-axis.js";

/** The options of {@link upsample}. */
export interface UpsampleOptions {
  /** How many times as large: a whole number for height and width, or one an axis (one to three). Default 2. */
  readonly scaleFactor?: number | readonly number[];
  /** `"nearest"`: each pixel repeated; `"bilinear"`: between neighbours, [height, width] only. Default `"nearest"`. */
  readonly mode?: "nearest" | "bilinear";
  /** With bilinear: true: the corner pixels' centres keep their places; false: the image's edges do. Default false. */
  readonly alignCorners?: boolean;
}

const upsampleOptionNames: OptionNames<UpsampleOptions> = {
  scaleFactor: true,
  mode: true,
  alignCorners: true,
};

/** The options of an upsampling, checked and in their fullest form. */
export interface UpsampleSettings {
  readonly factors: readonly number[];
  readonly mode: "nearest" | "bilinear";
  readonly alignCorners: boolean;
}

/** @throws {ArgumentError} if an option is outside its domain */
export function upsampleSettings(op: string, options: UpsampleOptions): UpsampleSettings {
  checkOptions(op, options, upsampleOptionNames);
  const { scaleFactor = 2, mode = "nearest", alignCorners = false } = options;
  const rank = Array.isArray(scaleFactor) ? scaleFactor.length : 2;
  if (rank < 1 || rank > 3) {
    throw new ArgumentError(op, "scaleFactor must be a number or one to three numbers", { scaleFactor });
  }
  const factors = perAxis(op, "scaleFactor", scaleFactor, rank, 1);
  if (mode !== "nearest" && mode !== "bilinear") {
    throw new ArgumentError(op, 'mode must be "nearest" or "bilinear"', { mode });
  }
  checkFlag(op, "alignCorners", alignCorners);
  if (alignCorners && mode === "nearest") {
    throw new ArgumentError(op, 'alignCorners goes with mode "bilinear" only', { mode, alignCorners });
  }
  if (mode === "bilinear" && rank !== 2) {
    throw new ArgumentError(op, "bilinear upsampling has a factor for height and one for width", {
      scaleFactor,
    });
  }
  return { factors, mode, alignCorners };
}

/**
 * Larger images: every pixel repeated, or values between neighbouring pixels.
 *
 * @param x [batch, channels, ...image], or [channels, ...image]; float32, any strides
 * @param options scaleFactor, mode, alignCorners; see {@link UpsampleOptions}
 * @returns [batch, channels, ...(image factor)], row-major; computed in float64 and rounded once
 * @throws {ShapeError} if x has another rank than the factors say, or an empty image
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html
 * @example
 * upsample(tensor([[[[1, 2]]]]), { scaleFactor: [1, 2] }); // [[[[1, 1, 2, 2]]]]
 */
export function upsample(x: Tensor, options: UpsampleOptions = {}): Tensor {
  const { factors, mode, alignCorners } = upsampleSettings("upsample", options);
  const image = imageBatch("upsample", x, factors.length);
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  if (size.includes(0)) {
    throw new ShapeError("upsample", "x must not have an empty image", { "x.shape": [...x.shape] });
  }
  const outSize = size.map((length, axis) => length * (factors[axis] as number));
  const shape = [batch, channels, ...outSize];
  const out = float32("upsample", shape, { shape, "x.shape": [...x.shape] });
  const missing = new Array<number>(3 - size.length).fill(1);
  const [depth, height, width] = [...missing, ...size] as [number, number, number];
  const taps = [...missing, ...outSize].map((length, axis) =>
    tapsOf(length, [depth, height, width][axis] as number, mode, alignCorners),
  ) as [Taps, Taps, Taps];
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const [z] of taps[0]) {
      const volume = (plane * depth + z) * height;
      for (const [y0, y1, down] of taps[1]) {
        const [above, below] = [(volume + y0) * width, (volume + y1) * width];
        for (const [x0, x1, right] of taps[2]) {
          const read = (row: number): number => {
            const [a, b] = [image.data[row + x0] as number, image.data[row + x1] as number];
            return right === 0 ? a : a * (1 - right) + b * right;
          };
          out[at++] = down === 0 ? read(above) : read(above) * (1 - down) + read(below) * down;
        }
      }
    }
  }
  return imageResult(out, shape, image.unbatched);
}

/** For each output of an axis the two pixels that it lies between, and how far it is on the way to the second. */
type Taps = readonly (readonly [first: number, second: number, share: number])[];

function tapsOf(outputs: number, size: number, mode: UpsampleSettings["mode"], alignCorners: boolean): Taps {
  return Array.from({ length: outputs }, (_, i) => {
    if (mode === "nearest") {
      const pixel = Math.floor((i * size) / outputs);
      return [pixel, pixel, 0];
    }
    const corners = outputs > 1 ? (i * (size - 1)) / (outputs - 1) : 0;
    const place = alignCorners ? corners : Math.max(0, ((i + 0.5) * size) / outputs - 0.5);
    const first = Math.min(Math.floor(place), size - 1);
    return [first, Math.min(first + 1, size - 1), place - first];
  });
}
