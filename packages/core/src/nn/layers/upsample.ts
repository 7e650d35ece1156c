import type { Op } from "../../graph/op.js";
import {
  type UpsampleOptions,
  type UpsampleSettings,
  upsample,
  upsampleSettings,
} from "../../ops/upsample.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { pythonFloat, tuple } from "../repr.js";

/**
 * Larger images: every pixel repeated, or values between neighbouring pixels.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Upsample.html
 * @example
 * String(new Upsample({ scaleFactor: 2 })); // "Upsample(scale_factor=2.0, mode='nearest')"
 */
export class Upsample extends Module {
  override get typeName(): string {
    return "Upsample";
  }

  readonly options: UpsampleOptions;
  /** The options in their fullest form. */
  readonly settings: UpsampleSettings;

  /** @throws {ArgumentError} if an option is outside its domain */
  constructor(options: UpsampleOptions = {}) {
    super();
    this.settings = upsampleSettings(this.typeName, options);
    this.options = options;
    Object.freeze(this);
  }

  override get op(): Op {
    const { factors, mode, alignCorners } = this.settings;
    return { kind: "resize", mode: mode === "nearest" ? "nearest" : "linear", factors, alignCorners };
  }

  override forward(x: Tensor): Tensor {
    return upsample(x, this.options);
  }

  override rebuild(): this {
    return this;
  }

  protected override extraRepr(): string {
    const { scaleFactor = 2 } = this.options;
    const factor =
      typeof scaleFactor === "number" ? pythonFloat(scaleFactor) : tuple(scaleFactor.map(pythonFloat));
    return `scale_factor=${factor}, mode='${this.settings.mode}'`;
  }
}
