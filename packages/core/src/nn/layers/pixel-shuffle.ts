import ndarray from "ndarray";
import { checkNoMore, whole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { float32 } from "../../tensor/allocate.js";
import { rowMajorData } from "../../tensor/layout.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * Channels into pixels: out[n, c, y r + i, x r + j] = x[n, c r² + i r + j, y, x].
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelShuffle.html
 * @example
 * new PixelShuffle(2).forward(ones([1, 8, 3, 5])).shape; // [1, 2, 6, 10]
 */
export class PixelShuffle extends Module {
  override get typeName(): string {
    return "PixelShuffle";
  }

  readonly upscaleFactor: number;

  /** @throws {ArgumentError} if the factor is no whole number of at least 1 */
  constructor(upscaleFactor: number, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.upscaleFactor = whole(this.typeName, "upscaleFactor", upscaleFactor, 1);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "shuffle", factor: this.upscaleFactor };
  }

  /** @throws {ShapeError} if x is not [batch, channels r², height, width] */
  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    const r = this.upscaleFactor;
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    if (x.shape.length !== 4 || channels % (r * r) !== 0) {
      throw new ShapeError(
        this.typeName,
        `x must be [batch, a multiple of ${r * r} channels, height, width]`,
        {
          "x.shape": [...x.shape],
        },
      );
    }
    const data = rowMajorData(x);
    const out = float32("PixelShuffle", x.shape);
    const planes = (batch * channels) / (r * r);
    let at = 0;
    for (let plane = 0; plane < planes; plane++) {
      for (let y = 0; y < height * r; y++) {
        for (let xx = 0; xx < width * r; xx++) {
          const from = plane * r * r + (y % r) * r + (xx % r);
          out[at++] = data[(from * height + Math.floor(y / r)) * width + Math.floor(xx / r)] as number;
        }
      }
    }
    return ndarray(out, [batch, channels / (r * r), height * r, width * r]);
  }

  override rebuild(): PixelShuffle {
    return this;
  }

  protected override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}
