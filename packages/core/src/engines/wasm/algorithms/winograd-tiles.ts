import type { Capabilities } from "../machine/capabilities.js";
import type { Step } from "../machine/records.js";
import type { Addresses } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import type { Blocked, Border } from "./blocked.js";
import { productsPerCycle, weightCycles } from "./direct.js";
import { countTiles, covered, type PositionClass, type TileScheme, tilesOf } from "./tile-scheme.js";

/**
 * Transformed tiles of this size stay in the second-level cache. Each thread has one, and works on its part
 * of the positions.
 */
const cacheBytes = 640 * 1024;

/** Where one class's transformed inputs lie. */
export interface Region {
  /** Bytes from the start of the working space. */
  readonly start: number;
  /** Bytes from one position to the next. */
  readonly stride: number;
}

/** What the record of an input transform says about a chunk of tiles, whichever the algorithm. */
export interface InputChunk {
  readonly x: number;
  readonly xBlockStride: number;
  readonly rowStride: number;
  readonly blocks: number;
  readonly together: number;
  readonly run: number;
  readonly groupStride: number;
  readonly table: number;
  readonly tiles: number;
  readonly wide: 0 | 1;
}

/**
 * The part of Winograd's algorithm that does not depend on its transforms: tiles, their products, and what
 * comes out.
 */
export class WinogradTiles {
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  readonly cost: number;
  readonly inBlocks: number;
  readonly outBlocks: number;
  /** Of the scheme's classes, in their order. */
  readonly regions: readonly Region[];
  readonly #geometry: Conv2dGeometry;
  readonly #scheme: TileScheme;
  readonly #wide: 0 | 1;
  /** Of each sort, in the order in which they are computed: see `countTiles`. */
  readonly #counts: readonly number[];
  readonly #tiles: number;
  /** Tiles that are computed together. */
  readonly #chunk: number;
  readonly #positions: number;
  /** Transformed tiles that lie together: as many as the products' tiles have pixels. */
  readonly #together: number;
  /** Neighbouring input channels of a transformed tile. */
  readonly #run: number;
  readonly #transformedBytes: number;

