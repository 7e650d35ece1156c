import type { Conv2dGeometry } from "./as-2d.js";

/** True for a 3x3 convolution with this stride, no dilation, and whole blocks of input channels. */
export function isPlain3x3(g: Conv2dGeometry, stride: 1 | 2): boolean {
  const strides = g.strideHeight === stride && g.strideWidth === stride;
  const plain = strides && g.dilationHeight === 1 && g.dilationWidth === 1;
  return plain && g.kernelHeight === 3 && g.kernelWidth === 3 && g.groups === 1 && g.inChannels >= 8;
}

/** Positions of a transformed tile in which `phases` products of each input channel add up. */
export interface PositionClass {
  readonly positions: number;
  readonly phases: number;
  /**
   * Tiles that have these positions: all, unless they are those of tiles with four rows, four columns, or
   * both.
   */
  readonly only?: "rows" | "columns" | "both";
}

/** What distinguishes the algorithms. */
export interface TileScheme {
  /** Outputs of a tile on each axis. */
  readonly size: 2 | 4;
  readonly stride: 1 | 2;
  /** Classes of positions in the order of their weights. */
  readonly classes: readonly PositionClass[];
  /** Cycles for a tile of 8 channels, measured: input, output. */
  readonly transformCycles: readonly [number, number];
  /** True: tiles at the image's end have two rows or columns where no more than two are left. */
  readonly mixed: boolean;
}

/** A tile's first output row and column in its image, and the outputs that it has on each axis. */
export interface Tile {
  readonly image: number;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Tiles on an axis: whole ones, and perhaps one of two outputs, where no more are left. */
function tilesAlong(outputs: number, { size, mixed }: TileScheme): readonly [whole: number, short: number] {
  const rest = outputs % size;
  const short = mixed && rest > 0 && rest <= 2 ? 1 : 0;
  return [Math.ceil(outputs / size) - short, short];
}

/** The outputs on an axis that the tiles compute, those past the end included. */
export function covered(outputs: number, scheme: TileScheme): number {
  const [whole, short] = tilesAlong(outputs, scheme);
  return whole * scheme.size + short * 2;
}

/**
 * Tiles with four rows and columns, four rows and two columns, two rows and four columns, two of both; all of
 * the first sort unless `mixed`.
 */
export function countTiles(g: Conv2dGeometry, scheme: TileScheme): readonly number[] {
  const [rows, columns] = [tilesAlong(g.outHeight, scheme), tilesAlong(g.outWidth, scheme)];
  return rows.flatMap((down) => columns.map((across) => g.batch * down * across));
}

/** All tiles of a batch, in the order of their sorts. */
export function tilesOf(g: Conv2dGeometry, { size, mixed }: TileScheme): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let image = 0; image < g.batch; image++) {
    for (let row = 0; row < g.outHeight; row += size) {
      for (let column = 0; column < g.outWidth; column += size) {
        const [rows, columns] = [Math.min(size, g.outHeight - row), Math.min(size, g.outWidth - column)];
        tiles.push({ image, row, column, rows, columns });
      }
    }
  }
  const sort = ({ rows, columns }: Tile) => (rows > 2 ? 0 : 2) + (columns > 2 ? 0 : 1);
  return mixed ? tiles.sort((a, b) => sort(a) - sort(b)) : tiles;
}
