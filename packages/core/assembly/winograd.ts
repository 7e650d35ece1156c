import { StridedInput, WinogradInput, WinogradOutput } from "./records";
import { scratch } from "./scratch";
import {
  f32_winograd_input_2x2_1,
  f32_winograd_input_2x2_2,
  f32_winograd_input_2x4_1,
  f32_winograd_input_2x4_2,
  f32_winograd_input_4x2_1,
  f32_winograd_input_4x2_2,
  f32_winograd_input_4x4_1,
  f32_winograd_input_4x4_2,
  f32_winograd2_output_1,
  f32_winograd2_output_2,
  f32_winograd4_output_2x2_1,
  f32_winograd4_output_2x2_2,
  f32_winograd4_output_2x4_1,
  f32_winograd4_output_2x4_2,
  f32_winograd4_output_4x2_1,
  f32_winograd4_output_4x2_2,
  f32_winograd4_output_4x4_1,
  f32_winograd4_output_4x4_2,
  f32_winograd4_strided_input_1,
  f32_winograd4_strided_input_2,
  f32_winograd4_strided_output_1,
  f32_winograd4_strided_output_2,
} from "./transforms";

/**
 * Positions in the first four columns of a tile of 4x4 outputs; the other two columns' come after them, and
 * tiles of 2 columns have none there.
 */
const FIRST_COLUMNS: usize = 24;

/**
 * Whether a tile has four outputs on an axis: two of F(4,3)'s are enough where no more are left of the image.
 */
function isFull(size: i32, outputs: i32): bool {
  return size === 4 && outputs > 2;
}

/**
 * A unit is two blocks of 8 input channels, which fill the cache lines that they are written to: all their
 * tiles.
 */
export function winogradInputUnit(d: WinogradInput, unit: i32): void {
  const first = unit << 1;
  const x = d.x + first * d.xBlockStride;
  const blocks = min(2, d.blocks - first);
  const offset = channelOffset(d.together, d.run, first);
  const second = channelOffset(d.together, d.run, first + 1) - offset;
  const out = d.out + offset;
  const ownOut = out + FIRST_COLUMNS * d.positionStride;
  // Tiles without own columns are left out there, so that those that have them lie together.
  let ownTiles = 0;
  let table = d.table;
  for (let t = 0; t < d.tiles; t++) {
    const at = x + load<u32>(table);
    const rows = isFull(d.size, load<i32>(table, 8));
    const columns = isFull(d.size, load<i32>(table, 12));
    const to = out + tileOffset(d.together, d.run, d.groupStride, t);
    const own = ownOut + tileOffset(d.together, d.run, d.groupStride, ownTiles);
    inputTile(d, rows, columns, at, to, own);
    if (blocks === 2) inputTile(d, rows, columns, at + d.xBlockStride, to + second, own + second);
    if (columns) ownTiles++;
    table += 16;
  }
}

/** Where a tile's channels lie. */
function tileOffset(together: i32, run: i32, groupStride: usize, tile: i32): usize {
  return (tile / together) * groupStride + (((tile % together) * run) << 2);
}

/** Where a block's channels lie among those of the tiles that lie together. */
function channelOffset(together: i32, run: i32, block: i32): usize {
  const channel = block << 3;
  return (((channel / run) * together * run) << 2) + ((channel % run) << 2);
}

/** `rows` and `columns`: whether there are four of them, not two. */
function inputTile(d: WinogradInput, rows: bool, columns: bool, at: usize, out: usize, own: usize): void {
  if (d.wide) {
    if (rows && columns) f32_winograd_input_4x4_2(at, d.rowStride, out, own, d.positionStride, scratch);
    else if (rows) f32_winograd_input_4x2_2(at, d.rowStride, out, own, d.positionStride, scratch);
    else if (columns) f32_winograd_input_2x4_2(at, d.rowStride, out, own, d.positionStride, scratch);
    else f32_winograd_input_2x2_2(at, d.rowStride, out, own, d.positionStride, scratch);
    return;
  }
  for (let half = 0; half < 2; half++) {
    if (rows && columns) f32_winograd_input_4x4_1(at, d.rowStride, out, own, d.positionStride, scratch);
    else if (rows) f32_winograd_input_4x2_1(at, d.rowStride, out, own, d.positionStride, scratch);
    else if (columns) f32_winograd_input_2x4_1(at, d.rowStride, out, own, d.positionStride, scratch);
    else f32_winograd_input_2x2_1(at, d.rowStride, out, own, d.positionStride, scratch);
    at += 16;
    out += 16;
    own += 16;
  }
}

