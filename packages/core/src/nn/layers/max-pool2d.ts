import { checkOptions, type OptionNames, type Pair, pair } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { outSizeOf, plainAxis } from "../../ops/conv-axis.js";
import { imageBatch, imageResult } from "../../ops/image.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { pythonPair } from "../repr.js";

/** The options of {@link MaxPool2d}. */
export interface MaxPool2dOptions {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Pair;
  /** Pixels on every side that no maximum is taken over; at most half of the kernel. Default 0. */
  readonly padding?: Pair;
}

const maxPool2dOptionNames: OptionNames<MaxPool2dOptions> = { stride: true, padding: true };

/**
 * Maximum pooling: out = the largest value of each window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html
 * @example
 * new MaxPool2d(2).forward(ones([1, 2, 4, 6])).shape; // [1, 2, 2, 3]
 */
export class MaxPool2d extends Module {
  override get typeName(): string {
    return "MaxPool2d";
  }

  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  /** What it was made of, as it prints it. */
  readonly #given: Readonly<Record<"kernelSize" | "stride" | "padding", Pair>>;

  /** @throws {ArgumentError} if a number is outside its domain */
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super();
    checkOptions(this.typeName, options, maxPool2dOptionNames);
    this.kernelSize = pair(this.typeName, "kernelSize", kernelSize, 1);
    this.stride = pair(this.typeName, "stride", options.stride ?? this.kernelSize, 1);
    this.padding = pair(this.typeName, "padding", options.padding ?? 0, 0);
    if (this.padding.some((pixels, axis) => 2 * pixels > (this.kernelSize[axis] as number))) {
      throw new ArgumentError(this.typeName, "padding must be at most half of the kernel", {
        padding: [...this.padding],
        kernelSize: [...this.kernelSize],
      });
    }
    this.#given = { kernelSize, stride: options.stride ?? kernelSize, padding: options.padding ?? 0 };
    Object.freeze(this);
  }

  override get op(): Op {
    const { kernelSize, stride, padding } = this;
    const axes = ([0, 1] as const).map((i) =>
      plainAxis(kernelSize[i], { stride: stride[i], before: padding[i], after: padding[i] }),
    );
    return {
      kind: "window",
      reduce: "max",
      axes,
      ceilMode: false,
      countIncludePad: true,
      divisor: undefined,
    };
  }

  /** @throws {ShapeError} if x has another rank than 3 or 4, or no window fits */
  override forward(x: Tensor): Tensor {
    const image = imageBatch(this.typeName, x, 2);
    const [batch, channels, height, width] = image.shape as [number, number, number, number];
    const rows = windows(height, this.kernelSize[0], this.stride[0], this.padding[0]);
    const columns = windows(width, this.kernelSize[1], this.stride[1], this.padding[1]);
    if (rows.length === 0 || columns.length === 0 || height === 0 || width === 0) {
      throw new ShapeError(this.typeName, "the window is larger than the padded input", {
        "x.shape": [...x.shape],
        kernelSize: [...this.kernelSize],
      });
    }
    const shape = [batch, channels, rows.length, columns.length];
    const out = float32("MaxPool2d", shape, { shape, "x.shape": [...x.shape] });
    let at = 0;
    for (let plane = 0; plane < batch * channels; plane++) {
      for (const [top, bottom] of rows) {
        for (const [left, right] of columns) {
          let largest = Number.NEGATIVE_INFINITY;
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              largest = Math.max(largest, image.data[(plane * height + row) * width + column] as number);
            }
          }
          out[at++] = largest;
        }
      }
    }
    return imageResult(out, shape, image.unbatched);
  }

  override rebuild(): MaxPool2d {
    return this;
  }

  protected override extraRepr(): string {
    const { kernelSize, stride, padding } = this.#given;
    const sizes = `kernel_size=${pythonPair(kernelSize)}, stride=${pythonPair(stride)}, padding=${pythonPair(padding)}`;
    return `${sizes}, dilation=1, ceil_mode=False`;
  }
}

function windows(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
): readonly (readonly [first: number, end: number])[] {
  const axis = plainAxis(kernel, { stride, before: padding, after: padding });
  const count = Math.max(outSizeOf(axis, size), 0);
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding;
    return [Math.max(start, 0), Math.min(start + kernel, size)] as const;
  });
}
