import { copyRow } from "./layout";
import { Conv, Rows } from "./records";
import {
  f32_depthwise_3x3_4,
  f32_depthwise_3x3_8,
  f32_depthwise_3x3_first_4,
  f32_depthwise_3x3_first_8,
  f32_depthwise_3x3_last_4,
  f32_depthwise_3x3_last_8,
  f32_depthwise_rows4,
  f32_depthwise_rows8,
  MOST_SLOTS,
  mostRows,
} from "./row-tiles";
import { scratch } from "./scratch";
import { f32_depthwise_even4, f32_depthwise4, f32_depthwise8 } from "./tiles";

/** A depthwise convolution on channel blocks; a unit is a block of 8 channels and a chunk of pixels. */
export function depthwiseUnit(d: Conv, unit: i32): void {
  const chunk = unit % d.chunks;
  const rest = unit / d.chunks;
  const block = rest % d.blocks;
  const image = rest / d.blocks;
  const x = d.x + image * d.xImageStride + block * d.xGroupStride;
  const w = d.w + block * d.wBlockStride;
  const bias = d.bias + (block << 5);
  const outOffset = image * d.outImageStride + block * d.outBlockStride;
  const out = d.out + outOffset;
  const residual = d.residual ? d.residual + outOffset : 0;
  const first = chunk * d.chunkPixels;
  let left = min(d.pixels - first, d.chunkPixels);
  let table = d.table + (first << 3);
  while (left > 0) {
    // Whole tiles in one call, then what is left.
    const pixels = min(left, 6);
    const tiles = left >= 6 ? left / 6 : 1;
    if (d.wide) f32_depthwise8(pixels, d, tiles, table, x, w, bias, out, residual);
    else {
      f32_depthwise4(pixels, d, tiles, table, x, w, bias, out, residual);
      f32_depthwise4(
        pixels,
        d,
        tiles,
        table,
        x + 16,
        w + 16,
        bias + 16,
        out + 16,
        residual ? residual + 16 : 0,
      );
    }
    left -= pixels * tiles;
    table += (pixels * tiles) << 3;
  }
}

/**
 * A depthwise convolution on planes, of every second column; a unit is one plane, `pixels` counts slots of 4
 * neighbouring pixels.
 */
export function depthwiseEvenUnit(d: Conv, unit: i32): void {
  const channel = unit % d.blocks;
  const image = unit / d.blocks;
  const x = d.x + image * d.xImageStride + channel * d.xGroupStride;
  const w = d.w + channel * d.wBlockStride;
  const bias = d.bias + (channel << 2);
  const outOffset = image * d.outImageStride + channel * d.outBlockStride;
  const out = d.out + outOffset;
  const residual = d.residual ? d.residual + outOffset : 0;
  let left = d.pixels;
  let table = d.table;
  while (left > 0) {
    const slots = min(left, 6);
    const tiles = left >= 6 ? left / 6 : 1;
    f32_depthwise_even4(slots, d, tiles, table, x, w, bias, out, residual);
    left -= slots * tiles;
    table += (slots * tiles) << 3;
  }
}

/** A depthwise convolution on planes; a unit is one plane. */
export function depthwiseRowsUnit(d: Rows, unit: i32): void {
  const plane = unit % d.planes;
  const x = d.x + unit * d.height * d.rowBytes;
  const w = d.w + plane * ((d.kernelHeight * d.kernelWidth) << 2);
  const bias = d.bias + (plane << 2);
  const outOffset = (unit / d.planes) * d.outImageStride + plane * d.outPlaneStride;
  const reach = (d.kernelHeight - 1) * d.rowDilation + 1;
  const padded = isPadded(d);
  for (let row = 0; row < d.outHeight; row += d.bandRows) {
    const rows = min(d.bandRows, d.outHeight - row);
    // The rows of the input that the band reads.
    const top = row - d.padTop;
    const first = max(0, top);
    const height = max(0, min(d.height, top + rows - 1 + reach) - first);
    const from = x + first * d.rowBytes;
    if (padded) padRows(d, from, height);
    const to = outOffset + row * d.outRowStride;
    const added = d.residual ? d.residual + to : 0;
    bandOfPlane(
      d,
      rows,
      padded ? scratch : from - d.leftBytes,
      w,
      bias,
      d.out + to,
      added,
      top - first,
      height,
    );
  }
}

/**
 * True where rows of the input need zeros beside them: a 3x3 kernel with no more than one on each side masks
 * what is not there, if no strip is both the first and the last.
 */
function isPadded(d: Rows): bool {
  const most: usize = rolls(d) && d.outWidth > (d.wide ? 8 : 4) ? 4 : 0;
  return max(d.leftBytes, d.rightBytes) > most;
}

function rolls(d: Rows): bool {
  return d.kernelHeight === 3 && d.kernelWidth === 3 && d.tapBytes === 4;
}

/**
 * Puts rows, with zeros to their left and right, into the scratch memory. Zeros may run into the next row,
 * which comes after them.
 */