  constructor(g: Conv2dGeometry, scheme: TileScheme, capabilities: Capabilities) {
    const { stride, classes, transformCycles } = scheme;
    this.#geometry = g;
    this.#scheme = scheme;
    this.#wide = capabilities.wide ? 1 : 0;
    this.#counts = countTiles(g, scheme);
    this.#tiles = this.#counts.reduce((all, count) => all + count, 0);
    const beyond = 3 - stride;
    const [height, width] = [covered(g.outHeight, scheme), covered(g.outWidth, scheme)];
    this.border = {
      top: g.padTop,
      left: g.padLeft,
      bottom: Math.max(0, height * stride + beyond - g.padTop - g.inHeight),
      right: Math.max(0, width * stride + beyond - g.padLeft - g.inWidth),
    };
    const inBlocks = Math.ceil(g.inChannels / 8);
    const outBlocks = Math.ceil(g.outChannels / 8);
    this.inBlocks = inBlocks;
    this.outBlocks = outBlocks;
    this.#together = capabilities.wide && outBlocks > 1 ? 6 : 4;
    this.#run = runOf(inBlocks);
    const sum = (of: (one: PositionClass) => number) => classes.reduce((all, one) => all + of(one), 0);
    const products = sum(({ positions, phases }) => positions * phases);
    this.#positions = sum(({ positions }) => positions);
    this.weightFloats = products * inBlocks * 8 * outBlocks * 8;
    const perTile = (products * inBlocks + this.#positions * outBlocks) * 32;
    const fitting = Math.max(24, Math.floor((cacheBytes * capabilities.threads) / perTile / 12) * 12);
    this.#chunk = this.#tiles <= fitting * 1.5 ? this.#tiles : fitting;
    const wholeGroups = Math.ceil(this.#chunk / this.#together) * this.#together;
    let start = 0;
    this.regions = classes.map(({ positions, phases }) => {
      const region = { start, stride: strideOf(phases * inBlocks, wholeGroups) };
      start += positions * region.stride;
      return region;
    });
    this.#transformedBytes = start;
    this.workBytes = start + this.#positions * strideOf(outBlocks, this.#chunk);
    const [input, output] = transformCycles;
    const all = sum((one) => one.positions * one.phases * this.#tilesWith(one, 0, this.#tiles));
    this.cost =
      (all * inBlocks * 8 * outBlocks * 8) / productsPerCycle(capabilities) +
      weightCycles(this.weightFloats, Math.ceil(this.#tiles / this.#chunk)) +
      (this.#tiles * (inBlocks * input + outBlocks * output)) / (capabilities.wide ? 1.6 : 1);
  }

  /**
   * One list of 32-bit numbers:
   * - for each tile 4: byte offsets of its input and output, its rows, its columns;
   * - for each number of phases in turn, for each tile of a chunk 2: byte offsets of a product's input and
   *   output;
   * - for each run of a product's inputs 1: bytes from its end to the next one;
   * - zeros, as the products' bias.
   */
  tables(x: Blocked, out: Blocked): Int32Array {
    const { padTop, padLeft } = this.#geometry;
    const { stride } = this.#scheme;
    const tiles = tilesOf(this.#geometry, this.#scheme);
    const numbers = tiles.flatMap(({ image, row, column, rows, columns }) => [
      image * x.imageStride +
        (row * stride - padTop) * x.rowStride +
        (column * stride - padLeft) * x.pixelBytes,
      image * out.imageStride + row * out.rowStride + column * out.pixelBytes,
      rows,
      columns,
    ]);
    const [run, together] = [this.#run, this.#together];
    for (const phases of this.#phases) {
      for (let tile = 0; tile < this.#chunk; tile++) {
        const group = Math.floor(tile / together);
        numbers.push(group * phases * this.#groupBytes + (tile % together) * run * 4, tile * 32);
      }
    }
    const skips = Array<number>(this.#runs).fill(run * (together - 1) * 4);
    const zeros = Array<number>(this.outBlocks * 8).fill(0);
    return Int32Array.from([...numbers, ...skips, ...zeros]);
  }

  /** The steps of all chunks; `input` makes the one that transforms a chunk's input. */
  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean, input: (chunk: InputChunk) => Step): Step[] {
    const steps: Step[] = [];
    for (let first = 0; first < this.#tiles; first += this.#chunk) {
      const tiles = Math.min(this.#chunk, this.#tiles - first);
      const table = at.tables + first * 16;
      steps.push(
        input({
          x: at.x + x.origin,
          xBlockStride: x.blockStride,
          rowStride: x.rowStride,
          blocks: this.inBlocks,
          together: this.#together,
          run: this.#run,
          groupStride: this.#groupBytes,
          table,
          tiles,
          wide: this.#wide,
        }),
        ...this.#products(at, first, tiles),
        this.#output(out, at, relu, table, tiles),
      );
    }
    return steps;
  }

  /** One product's inputs of the tiles that lie together. */
  get #groupBytes(): number {
    return this.#together * this.inBlocks * 32;
  }

  /** The classes' numbers of phases, each once. */
  get #phases(): readonly number[] {
    return [...new Set(this.#scheme.classes.map(({ phases }) => phases))];
  }

  /** Runs of the class with the most products. */
  get #runs(): number {
    return (Math.max(...this.#phases) * this.inBlocks * 8) / this.#run;
  }

  /** How many of these tiles have the positions of a class. */
  #tilesWith({ only }: PositionClass, first: number, tiles: number): number {
    let start = 0;
    let having = 0;
    this.#counts.forEach((count, sort) => {
      const lacks = (sort >= 2 && only !== "columns") || (sort % 2 === 1 && only !== "rows");
      const [from, end] = [Math.max(start, first), Math.min(start + count, first + tiles)];
      if (only === undefined || !lacks) having += Math.max(0, end - from);
      start += count;
    });
    return having;
  }

  /** The classes, neighbours with as many phases and tiles as each other as one. */
  #alike(first: number, tiles: number) {
    const all: { positions: number; phases: number; count: number; region: Region }[] = [];
    this.#scheme.classes.forEach((one, i) => {
      const { positions, phases } = one;
      const count = this.#tilesWith(one, first, tiles);
      const last = all.at(-1);
      if (last?.phases === phases && last.count === count) last.positions += positions;
      else all.push({ positions, phases, count, region: this.regions[i] as Region });
    });
    return all;
  }

  #products(at: Addresses, first: number, tiles: number): Step[] {
    const { inBlocks, outBlocks } = this;
    const run = this.#run;
    const outStride = strideOf(outBlocks, this.#chunk);
    const pixels = at.tables + this.#tiles * 16;
    const skips = pixels + this.#phases.length * this.#chunk * 8;
    const zeros = skips + this.#runs * 4;
    let weight = at.weight;
    let out = at.work + this.#transformedBytes;
    return this.#alike(first, tiles).flatMap(({ positions, phases, count, region: { start, stride } }) => {
      const wBlockStride = phases * inBlocks * 256;
      const step: Step = {
        kind: "conv",
        units: positions * (this.#wide ? Math.ceil(outBlocks / 2) : outBlocks),
        record: {
          x: at.work + start,
          w: weight,
          bias: zeros,
          out,
          residual: 0,
          lowerBound: Number.NEGATIVE_INFINITY,
          table: pixels + this.#phases.indexOf(phases) * this.#chunk * 8,
          pixels: count,
          segments: skips,
          segmentCount: (phases * inBlocks * 8) / run,
          run,
          outBlockStride: this.#chunk * 32,
          blocks: outBlocks,
          groups: positions,
          xGroupStride: stride,
          wGroupStride: outBlocks * wBlockStride,
          biasGroupStride: 0,
          outGroupStride: outStride,
          batch: 1,
          xImageStride: 0,
          outImageStride: 0,
          wBlockStride,
          chunkPixels: count,
          chunks: 1,
          wide: this.#wide,
          gap: 0,
          together: this.#together,
        },
      };
      weight += positions * outBlocks * wBlockStride;
      out += positions * outStride;
      return count > 0 ? [step] : [];
    });
  }

  #output(out: Blocked, at: Addresses, relu: boolean, table: number, tiles: number): Step {
    const { size, stride } = this.#scheme;
    return {
      kind: "winogradOutput",
      units: this.outBlocks,
      record: {
        x: at.work + this.#transformedBytes,
        xBlockStride: this.#chunk * 32,
        positionStride: strideOf(this.outBlocks, this.#chunk),
        out: at.out + out.origin,
        outBlockStride: out.blockStride,
        rowStride: out.rowStride,
        bias: at.bias,
        residual: at.residual === 0 ? 0 : at.residual + out.origin,
        lowerBound: relu ? 0 : Number.NEGATIVE_INFINITY,
        table,
        tiles,
        size,
        stride,
        wide: this.#wide,
        spoiled: at.spoiled,
      },
    };
  }
}

/**
 * Bytes from one position's tiles to the next: an odd number of cache lines, so that the positions do not
 * fall on one cache set.
 */
function strideOf(blocks: number, tiles: number): number {
  return (Math.ceil((blocks * tiles) / 2) | 1) * 64;
}

/** Neighbouring input channels of a transformed tile: the longer, the less often a tile's loop ends. */
function runOf(blocks: number): number {
  return [32, 16].find((run) => (blocks * 8) % run === 0) ?? 8;
}
