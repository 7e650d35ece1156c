import type { ConvGeometry } from "../engine.js";
import { type Blocked, isDepthwise } from "./blocked.js";
import type { ConvRecord } from "./records.js";

/** Pixels in a unit of work: their inputs stay in the second-level cache while the weights go by. */
const chunkPixels = 192;

/** For each output pixel the byte offsets of its first input and of its output, from the first pixel inside each border. */
export function pixelTable(g: ConvGeometry, x: Blocked, out: Blocked): Int32Array {
  const table = new Int32Array(g.outHeight * g.outWidth * 2);
  const corner = -g.padTop * x.rowStride - g.padLeft * x.pixelBytes;
  let at = 0;
  for (let row = 0; row < g.outHeight; row++) {
    for (let column = 0; column < g.outWidth; column++) {
      table[at++] = corner + row * g.strideHeight * x.rowStride + column * g.strideWidth * x.pixelBytes;
      table[at++] = row * out.rowStride + column * out.pixelBytes;
    }
  }
  return table;
}

/** Neighbouring products of a convolution, `run` of them, and the way from the end of each run to the next. */
export function inputRuns(g: ConvGeometry, x: Blocked): { run: number; skips: Int32Array } {
  const depthwise = isDepthwise(g);
  const whole = depthwise || g.dilationWidth === 1;
  const run = (whole ? g.kernelWidth : 1) * (depthwise ? 1 : x.lanes);
  const walked = depthwise ? g.kernelWidth * g.dilationWidth * x.pixelBytes : run * 4;
  const starts: number[] = [];
  for (let block = 0; block < (depthwise ? 1 : x.blocks); block++) {
    for (let i = 0; i < g.kernelHeight; i++) {
      for (let j = 0; j < (whole ? 1 : g.kernelWidth); j++) {
        starts.push(
          block * x.blockStride + i * g.dilationHeight * x.rowStride + j * g.dilationWidth * x.pixelBytes,
        );
      }
    }
  }
  const skips = starts.map((start, i) => (starts[i + 1] ?? start) - start - walked);
  return { run, skips: Int32Array.from(skips) };
}

/** The addresses that a convolution's record needs. */
export interface ConvAddresses {
  readonly x: number;
  readonly weight: number;
  readonly bias: number;
  readonly out: number;
  readonly residual: number;
  readonly table: number;
  readonly segments: number;
}

/** The record of a direct convolution, and its units of work. */
export function directRecord(
  g: ConvGeometry,
  x: Blocked,
  out: Blocked,
  runs: { run: number; skips: Int32Array },
  at: ConvAddresses,
  options: { readonly wide: boolean; readonly relu: boolean },
): { record: ConvRecord; units: number } {
  const pixels = g.outHeight * g.outWidth;
  const perChunk = pixels <= chunkPixels * 1.5 ? pixels : chunkPixels;
  const chunks = Math.ceil(pixels / perChunk);
  const depthwise = isDepthwise(g);
  const wBlockStride = runs.run * runs.skips.length * 32;
  const record: ConvRecord = {
    x: at.x,
    w: at.weight,
    bias: at.bias,
    out: at.out,
    residual: at.residual,
    lowerBound: options.relu ? 0 : Number.NEGATIVE_INFINITY,
    table: at.table,
    pixels,
    segments: at.segments,
    segmentCount: runs.skips.length,
    run: runs.run,
    tapStride: g.dilationWidth * x.pixelBytes,
    outBlockStride: out.blockStride,
    blocks: out.blocks,
    groups: out.groups,
    xGroupStride: depthwise ? x.blockStride : x.blocks * x.blockStride,
    wGroupStride: out.blocks * wBlockStride,
    biasGroupStride: out.blocks * 32,
    outGroupStride: out.blocks * out.blockStride,
    batch: g.batch,
    xImageStride: x.imageStride,
    outImageStride: out.imageStride,
    wBlockStride,
    chunkPixels: perChunk,
    chunks,
    wide: options.wide && !depthwise ? 1 : 0,
  };
  const blockSteps = record.wide ? Math.ceil(out.blocks / 2) : out.blocks;
  return { record, units: g.batch * out.groups * chunks * blockSteps };
}
