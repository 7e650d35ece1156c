import type { ConvGeometry } from "../engine.js";
import type { Blocked, Border } from "./blocked.js";
import { productsPerCycle, weightCycles } from "./direct.js";
import { type ConvLayer, isa, type LayerAddresses, type LayerOptions } from "./layer.js";
import type { Step } from "./records.js";
import { cacheBytes, runOf, stride } from "./winograd.js";
import { kernelTransform } from "./winograd-kernel.js";

/** Outputs of a tile on each axis. */
const size = 4;

/**
 * G for the points 0, 1, -1/2, -2 and infinity on the outer taps, which meet the even pixels, and for the four finite points on the middle
 * tap, which meets the odd ones: assembly/transforms.mjs.
 */
const kernelMatrix = [
  [-1, 0, 0],
  [2 / 9, 0, 2 / 9],
  [8 / 9, 0, -4 / 9],
  [-1 / 9, 0, 2 / 9],
  [0, 0, 1],
  [0, -1, 0],
  [0, 2 / 9, 0],
  [0, 8 / 9, 0],
  [0, -1 / 9, 0],
] as const;

/**
 * Positions by the number of products that add up in them: even and odd rows and columns; infinity's row and column, which one of the
 * two axes has for the even pixels only; infinity's corner.
 */
const classes = [
  { first: 0, positions: 16, phases: 4 },
  { first: 16, positions: 8, phases: 2 },
  { first: 24, positions: 1, phases: 1 },
] as const;

/** All products of a tile: 81 for 16 outputs, where the definition has 144. */
const productsPerTile = 81;

/** Cycles for a tile of 8 channels, measured: input, output. */
const transformCycles = [600, 200] as const;

/** True where the strided algorithm applies: 3x3, stride 2, whole blocks of input channels. */
export function stridedWinogradApplies(g: ConvGeometry): boolean {
  const simple =
    g.strideHeight === 2 && g.strideWidth === 2 && g.dilationHeight === 1 && g.dilationWidth === 1;
  return simple && g.kernelHeight === 3 && g.kernelWidth === 3 && g.groups === 1 && g.inChannels >= 8;
}

/** Winograd's minimal filtering for a stride of 2, on tiles of 4x4 outputs. */
export class StridedWinogradLayer implements ConvLayer {
  readonly name: string;
  readonly geometry: ConvGeometry;
  readonly lanes: number = 8;
  readonly outLanes: number = 8;
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  readonly cost: number;
  readonly #wide: boolean;
  readonly #tilesDown: number;
  readonly #tilesAcross: number;
  readonly #inBlocks: number;
  readonly #outBlocks: number;
  /** Tiles that are computed together. */
  readonly #chunk: number;

