import type { ConvGeometry } from "../engine.js";
import type { Blocked, Border } from "./blocked.js";
import { productsPerCycle, weightCycles } from "./direct.js";
import { type ConvLayer, isa, type LayerAddresses, type LayerOptions } from "./layer.js";
import type { Step } from "./records.js";
import { kernelTransform } from "./winograd-kernel.js";

/** G of F(2x2, 3x3) and F(4x4, 3x3), for the points that assembly/transforms.mjs names. */
const kernelTransforms = {
  2: [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ],
  4: [
    [1, 0, 0],
    [1 / 3, 1 / 3, 1 / 3],
    [-1 / 3, 1 / 3, -1 / 3],
    [-16 / 15, -8 / 15, -4 / 15],
    [1 / 15, -2 / 15, 4 / 15],
    [0, 0, 1],
  ],
} as const;

/** Cycles that both directions of a transform take for a tile of 8 channels, measured: input, output. */
const transformCycles = { 2: [60, 40], 4: [150, 100] } as const;

/** Transformed tiles of this size stay in the second-level cache. */
export const cacheBytes: number = 640 * 1024;

/** True where Winograd's algorithm applies: 3x3, stride 1, whole blocks of input channels. */
export function winogradApplies(g: ConvGeometry): boolean {
  const simple =
    g.strideHeight === 1 && g.strideWidth === 1 && g.dilationHeight === 1 && g.dilationWidth === 1;
  return simple && g.kernelHeight === 3 && g.kernelWidth === 3 && g.groups === 1 && g.inChannels >= 8;
}

/** Winograd's minimal filtering on tiles of `size` x `size` outputs: arXiv 1509.09308. */
export class WinogradLayer implements ConvLayer {
  readonly name: string;
  readonly geometry: ConvGeometry;
  readonly lanes: number = 8;
  readonly outLanes: number = 8;
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  readonly cost: number;
  readonly #size: 2 | 4;
  readonly #wide: boolean;
  readonly #tilesDown: number;
  readonly #tilesAcross: number;
  /** Tiles that are computed together. */
  readonly #chunk: number;

