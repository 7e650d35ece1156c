import { type Capabilities, isa } from "../machine/capabilities.js";
import type { Step } from "../machine/records.js";
import type { Addresses, Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import type { Blocked, Border } from "./blocked.js";
import { isPlain3x3, type PositionClass } from "./tile-scheme.js";
import { kernelTransform } from "./winograd-kernel.js";
import { type Region, WinogradTiles } from "./winograd-tiles.js";

/** G of F(2x2, 3x3) and F(4x4, 3x3), for the points that assembly/transforms.mjs names, in its order. */
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
    [0, 0, 1],
    [-16 / 15, -8 / 15, -4 / 15],
    [1 / 15, -2 / 15, 4 / 15],
  ],
} as const;

/**
 * Classes of positions. F(4,3) shares four points of each axis with F(2,3), by which tiles at the end of the
 * image are computed where no more than two rows or columns are left: those have no products at the other two
 * points.
 */
const classes: Readonly<Record<2 | 4, readonly PositionClass[]>> = {
  2: [{ positions: 16, phases: 1 }],
  4: [
    { positions: 16, phases: 1 },
    { positions: 8, phases: 1, only: "rows" },
    { positions: 8, phases: 1, only: "columns" },
    { positions: 4, phases: 1, only: "both" },
  ],
};

/** Cycles that both directions of a transform take for a tile of 8 channels, measured: input, output. */
const transformCycles = { 2: [60, 40], 4: [150, 100] } as const;

/** True where Winograd's algorithm applies: 3x3, stride 1, whole blocks of input channels. */
export function winogradApplies(g: Conv2dGeometry): boolean {
  return isPlain3x3(g, 1);
}

/** Winograd's minimal filtering on tiles of `size` x `size` outputs: arXiv 1509.09308. */
export class WinogradAlgorithm implements Algorithm {
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  readonly lanes: number = 8;
  readonly outLanes: number = 8;
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  readonly cost: number;
  readonly #size: 2 | 4;
  readonly #wide: boolean;
  readonly #tiles: WinogradTiles;

  constructor(g: Conv2dGeometry, size: 2 | 4, capabilities: Capabilities) {
    this.geometry = g;
    this.#size = size;
    this.#wide = capabilities.wide;
    const cycles = transformCycles[size];
    const scheme = {
      size,
      stride: 1,
      classes: classes[size],
      transformCycles: cycles,
      mixed: size === 4,
    } as const;
    this.#tiles = new WinogradTiles(g, scheme, capabilities);
    this.border = this.#tiles.border;
    this.weightFloats = this.#tiles.weightFloats;
    this.workBytes = this.#tiles.workBytes;
    this.cost = this.#tiles.cost;
    const tile = capabilities.wide && this.#tiles.outBlocks > 1 ? "6x16" : "4x8";
    this.name = `f32_winograd_${size}x${size}_3x3_${tile} ${isa(capabilities)}`;
  }

  pack(weight: Float32Array, out: Float32Array): void {
    packWinograd(weight, this.geometry, this.#size, this.#wide, out);
  }

  tables(x: Blocked, out: Blocked): Int32Array {
    return this.#tiles.tables(x, out);
  }

  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[] {
    const { start, stride } = this.#tiles.regions[0] as Region;
    return this.#tiles.steps(x, out, at, relu, (chunk) => ({
      kind: "winogradInput",
      units: Math.ceil(chunk.blocks / 2),
      record: { ...chunk, out: at.work + start, positionStride: stride, size: this.#size },
    }));
  }
}

/** U = G g G^T in float64, rounded once, as [position][block of outputs][input][output]. */
function packWinograd(
  weight: Float32Array,
  g: Conv2dGeometry,
  size: 2 | 4,
  wide: boolean,
  out: Float32Array,
): void {
  const taps = size + 2;
  const transform = kernelTransform(kernelTransforms[size]);
  const inBlocks = Math.ceil(g.inChannels / 8);
  const outBlocks = Math.ceil(g.outChannels / 8);
  const positionStride = inBlocks * 8 * outBlocks * 8;
  // Outputs of a block lie side by side: they are collected, so that each cache line of the result is written
  // once.
  const block = new Float32Array(taps * taps * 16);
  const order = positionOrder(taps);
  out.fill(0);
  for (let firstBlock = 0; firstBlock < outBlocks; ) {
    const width = wide && firstBlock + 1 < outBlocks ? 16 : 8;
    const outputs = Math.min(width, g.outChannels - firstBlock * 8);
    for (let c = 0; c < g.inChannels; c++) {
      for (let o = 0; o < outputs; o++)
        transform(weight, ((firstBlock * 8 + o) * g.inChannels + c) * 9, block, o, width);
      let to = firstBlock * 8 * inBlocks * 8 + c * width;
      for (const position of order) {
        for (let o = 0; o < outputs; o++) out[to + o] = block[position * width + o] as number;
        to += positionStride;
      }
    }
    firstBlock += width / 8;
  }
}

/**
 * The positions of a transformed tile, row by row: first those of the first four columns, then those of the
 * others.
 */
function positionOrder(taps: number): readonly number[] {
  const positions = Array.from({ length: taps * taps }, (_, i) => i);
  return [0, 4].flatMap((from) => positions.filter((i) => i % taps >= from && i % taps < from + 4));
}
