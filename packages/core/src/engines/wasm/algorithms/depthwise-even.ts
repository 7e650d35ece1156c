import { type Capabilities, isa } from "../machine/capabilities.js";
import type { ConvRecord, Step } from "../machine/records.js";
import type { Addresses, Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import { type Blocked, type Border, isDepthwise } from "./blocked.js";
import { productsPerCycle } from "./direct.js";

/** Neighbouring outputs that are computed together. */
const slot = 4;

/** True where a depthwise convolution of every second column can be computed on planes. */
export function depthwiseEvenApplies(g: Conv2dGeometry): boolean {
  return isDepthwise(g) && g.strideWidth === 2 && g.outWidth >= 4;
}

/**
 * A depthwise convolution of every second column on planes as they are, so that nothing has to be put into
 * blocks and back.
 */
export class DepthwiseEvenAlgorithm implements Algorithm {
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  readonly lanes: number = 1;
  readonly outLanes: number = 1;
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number = 0;
  readonly cost: number;

  constructor(g: Conv2dGeometry, capabilities: Capabilities) {
    this.geometry = g;
    this.border = { top: g.padTop, bottom: g.padBottom, left: g.padLeft, right: g.padRight };
    this.weightFloats = g.groups * g.kernelHeight * g.kernelWidth;
    this.name = `f32_depthwise_even_6x4 ${isa(capabilities)}`;
    const products = g.batch * g.groups * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth;
    this.cost = products / productsPerCycle(capabilities);
  }

  pack(weight: Float32Array, out: Float32Array): void {
    out.set(weight);
  }

  tables(x: Blocked, out: Blocked): Int32Array {
    return Int32Array.from([...this.#slots(x, out), ...this.#skips(x)]);
  }

  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[] {
    const g = this.geometry;
    const slots = this.#slots(x, out).length / 2;
    const record: ConvRecord = {
      x: at.x + x.origin,
      w: at.weight,
      bias: at.bias,
      out: at.out + out.origin,
      residual: at.residual === 0 ? 0 : at.residual + out.origin,
      lowerBound: relu ? 0 : Number.NEGATIVE_INFINITY,
      table: at.tables,
      pixels: slots,
      segments: at.tables + slots * 8,
      segmentCount: g.kernelHeight * g.kernelWidth,
      run: 1,
      outBlockStride: out.blockStride,
      blocks: x.blocks,
      groups: 1,
      xGroupStride: x.blockStride,
      wGroupStride: 0,
      biasGroupStride: 0,
      outGroupStride: 0,
      batch: g.batch,
      xImageStride: x.imageStride,
      outImageStride: out.imageStride,
      wBlockStride: g.kernelHeight * g.kernelWidth * 4,
      chunkPixels: slots,
      chunks: 1,
      wide: 0,
      gap: 0,
      together: 0,
    };
    return [{ kind: "depthwiseEven", record, units: g.batch * x.blocks }];
  }

  /**
   * For each slot of neighbouring outputs the offsets of its input and output; the last of a row overlaps the
   * one before.
   */
  #slots(x: Blocked, out: Blocked): number[] {
    const g = this.geometry;
    const corner = -g.padTop * x.rowStride - g.padLeft * 4;
    const offsets: number[] = [];
    for (let row = 0; row < g.outHeight; row++) {
      for (let next = 0; next < g.outWidth; next += slot) {
        const column = Math.min(next, g.outWidth - slot);
        offsets.push(
          corner + row * g.strideHeight * x.rowStride + column * g.strideWidth * 4,
          row * out.rowStride + column * 4,
        );
      }
    }
    return offsets;
  }

  /** From each tap to the next, row after row. */
  #skips(x: Blocked): number[] {
    const g = this.geometry;
    const skips = Array<number>(g.kernelHeight * g.kernelWidth).fill(g.dilationWidth * 4);
    for (let end = g.kernelWidth - 1; end < skips.length; end += g.kernelWidth) {
      skips[end] = g.dilationHeight * x.rowStride - (g.kernelWidth - 1) * g.dilationWidth * 4;
    }
    return skips;
  }
}