/** The same for a stride of 2. */
export function stridedInputUnit(d: StridedInput, unit: i32): void {
  const first = unit << 1;
  const x = d.x + first * d.xBlockStride;
  const blocks = min(2, d.blocks - first);
  let table = d.table;
  for (let t = 0; t < d.tiles; t++) {
    const group = (t / d.together) * d.groupStride;
    const lane = ((t % d.together) * d.run) << 2;
    for (let b = 0; b < blocks; b++) {
      const at = x + b * d.xBlockStride + load<u32>(table);
      const to = lane + channelOffset(d.together, d.run, first + b);
      const shared = d.shared + 4 * group + to;
      const edge = d.edge + 2 * group + to;
      const corner = d.corner + group + to;
      stridedTile(d, at, shared, edge, corner);
    }
    table += 16;
  }
}

function stridedTile(d: StridedInput, at: usize, shared: usize, edge: usize, corner: usize): void {
  if (d.wide)
    f32_winograd4_strided_input_2(
      at,
      d.rowStride,
      shared,
      d.sharedStride,
      edge,
      d.edgeStride,
      corner,
      d.phase,
      scratch,
    );
  else {
    f32_winograd4_strided_input_1(
      at,
      d.rowStride,
      shared,
      d.sharedStride,
      edge,
      d.edgeStride,
      corner,
      d.phase,
      scratch,
    );
    f32_winograd4_strided_input_1(
      at + 16,
      d.rowStride,
      shared + 16,
      d.sharedStride,
      edge + 16,
      d.edgeStride,
      corner + 16,
      d.phase,
      scratch,
    );
  }
}

/** A unit is a block of 8 output channels: all its tiles. */
export function winogradOutputUnit(d: WinogradOutput, unit: i32): void {
  const out = d.out + unit * d.outBlockStride;
  const residual = d.residual ? d.residual + unit * d.outBlockStride : 0;
  let from = d.x + unit * d.xBlockStride;
  let table = d.table;
  const bias = d.bias + (unit << 5);
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  const lo = f32x4.splat(d.lowerBound);
  let seen = f32x4.splat(0);
  let own = from + FIRST_COLUMNS * d.positionStride;
  for (let t = 0; t < d.tiles; t++) {
    const rows = load<i32>(table, 8);
    const columns = load<i32>(table, 12);
    const pitch = outputTile(d, rows, columns, from, own);
    if (pitch === 128) own += 32;
    const offset = load<u32>(table, 4);
    let row = out + offset;
    let add = residual + offset;
    let tile = scratch;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns << 5; j += 32) {
        let y0 = f32x4.add(v128.load(tile + j), bias0);
        let y1 = f32x4.add(v128.load(tile + j, 16), bias1);
        seen = f32x4.add(seen, f32x4.mul(f32x4.add(y0, y1), f32x4.splat(0)));
        if (residual) {
          y0 = f32x4.add(y0, v128.load(add + j));
          y1 = f32x4.add(y1, v128.load(add + j, 16));
        }
        v128.store(row + j, f32x4.pmax(y0, lo));
        v128.store(row + j, f32x4.pmax(y1, lo), 16);
      }
      row += d.rowStride;
      add += d.rowStride;
      tile += pitch;
    }
    table += 16;
    from += 32;
  }
  // An infinity or NaN spreads over its whole tile here, and not in a direct convolution: the caller computes
  // again without Winograd.
  if (v128.any_true(f32x4.ne(seen, seen))) store<i32>(d.spoiled, 1);
}

/** Puts a tile's outputs into the scratch memory; returns the bytes of a row there. */
function outputTile(d: WinogradOutput, rowsLeft: i32, columnsLeft: i32, from: usize, own: usize): i32 {
  const stride = d.positionStride;
  if (d.stride === 2) {
    if (d.wide) f32_winograd4_strided_output_2(from, stride, scratch);
    else {
      f32_winograd4_strided_output_1(from, stride, scratch);
      f32_winograd4_strided_output_1(from + 16, stride, scratch + 16);
    }
    return 128;
  }
  if (d.size === 2) {
    if (d.wide) f32_winograd2_output_2(from, own, stride, scratch);
    else {
      f32_winograd2_output_1(from, own, stride, scratch);
      f32_winograd2_output_1(from + 16, own, stride, scratch + 16);
    }
    return 64;
  }
  const rows = isFull(4, rowsLeft);
  const columns = isFull(4, columnsLeft);
  if (d.wide) {
    if (rows && columns) f32_winograd4_output_4x4_2(from, own, stride, scratch);
    else if (rows) f32_winograd4_output_4x2_2(from, own, stride, scratch);
    else if (columns) f32_winograd4_output_2x4_2(from, own, stride, scratch);
    else f32_winograd4_output_2x2_2(from, own, stride, scratch);
  } else {
    for (let half = 0; half < 32; half += 16) {
      if (rows && columns) f32_winograd4_output_4x4_1(from + half, own + half, stride, scratch + half);
      else if (rows) f32_winograd4_output_4x2_1(from + half, own + half, stride, scratch + half);
      else if (columns) f32_winograd4_output_2x4_1(from + half, own + half, stride, scratch + half);
      else f32_winograd4_output_2x2_1(from + half, own + half, stride, scratch + half);
    }
  }
  return columns ? 128 : 64;
}
