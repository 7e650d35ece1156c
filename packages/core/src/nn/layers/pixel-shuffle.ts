import { checkNoMore, whole } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { PlainLayer } from "../layer.js";

/**
 * Channels into pixels: out[n, c, y r + i, x r + j] = x[n, c r² + i r + j, y, x].
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelShuffle.html
 * @example
 * new PixelShuffle(2).forward(ones([1, 8, 3, 5])).shape; // [1, 2, 6, 10]
 */
export class PixelShuffle extends PlainLayer {
  override get typeName(): string {
    return "PixelShuffle";
  }

  /** r: how many times as large each side becomes. */
  readonly upscaleFactor: number;

  /**
   * @param upscaleFactor r: x is [..., channels r², height, width], the output
   *   [..., channels, height r, width r]
   * @throws {ArgumentError} if the factor is no whole number of at least 1
   */
  constructor(upscaleFactor: number, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.upscaleFactor = whole(this.typeName, "upscaleFactor", upscaleFactor, 1);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "shuffle", factor: this.upscaleFactor };
  }

  protected override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}