  constructor(g: ConvGeometry, size: 2 | 4, options: LayerOptions) {
    this.geometry = g;
    this.#size = size;
    this.#wide = options.wide;
    this.#tilesDown = Math.ceil(g.outHeight / size);
    this.#tilesAcross = Math.ceil(g.outWidth / size);
    const taps = size + 2;
    this.border = {
      top: g.padTop,
      left: g.padLeft,
      bottom: this.#tilesDown * size + 2 - g.padTop - g.inHeight,
      right: this.#tilesAcross * size + 2 - g.padLeft - g.inWidth,
    };
    const inBlocks = Math.ceil(g.inChannels / 8);
    const outBlocks = Math.ceil(g.outChannels / 8);
    this.weightFloats = taps * taps * inBlocks * 8 * outBlocks * 8;
    const tiles = g.batch * this.#tilesDown * this.#tilesAcross;
    const perTile = taps * taps * (inBlocks + outBlocks) * 32;
    const fitting = Math.max(24, Math.floor(cacheBytes / perTile / 12) * 12);
    this.#chunk = tiles <= fitting * 1.5 ? tiles : fitting;
    const wholeGroups = Math.ceil(this.#chunk / 4) * 4;
    this.workBytes = taps * taps * (stride(inBlocks, wholeGroups) + stride(outBlocks, this.#chunk));
    const tile = options.wide && outBlocks > 1 ? "6x16" : "4x8";
    this.name = `f32_winograd_${size}x${size}_3x3_${tile} ${isa(options)}`;
    const products = tiles * taps * taps * inBlocks * 8 * outBlocks * 8;
    const [input, output] = transformCycles[size];
    this.cost =
      products / productsPerCycle(options) +
      weightCycles(this.weightFloats, Math.ceil(tiles / this.#chunk)) +
      (tiles * (inBlocks * input + outBlocks * output)) / (options.wide ? 1.6 : 1);
  }

  pack(weight: Float32Array, out: Float32Array): void {
    packWinograd(weight, this.geometry, this.#size, this.#wide, out);
  }

  tables(x: Blocked, out: Blocked): Int32Array {
    const g = this.geometry;
    const size = this.#size;
    const tiles: number[] = [];
    const corner = -g.padTop * x.rowStride - g.padLeft * x.pixelBytes;
    for (let image = 0; image < g.batch; image++) {
      for (let row = 0; row < this.#tilesDown; row++) {
        for (let column = 0; column < this.#tilesAcross; column++) {
          tiles.push(
            corner + image * x.imageStride + row * size * x.rowStride + column * size * x.pixelBytes,
            image * out.imageStride + row * size * out.rowStride + column * size * out.pixelBytes,
            Math.min(size, g.outHeight - row * size),
            Math.min(size, g.outWidth - column * size),
          );
        }
      }
    }
    const run = runOf(x.blocks);
    const pixels = [...Array(this.#chunk).keys()].flatMap((tile) => [
      (tile >> 2) * x.blocks * 128 + (tile & 3) * run * 4,
      tile * 32,
    ]);
    const skips = Array<number>((x.blocks * 8) / run).fill(run * 12);
    const zeros = Array(Math.ceil(g.outChannels / 8) * 8).fill(0);
    return Int32Array.from([...tiles, ...pixels, ...skips, ...zeros]);
  }

  steps(x: Blocked, out: Blocked, at: LayerAddresses, relu: boolean): Step[] {
    const g = this.geometry;
    const size = this.#size;
    const positions = (size + 2) ** 2;
    const tiles = g.batch * this.#tilesDown * this.#tilesAcross;
    const inStride = stride(x.blocks, Math.ceil(this.#chunk / 4) * 4);
    const outStride = stride(out.blocks, this.#chunk);
    const transformed = at.work;
    const products = at.work + positions * inStride;
    const pixelTable = at.tables + tiles * 16;
    const skips = pixelTable + this.#chunk * 8;
    const runs = (x.blocks * 8) / runOf(x.blocks);
    const zeros = skips + runs * 4;
    const wide = this.#wide ? 1 : 0;
    const steps: Step[] = [];
    for (let first = 0; first < tiles; first += this.#chunk) {
      const count = Math.min(this.#chunk, tiles - first);
      const common = { table: at.tables + first * 16, tiles: count, size, wide };
      steps.push({
        kind: "winogradInput",
        units: Math.ceil(x.blocks / 2),
        record: {
          x: at.x + x.origin,
          xBlockStride: x.blockStride,
          rowStride: x.rowStride,
          blocks: x.blocks,
          out: transformed,
          run: runOf(x.blocks),
          groupStride: x.blocks * 128,
          positionStride: inStride,
          ...common,
        },
      });
      steps.push({
        kind: "conv",
        units: positions * (wide ? Math.ceil(out.blocks / 2) : out.blocks),
        record: {
          x: transformed,
          w: at.weight,
          bias: zeros,
          out: products,
          residual: 0,
          lowerBound: Number.NEGATIVE_INFINITY,
          table: pixelTable,
          pixels: count,
          segments: skips,
          segmentCount: runs,
          run: runOf(x.blocks),
          outBlockStride: this.#chunk * 32,
          blocks: out.blocks,
          groups: positions,
          xGroupStride: inStride,
          wGroupStride: x.blocks * out.blocks * 256,
          biasGroupStride: 0,
          outGroupStride: outStride,
          batch: 1,
          xImageStride: 0,
          outImageStride: 0,
          wBlockStride: x.blocks * 256,
          chunkPixels: count,
          chunks: 1,
          wide,
        },
      });
      steps.push({
        kind: "winogradOutput",
        units: out.blocks,
        record: {
          x: products,
          xBlockStride: this.#chunk * 32,
          positionStride: outStride,
          out: at.out + out.origin,
          outBlockStride: out.blockStride,
          rowStride: out.rowStride,
          bias: at.bias,
          residual: at.residual === 0 ? 0 : at.residual + out.origin,
          lowerBound: relu ? 0 : Number.NEGATIVE_INFINITY,
          ...common,
          stride: 1,
          spoiled: at.spoiled,
        },
      });
    }
    return steps;
  }
}

/** Bytes from one position's tiles to the next: an odd number of cache lines, so that the positions do not fall on one cache set. */
export function stride(blocks: number, tiles: number): number {
  return (Math.ceil((blocks * tiles) / 2) | 1) * 64;
}

/** Neighbouring input channels of a transformed tile: the longer, the less often a tile's loop ends. */
export function runOf(blocks: number): number {
  return [32, 16].find((run) => (blocks * 8) % run === 0) ?? 8;
}

/** U = G g G^T in float64, rounded once, as [position][block of outputs][input][output]. */
function packWinograd(
  weight: Float32Array,
  g: ConvGeometry,
  size: 2 | 4,
  wide: boolean,
  out: Float32Array,
): void {
  const taps = size + 2;
  const transform = kernelTransform(kernelTransforms[size]);
  const inBlocks = Math.ceil(g.inChannels / 8);
  const outBlocks = Math.ceil(g.outChannels / 8);
  const positionStride = inBlocks * 8 * outBlocks * 8;
  // Outputs of a block lie side by side: they are collected, so that each cache line of the result is written once.
  const block = new Float32Array(taps * taps * 16);
  out.fill(0);
  for (let firstBlock = 0; firstBlock < outBlocks; ) {
    const width = wide && firstBlock + 1 < outBlocks ? 16 : 8;
    const outputs = Math.min(width, g.outChannels - firstBlock * 8);
    for (let c = 0; c < g.inChannels; c++) {
      for (let o = 0; o < outputs; o++)
        transform(weight, ((firstBlock * 8 + o) * g.inChannels + c) * 9, block, o, width);
      let to = firstBlock * 8 * inBlocks * 8 + c * width;
      for (let position = 0; position < taps * taps; position++) {
        for (let o = 0; o < outputs; o++) out[to + o] = block[position * width + o] as number;
        to += positionStride;
      }
    }
    firstBlock += width / 8;
  }
}
