import { type Capabilities, isa } from "../machine/capabilities.js";
import type { Step } from "../machine/records.js";
import type { Addresses, Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import type { Blocked, Border } from "./blocked.js";
import { isPlain3x3, type PositionClass } from "./tile-scheme.js";
import { kernelTransform } from "./winograd-kernel.js";
import { type Region, WinogradTiles } from "./winograd-tiles.js";

/**
 * G for the points 0, 1, -1/2, -2 and infinity on the outer taps, which meet the even pixels, and for the
 * four finite points on the middle tap, which meets the odd ones: assembly/transforms.mjs.
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
 * Positions by the number of products that add up in them: even and odd rows and columns; infinity's row and
 * column, which one of the two axes has for the even pixels only; infinity's corner.
 */
const classes: readonly [PositionClass, PositionClass, PositionClass] = [
  { positions: 16, phases: 4 },
  { positions: 8, phases: 2 },
  { positions: 1, phases: 1 },
];

/** All products of a tile: 81 for 16 outputs, where the definition has 144. */
const productsPerTile = 81;

/** Cycles for a tile of 8 channels, measured: input, output. */
const transformCycles = [600, 200] as const;

/** True where the strided algorithm applies: 3x3, stride 2, whole blocks of input channels. */
export function stridedWinogradApplies(g: Conv2dGeometry): boolean {
  return isPlain3x3(g, 2);
}

/** Winograd's minimal filtering for a stride of 2, on tiles of 4x4 outputs. */
export class StridedWinogradAlgorithm implements Algorithm {
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  readonly lanes: number = 8;
  readonly outLanes: number = 8;
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  readonly cost: number;
  readonly #wide: boolean;
  readonly #tiles: WinogradTiles;

  constructor(g: Conv2dGeometry, capabilities: Capabilities) {
    this.geometry = g;
    this.#wide = capabilities.wide;
    this.#tiles = new WinogradTiles(
      g,
      { size: 4, stride: 2, classes, transformCycles, mixed: false },
      capabilities,
    );
    this.border = this.#tiles.border;
    this.weightFloats = this.#tiles.weightFloats;
    this.workBytes = this.#tiles.workBytes;
    this.cost = this.#tiles.cost;
    const tile = capabilities.wide && this.#tiles.outBlocks > 1 ? "6x16" : "4x8";
    this.name = `f32_winograd_4x4_3x3_stride2_${tile} ${isa(capabilities)}`;
  }

  pack(weight: Float32Array, out: Float32Array): void {
    const { inChannels, outChannels } = this.geometry;
    const [inputs, outputs] = [this.#tiles.inBlocks * 8, this.#tiles.outBlocks * 8];
    const starts = productStarts(inputs * outputs);
    const transform = kernelTransform(kernelMatrix);
    const block = new Float32Array(productsPerTile * 16);
    out.fill(0);
    for (let firstBlock = 0; firstBlock < this.#tiles.outBlocks; ) {
      const width = this.#wide && firstBlock + 1 < this.#tiles.outBlocks ? 16 : 8;
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
    return this.#tiles.tables(x, out);
  }

  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[] {
    const [shared, edge, corner] = this.#tiles.regions as readonly [Region, Region, Region];
    return this.#tiles.steps(x, out, at, relu, (chunk) => ({
      kind: "stridedInput",
      units: Math.ceil(chunk.blocks / 2),
      record: {
        ...chunk,
        shared: at.work + shared.start,
        sharedStride: shared.stride,
        edge: at.work + edge.start,
        edgeStride: edge.stride,
        corner: at.work + corner.start,
        phase: chunk.groupStride,
      },
    }));
  }
}

/**
 * For each of the 9x9 products: the start of its position's weights, and its place among those that add up
 * there.
 */
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
