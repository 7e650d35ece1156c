import { type Capabilities, isa } from "../machine/capabilities.js";
import type { ConvRecord, Step } from "../machine/records.js";
import type { Addresses, Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import { type Blocked, type Border, inputLanes, isDepthwise } from "./blocked.js";
import { packDirect, packedLength } from "./pack.js";

/** Pixels in a unit of work: their inputs stay in the second-level cache while the weights go by. */
const chunkPixels = 192;

/**
 * An output's products are summed in parts of at most this many, so that a part's weights stay in a cache;
 * measured.
 */
const mostProducts = { narrow: 512, wide: 320 } as const;

/** Images of fewer pixels are not summed in parts: each part writes its sums and reads them again. */
const enoughPixels = 128;

/**
 * Small images of a batch are computed together, so that one weight serves many pixels: at most this many
 * pixels, which keeps the table small.
 */
const mostTogether = 8192;

/** A convolution as its definition has it, on tiles of pixels and channels that stay in registers. */
export class DirectAlgorithm implements Algorithm {
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  readonly lanes: number;
  readonly border: Border;
  readonly weightFloats: number;
  readonly outLanes: number = 8;
  readonly workBytes: number = 0;
  readonly cost: number;
  readonly #wide: boolean;
  readonly #depthwise: boolean;
  /** Images that one table covers. */
  readonly #together: number;

  /** @param lanes channels to a block of the input */
  constructor(g: Conv2dGeometry, capabilities: Capabilities, lanes: number = inputLanes(g)) {
    this.geometry = g;
    this.#depthwise = isDepthwise(g);
    this.#wide = capabilities.wide;
    this.lanes = lanes;
    this.border = { top: g.padTop, bottom: g.padBottom, left: g.padLeft, right: g.padRight };
    this.weightFloats = packedLength(g, this.lanes);
    this.#together = g.batch * g.outHeight * g.outWidth <= mostTogether ? g.batch : 1;
    const tile = this.#wide && g.outChannels / g.groups > 8 ? "6x16" : "4x8";
    this.name = this.#depthwise
      ? `f32_depthwise_${this.#wide ? "6x8" : "6x4"} ${isa(capabilities)}`
      : `f32_conv_${tile} ${isa(capabilities)}`;
    this.cost = directCost(g, capabilities) + weightCycles(this.weightFloats, 1);
  }

  pack(weight: Float32Array, out: Float32Array): void {
    packDirect(weight, this.geometry, this.lanes, this.#wide, out);
  }

  tables(x: Blocked, out: Blocked): Int32Array {
    const pixels = pixelTable(this.geometry, x, out, this.#together);
    const skips = this.#runs(x).skips;
    // Behind both the bias of parts that add to what is there: none.
    const all = new Int32Array(pixels.length + skips.length + out.blocks * 8);
    all.set(pixels);
    all.set(skips, pixels.length);
    return all;
  }

  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[] {
    const g = this.geometry;
    const pixels = g.outHeight * g.outWidth * this.#together;
    const perChunk = pixels <= chunkPixels * 1.5 ? pixels : chunkPixels;
    const chunks = Math.ceil(pixels / perChunk);
    const { run, skips, starts } = this.#runs(x);
    const wBlockStride = run * skips.length * 32;
    const batch = g.batch / this.#together;
    const perPart =
      pixels < enoughPixels ? skips.length : this.#segmentsPerPart(run, skips.length, out.blocks);
    const blockSteps = this.#wide && !this.#depthwise ? Math.ceil(out.blocks / 2) : out.blocks;
    const steps: Step[] = [];
    for (let first = 0; first < skips.length; first += perPart) {
      const segmentCount = Math.min(perPart, skips.length - first);
      const isLast = first + segmentCount === skips.length;
      const residual = first > 0 ? at.out : at.residual;
      const record: ConvRecord = {
        x: at.x + x.origin + (starts[first] as number),
        w: at.weight + first * run * (this.#wide && out.blocks > 1 ? 64 : 32),
        bias: first > 0 ? at.tables + (pixels * 2 + skips.length) * 4 : at.bias,
        out: at.out + out.origin,
        residual: residual === 0 ? 0 : residual + out.origin,
        lowerBound: relu && isLast ? 0 : Number.NEGATIVE_INFINITY,
        table: at.tables,
        pixels,
        segments: at.tables + pixels * 8 + first * 4,
        segmentCount,
        run,
        outBlockStride: out.blockStride,
        blocks: out.blocks,
        groups: out.groups,
        xGroupStride: this.#depthwise ? x.blockStride : x.blocks * x.blockStride,
        wGroupStride: out.blocks * wBlockStride,
        biasGroupStride: first > 0 ? 0 : out.blocks * 32,
        outGroupStride: out.blocks * out.blockStride,
        batch,
        xImageStride: x.imageStride,
        outImageStride: out.imageStride,
        wBlockStride,
        chunkPixels: perChunk,
        chunks,
        wide: this.#wide ? 1 : 0,
        gap: g.strideWidth * x.pixelBytes,
        together: 0,
      };
      steps.push({
        kind: this.#depthwise ? "depthwise" : "conv",
        record,
        units: batch * out.groups * chunks * blockSteps,
      });
    }
    return steps;
  }

  /**
   * Segments that are summed at once: a part of the weights that stays in the first-level cache while the
   * pixels go by.
   */
  #segmentsPerPart(run: number, segments: number, blocks: number): number {
    // With an odd number of blocks, wide tiles leave one whose weights lie otherwise.
    if (this.#depthwise || (this.#wide && blocks % 2 === 1)) return segments;
    const most = this.#wide ? mostProducts.wide : mostProducts.narrow;
    const parts = Math.ceil((run * segments) / most);
    return Math.ceil(segments / parts);
  }

  /**
   * Neighbouring products, `run` of them, and the way from the end of each run to the next; depthwise: from
   * each tap to the next.
   */
  #runs(x: Blocked): { run: number; skips: Int32Array; starts: readonly number[] } {
    const g = this.geometry;
    const whole = !this.#depthwise && g.dilationWidth === 1;
    const run = this.#depthwise ? 1 : (whole ? g.kernelWidth : 1) * x.lanes;
    const walked = this.#depthwise ? 0 : run * 4;
    const starts: number[] = [];
    for (let block = 0; block < (this.#depthwise ? 1 : x.blocks); block++) {
      for (let i = 0; i < g.kernelHeight; i++) {
        for (let j = 0; j < (whole ? 1 : g.kernelWidth); j++) {
          const tap = i * g.dilationHeight * x.rowStride + j * g.dilationWidth * x.pixelBytes;
          starts.push(block * x.blockStride + tap);
        }
      }
    }
    const skips = Int32Array.from(starts, (start, i) => (starts[i + 1] ?? start) - start - walked);
    return { run, skips, starts };
  }
}

/**
 * For each output pixel the byte offsets of its first input and of its output, from the first pixel inside
 * each border.
 */
function pixelTable(g: Conv2dGeometry, x: Blocked, out: Blocked, images: number): Int32Array {
  const table = new Int32Array(images * g.outHeight * g.outWidth * 2);
  const corner = -g.padTop * x.rowStride - g.padLeft * x.pixelBytes;
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < g.outHeight; row++) {
      for (let column = 0; column < g.outWidth; column++) {
        const from = row * g.strideHeight * x.rowStride + column * g.strideWidth * x.pixelBytes;
        table[at++] = corner + image * x.imageStride + from;
        table[at++] = image * out.imageStride + row * out.rowStride + column * out.pixelBytes;
      }
    }
  }
  return table;
}

/** Cycles: a multiply-add of 4 numbers (wide: 8) takes half a cycle, and a fifth is lost on the way. */
function directCost(g: Conv2dGeometry, capabilities: Capabilities): number {
  const outputs = g.batch * g.outHeight * g.outWidth * g.outChannels;
  const products = (outputs * g.inChannels * g.kernelHeight * g.kernelWidth) / g.groups;
  return products / productsPerCycle(capabilities);
}

/**
 * Cycles to fetch weights, once from memory, since a network's other layers have driven them out of the
 * caches, and for every further pass from the second-level cache, measured.
 */
export function weightCycles(floats: number, passes: number): number {
  return (floats * 4) / 10 + ((passes - 1) * floats * 4) / 24;
}

/** Products that the tiles make in a cycle. */
export function productsPerCycle(capabilities: Capabilities): number {
  if (!capabilities.relaxed) return 5;
  return capabilities.wide ? 13 : 7;
}