  constructor(g: ConvGeometry, options: LayerOptions) {
    this.geometry = g;
    this.#wide = options.wide;
    this.#tilesDown = Math.ceil(g.outHeight / size);
    this.#tilesAcross = Math.ceil(g.outWidth / size);
    this.border = {
      top: g.padTop,
      left: g.padLeft,
      bottom: Math.max(0, this.#tilesDown * size * 2 + 1 - g.padTop - g.inHeight),
      right: Math.max(0, this.#tilesAcross * size * 2 + 1 - g.padLeft - g.inWidth),
    };
    const inBlocks = Math.ceil(g.inChannels / 8);
    const outBlocks = Math.ceil(g.outChannels / 8);
    this.#inBlocks = inBlocks;
    this.#outBlocks = outBlocks;
    this.weightFloats = productsPerTile * inBlocks * 8 * outBlocks * 8;
    const tiles = g.batch * this.#tilesDown * this.#tilesAcross;
    const perTile = (productsPerTile * inBlocks + 25 * outBlocks) * 32;
    const fitting = Math.max(24, Math.floor(cacheBytes / perTile / 12) * 12);
    this.#chunk = tiles <= fitting * 1.5 ? tiles : fitting;
    this.workBytes = this.#regions().bytes + 25 * stride(outBlocks, this.#chunk);
    const tile = options.wide && outBlocks > 1 ? "6x16" : "4x8";
    this.name = `f32_winograd_4x4_3x3_stride2_${tile} ${isa(options)}`;
    const products = tiles * productsPerTile * inBlocks * 8 * outBlocks * 8;
    const [input, output] = transformCycles;
    this.cost =
      products / productsPerCycle(options) +
      weightCycles(this.weightFloats, Math.ceil(tiles / this.#chunk)) +
      (tiles * (inBlocks * input + outBlocks * output)) / (options.wide ? 1.6 : 1);
  }

  pack(weight: Float32Array, out: Float32Array): void {
    const { inChannels, outChannels } = this.geometry;
    const [inputs, outputs] = [this.#inBlocks * 8, this.#outBlocks * 8];
    const starts = productStarts(inputs * outputs);
    const transform = kernelTransform(kernelMatrix);
    const block = new Float32Array(productsPerTile * 16);
    out.fill(0);
    for (let firstBlock = 0; firstBlock < this.#outBlocks; ) {
      const width = this.#wide && firstBlock + 1 < this.#outBlocks ? 16 : 8;
      const count = Math.min(width, outChannels - firstBlock * 8);
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < count; o++)
          transform(weight, ((firstBlock * 8 + o) * inChannels + c) * 9, block, o, width);
        for (const [product, { start, phase, phases }] of starts.entries()) {
          const to = start + firstBlock * 8 * phases * inputs + (phase * inputs + c) * width;
          for (let o = 0; o < count; o++) out[to + o] = block[product * width + o] as number;
        }
      }
      firstBlock += width / 8;
    }
  }

  tables(x: Blocked, out: Blocked): Int32Array {
    const g = this.geometry;
    const numbers: number[] = [];
    const corner = -g.padTop * x.rowStride - g.padLeft * x.pixelBytes;
    const inStep = 2 * size;
    for (let image = 0; image < g.batch; image++) {
      for (let row = 0; row < this.#tilesDown; row++) {
        for (let column = 0; column < this.#tilesAcross; column++) {
          numbers.push(
            corner + image * x.imageStride + row * inStep * x.rowStride + column * inStep * x.pixelBytes,
            image * out.imageStride + row * size * out.rowStride + column * size * out.pixelBytes,
            Math.min(size, g.outHeight - row * size),
            Math.min(size, g.outWidth - column * size),
          );
        }
      }
    }
    const run = runOf(x.blocks);
    for (const { phases } of classes) {
      for (let tile = 0; tile < this.#chunk; tile++) {
        numbers.push((tile >> 2) * phases * x.blocks * 128 + (tile & 3) * run * 4, tile * 32);
      }
    }
    const skips = Array<number>((4 * x.blocks * 8) / run).fill(run * 12);
    const zeros = Array<number>(this.#outBlocks * 8).fill(0);
    return Int32Array.from([...numbers, ...skips, ...zeros]);
  }

  steps(x: Blocked, out: Blocked, at: LayerAddresses, relu: boolean): Step[] {
    const g = this.geometry;
    const tiles = g.batch * this.#tilesDown * this.#tilesAcross;
    const { strides, starts, bytes } = this.#regions();
    const outStride = stride(out.blocks, this.#chunk);
    const products = at.work + bytes;
    const pixelTables = at.tables + tiles * 16;
    const run = runOf(x.blocks);
    const skips = pixelTables + classes.length * this.#chunk * 8;
    const zeros = skips + ((4 * x.blocks * 8) / run) * 4;
    const wide = this.#wide ? 1 : 0;
    const steps: Step[] = [];
    for (let first = 0; first < tiles; first += this.#chunk) {
      const count = Math.min(this.#chunk, tiles - first);
      const common = { table: at.tables + first * 16, tiles: count, wide };
      steps.push({
        kind: "stridedInput",
        units: Math.ceil(x.blocks / 2),
        record: {
          x: at.x + x.origin,
          xBlockStride: x.blockStride,
          rowStride: x.rowStride,
          blocks: x.blocks,
          shared: at.work + starts[0],
          sharedStride: strides[0],
          edge: at.work + starts[1],
          edgeStride: strides[1],
          corner: at.work + starts[2],
          phase: x.blocks * 128,
          run,
          groupStride: x.blocks * 128,
          ...common,
        },
      });
      let weight = at.weight;
      classes.forEach(({ first: position, positions, phases }, i) => {
        const wBlockStride = phases * x.blocks * 256;
        steps.push({
          kind: "conv",
          units: positions * (wide ? Math.ceil(out.blocks / 2) : out.blocks),
          record: {
            x: at.work + (starts[i] as number),
            w: weight,
            bias: zeros,
            out: products + position * outStride,
            residual: 0,
            lowerBound: Number.NEGATIVE_INFINITY,
            table: pixelTables + i * this.#chunk * 8,
            pixels: count,
            segments: skips,
            segmentCount: (phases * x.blocks * 8) / run,
            run,
            outBlockStride: this.#chunk * 32,
            blocks: out.blocks,
            groups: positions,
            xGroupStride: strides[i] as number,
            wGroupStride: out.blocks * wBlockStride,
            biasGroupStride: 0,
            outGroupStride: outStride,
            batch: 1,
            xImageStride: 0,
            outImageStride: 0,
            wBlockStride,
            chunkPixels: count,
            chunks: 1,
            wide,
          },
        });
        weight += positions * out.blocks * wBlockStride;
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
          size,
          stride: 2,
          spoiled: at.spoiled,
        },
      });
    }
    return steps;
  }

  /** Where the transformed tiles of each class of positions start, and the bytes from one position to the next. */
  #regions(): {
    starts: readonly [number, number, number];
    strides: readonly [number, number, number];
    bytes: number;
  } {
    const groups = Math.ceil(this.#chunk / 4) * 4;
    const [four, two, one] = [4, 2, 1].map((phases) => stride(phases * this.#inBlocks, groups)) as [
      number,
      number,
      number,
    ];
    return {
      starts: [0, 16 * four, 16 * four + 8 * two],
      strides: [four, two, one],
      bytes: 16 * four + 8 * two + one,
    };
  }
}

/** For each of the 9x9 products: the start of its position's weights, and its place among those that add up there. */
function productStarts(floats: number) {
  const ends = classes.map(({ positions, phases }) => positions * phases * floats);
  const classStarts = [0, ends[0] as number, (ends[0] as number) + (ends[1] as number)];
  return kernelMatrix.flatMap((_, row) =>
    kernelMatrix.map((_, column) => {
      const [r, c] = [row % 5, column % 5];
      const [oddRow, oddColumn] = [row >= 5 ? 1 : 0, column >= 5 ? 1 : 0];
      const place = (index: 0 | 1 | 2, position: number, phase: number) => {
        const { phases } = classes[index];
        return { start: (classStarts[index] as number) + position * phases * floats, phase, phases };
      };
      const at =
        r < 4 && c < 4
          ? place(0, r * 4 + c, oddRow * 2 + oddColumn)
          : c < 4
            ? place(1, c, oddColumn)
            : r < 4
              ? place(1, 4 + r, oddRow)
              : place(2, 0, 0);
      return at;
    }),
  );
}