function padRows(d: Rows, from: usize, rows: i32): void {
  const zeros = f32x4.splat(0);
  const bytes = d.rowBytes;
  const between = d.leftBytes + d.rightBytes;
  let start = scratch + d.leftBytes;
  for (let at = scratch; at < start; at += 16) v128.store(at, zeros);
  if (bytes < 16 || bytes > 64 || between > 64) {
    while (rows-- > 0) {
      const end = start + bytes;
      copyRow(from, start, end);
      from += bytes;
      start = end + between;
      for (let at = end; at < start; at += 16) v128.store(at, zeros);
    }
    return;
  }
  // Short rows without any loop: four vectors that may overlap, and four of zeros.
  const last = bytes - 16;
  const second = min(16, last);
  const third = min(32, last);
  const stride = bytes + between;
  while (rows-- > 0) {
    v128.store(start, v128.load(from));
    v128.store(start + second, v128.load(from + second));
    v128.store(start + third, v128.load(from + third));
    v128.store(start + last, v128.load(from + last));
    const end = start + bytes;
    v128.store(end, zeros);
    if (between > 16) v128.store(end, zeros, 16);
    if (between > 32) {
      v128.store(end, zeros, 32);
      v128.store(end, zeros, 48);
    }
    start += stride;
    from += bytes;
  }
}

/** `rows` rows of outputs; the first reads from row `top` of `height` on. */
function bandOfPlane(
  d: Rows,
  rows: i32,
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  residual: usize,
  top: i32,
  height: i32,
): void {
  const step = d.rowDilation;
  const rowBytes = isPadded(d) ? d.leftBytes + d.rowBytes + d.rightBytes : d.rowBytes;
  // Every `step`-th row is a plane of its own, which has no dilation.
  for (let first = 0; first < step; first++) {
    const from = top + first;
    const above = from >= 0 ? from / step : -((step - 1 - from) / step);
    const firstRow = from - above * step;
    const to = first * d.outRowStride;
    rowsOfPlane(
      d,
      (rows - first + step - 1) / step,
      x + firstRow * rowBytes,
      w,
      bias,
      out + to,
      residual ? residual + to : 0,
      above,
      (height - firstRow + step - 1) / step,
      step * rowBytes,
    );
  }
}

/** `rows` rows of outputs from the input's rows from number `above` on, in strips of some slots. */
function rowsOfPlane(
  d: Rows,
  rows: i32,
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  residual: usize,
  above: i32,
  height: i32,
  rowStep: usize,
): void {
  const outStep = d.rowDilation * d.outRowStride;
  if (rolls(d)) {
    rollRows(d, rows, x + above * rowStep, w, bias, out, residual, above, height, rowStep, outStep);
    return;
  }
  const width = d.wide ? 8 : 4;
  const lastColumn = d.outWidth - width;
  let slotsLeft = (d.outWidth + width - 1) / width;
  let strips = (slotsLeft + MOST_SLOTS - 1) / MOST_SLOTS;
  let slot = 0;
  while (strips > 0) {
    const slots = (slotsLeft + strips - 1) / strips;
    const column = min(slot * width, lastColumn) << 2;
    const last = (min((slot + slots - 1) * width, lastColumn) << 2) - column;
    let left = rows;
    let row = 0;
    while (left > 0) {
      const tileRows = min(min(mostRows(slots), d.kernelHeight), left);
      const tiles = left / tileRows;
      const at = x + (above + row) * rowStep + column;
      const to = row * outStep + column;
      const added = residual ? residual + to : 0;
      if (d.wide)
        f32_depthwise_rows8(
          tileRows,
          slots,
          d,
          tiles,
          at,
          last,
          w,
          bias,
          out + to,
          added,
          above + row,
          height,
          rowStep,
          outStep,
        );
      else
        f32_depthwise_rows4(
          tileRows,
          slots,
          d,
          tiles,
          at,
          last,
          w,
          bias,
          out + to,
          added,
          above + row,
          height,
          rowStep,
          outStep,
        );
      row += tiles * tileRows;
      left -= tiles * tileRows;
    }
    slot += slots;
    slotsLeft -= slots;
    strips--;
  }
}

/** The same with a kernel of 3x3: the first and the last strip mask what does not lie beside them. */
function rollRows(
  d: Rows,
  rows: i32,
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  residual: usize,
  above: i32,
  height: i32,
  rowStep: usize,
  outStep: usize,
): void {
  const width = d.wide ? 32 : 16;
  const lastColumn = (d.outWidth << 2) - width;
  const bare = !isPadded(d);
  let from = 0;
  let to = lastColumn;
  if (bare && d.leftBytes > 0) {
    if (d.wide)
      f32_depthwise_3x3_first_8(d, 0, 0, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
    else f32_depthwise_3x3_first_4(d, 0, 0, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
    from = width;
  }
  if (bare && d.rightBytes > 0) {
    if (d.wide)
      f32_depthwise_3x3_last_8(d, to, to, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
    else
      f32_depthwise_3x3_last_4(d, to, to, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
    to = (lastColumn - 1) & -width;
  }
  if (from > to) return;
  if (d.wide)
    f32_depthwise_3x3_8(d, from, to, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
  else f32_depthwise_3x3_4(d, from, to, rows, x, w, bias, out, residual, above, height, rowStep, outStep);
}
