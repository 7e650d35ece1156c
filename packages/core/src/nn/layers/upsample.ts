import type { Op } from "../../graph/op.js";
import type { Resize } from "../../ops/resize-axis.js";
import { type UpsampleOptions, upsampleSettings } from "../../ops/upsample.js";
import { PlainLayer } from "../layer.js";
import { numberOrTuple, pythonFloat, tuple } from "../repr.js";

/**
 * Images of another size as a layer, out = upsample(x, options): [batch, channels, ...image] becomes
 * [batch, channels, ...size]. Pixels are repeated, or each value is mixed from its neighbouring pixels.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Upsample.html
 * @example
 * String(new Upsample({ scaleFactor: 2 })); // "Upsample(scale_factor=2.0, mode='nearest')"
 */
export class Upsample extends PlainLayer {
  override get typeName(): string {
    return "Upsample";
  }

  /** The options as given. */
  readonly options: UpsampleOptions;
  /** The options in their fullest form. */
  readonly settings: Resize;

  /**
   * @param options size or scaleFactor, mode, alignCorners, as of {@link upsample}
   * @throws {ArgumentError} if an option is outside its domain, or there are both or neither of size and
   *   scaleFactor
   */
  constructor(options: UpsampleOptions) {
    super();
    this.settings = upsampleSettings(this.typeName, options);
    this.options = options;
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "resize", ...this.settings };
  }

  protected override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.options;
    const factors =
      typeof scaleFactor === "number"
        ? pythonFloat(scaleFactor)
        : tuple((scaleFactor ?? []).map(pythonFloat));
    const to = size === undefined ? `scale_factor=${factors}` : `size=${numberOrTuple(size)}`;
    return `${to}, mode='${mode}'`;
  }
}
