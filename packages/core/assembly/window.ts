import { Window } from "./records";

/** Bytes of a pixel: 8 channels. */
const PIXEL: usize = 32;
/** Bytes of an output's window on one axis: first pixel, count, distance, length. */
const SPAN: usize = 16;

/** Windows of a pooling; a unit is a block of one output image. */
export function windowUnit(d: Window, unit: i32): void {
  const block = unit % d.blocks;
  const image = unit / d.blocks;
  const z = image % d.outDepth;
  const x = d.x + (image / d.outDepth) * d.xBatchStride + block * d.xBlockStride;
  const planes = d.table + z * SPAN;
  const lastRows = d.table + (d.outDepth + d.outHeight) * SPAN;
  const lastColumns = lastRows + d.outWidth * SPAN;
  let line = d.out + image * d.outImageStride + block * d.outBlockStride;
  for (let rows = d.table + d.outDepth * SPAN; rows < lastRows; rows += SPAN) {
    let out = line;
    for (let columns = lastRows; columns < lastColumns; columns += SPAN) {
      if (d.mean) mean(d, x, planes, rows, columns, out);
      else largest(d, x, planes, rows, columns, out);
      out += PIXEL;
    }
    line += d.outRowStride;
  }
}

function first(span: usize): usize {
  return load<usize>(span);
}

function count(span: usize): i32 {
  return load<i32>(span, 4);
}

function distance(span: usize): usize {
  return load<usize>(span, 8);
}

/** The largest of each channel; NaN wins. */
function largest(d: Window, x: usize, planes: usize, rows: usize, columns: usize, out: usize): void {
  let low = f32x4.splat(-Infinity);
  let high = low;
  const step = distance(columns) * PIXEL;
  let plane = x + first(planes) * d.xImageStride + first(rows) * d.xRowStride + first(columns) * PIXEL;
  for (let i = count(planes); i > 0; i--) {
    let row = plane;
    for (let j = count(rows); j > 0; j--) {
      let at = row;
      for (let k = count(columns); k > 0; k--) {
        low = f32x4.max(low, v128.load(at));
        high = f32x4.max(high, v128.load(at, 16));
        at += step;
      }
      row += distance(rows) * d.xRowStride;
    }
    plane += distance(planes) * d.xImageStride;
  }
  v128.store(out, low);
  v128.store(out, high, 16);
}

function mean(d: Window, x: usize, planes: usize, rows: usize, columns: usize, out: usize): void {
  let low = f32x4.splat(0);
  let high = low;
  const step = distance(columns) * PIXEL;
  let plane = x + first(planes) * d.xImageStride + first(rows) * d.xRowStride + first(columns) * PIXEL;
  for (let i = count(planes); i > 0; i--) {
    let row = plane;
    for (let j = count(rows); j > 0; j--) {
      let at = row;
      for (let k = count(columns); k > 0; k--) {
        low = f32x4.add(low, v128.load(at));
        high = f32x4.add(high, v128.load(at, 16));
        at += step;
      }
      row += distance(rows) * d.xRowStride;
    }
    plane += distance(planes) * d.xImageStride;
  }
  const length = f32x4.splat(<f32>(load<i32>(planes, 12) * load<i32>(rows, 12) * load<i32>(columns, 12)));
  v128.store(out, f32x4.div(low, length));
  v128.store(out, f32x4.div(high, length), 16);
}
