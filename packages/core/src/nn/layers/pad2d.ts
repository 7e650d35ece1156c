import { checkOptions } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { type PadOptions, padOptionNames } from "../../ops/pad.js";
import { PlainLayer } from "../layer.js";
import { pythonFloat, tuple } from "../repr.js";

/**
 * Padding of images as a layer: torch.nn's ZeroPad2d, ConstantPad2d, ReflectionPad2d, ReplicationPad2d and
 * CircularPad2d in one.
 * @see https://docs.pytorch.org/docs/2.13/nn.html#padding-layers
 * @example
 * new Pad2d([1, 1, 0, 0]).forward(ones([1, 2, 4, 4])).shape; // [1, 2, 4, 6]
 */
export class Pad2d extends PlainLayer {
  override get typeName(): string {
    return "Pad2d";
  }

  /** [left, right, top, bottom], in pixels */
  readonly padding: readonly [left: number, right: number, top: number, bottom: number];
  /** What is added: a constant, x mirrored, x's border repeated, or x from its other side. */
  readonly mode: NonNullable<PadOptions["mode"]>;
  /** What mode "constant" adds. */
  readonly value: number;

  /**
   * @param padding pixels on every side, or [left, right, top, bottom]
   * @param options mode and value, as of `pad`
   * @throws {ArgumentError} if an amount is no whole number
   */
  constructor(padding: number | readonly [number, number, number, number], options: PadOptions = {}) {
    super();
    checkOptions(this.typeName, options, padOptionNames);
    const sides: readonly unknown[] = Array.isArray(padding) ? [...padding] : new Array(4).fill(padding);
    if (sides.length !== 4 || !sides.every(Number.isSafeInteger)) {
      throw new ArgumentError(this.typeName, "padding must be a whole number or [left, right, top, bottom]", {
        padding,
      });
    }
    this.padding = sides as readonly [number, number, number, number];
    this.mode = options.mode ?? "constant";
    this.value = options.value ?? 0;
    Object.freeze(this);
  }

  override get op(): Op {
    const [left, right, top, bottom] = this.padding;
    const sides = [
      [top, bottom],
      [left, right],
    ] as const;
    // A float32 tensor holds the constant's float32 neighbour.
    return {
      kind: "pad",
      sides,
      border: this.mode === "constant" ? "zeros" : this.mode,
      value: Math.fround(this.value),
    };
  }

  protected override extraRepr(): string {
    const value = this.value === 0 ? "" : `, value=${pythonFloat(this.value)}`;
    return `${tuple(this.padding)}, mode=${this.mode}${value}`;
  }
}
