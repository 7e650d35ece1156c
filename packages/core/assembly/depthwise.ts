import { Conv, Rows } from "./records";
import {
  f32_depthwise_3x3_4,
  f32_depthwise_3x3_8,
  f32_depthwise_rows4,
  f32_depthwise_rows8,
  MOST_SLOTS,
  mostRows,
} from "./row-tiles";
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

/** A depthwise convolution on planes, of every second column; a unit is one plane, `pixels` counts slots of 4 neighbouring pixels. */
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
  const image = unit / d.planes;
  const x = d.x + image * d.xImageStride + plane * d.xPlaneStride - d.padLeftBytes;
  const w = d.w + plane * ((d.kernelHeight * d.kernelWidth) << 2);
  const bias = d.bias + (plane << 2);
  const outOffset = image * d.outImageStride + plane * d.outPlaneStride;
  const out = d.out + outOffset;
  const residual = d.residual ? d.residual + outOffset : 0;
  // Every `rowDilation`-th row is a plane of its own, which has no dilation.
  for (let first = 0; first < d.rowDilation; first++) {
    const rows = (d.outHeight - first + d.rowDilation - 1) / d.rowDilation;
    const top = first - d.padTop;
    const above = top >= 0 ? top / d.rowDilation : -((d.rowDilation - 1 - top) / d.rowDilation);
    const firstRow = top - above * d.rowDilation;
    const height = (d.height - firstRow + d.rowDilation - 1) / d.rowDilation;
    const from = x + firstRow * d.xRowStride;
    const to = first * d.outRowStride;
    rowsOfPlane(d, rows, from, w, bias, out + to, residual ? residual + to : 0, above, height);
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
): void {
  const rowStep = d.rowDilation * d.xRowStride;
  const outStep = d.rowDilation * d.outRowStride;
  if (d.kernelHeight === 3 && d.kernelWidth === 3 && d.tapBytes === 4) {
    const from = x + above * rowStep;
    if (d.wide) f32_depthwise_3x3_8(d, rows, from, w, bias, out, residual, above, height, rowStep, outStep);
    else f32_depthwise_3x3_4(d, rows, from, w, bias, out, residual, above, height, rowStep, outStep);
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
