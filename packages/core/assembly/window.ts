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
      if (d.mean) reduce<Mean>(d, x, planes, rows, columns, out);
      else reduce<Largest>(d, x, planes, rows, columns, out);
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

/** What a window is reduced to, as types: loops are compiled for each. */
class Mean {}
class Largest {}

/** The mean or the largest of each channel; NaN wins. */
function reduce<To>(d: Window, x: usize, planes: usize, rows: usize, columns: usize, out: usize): void {
  const toMean = idof<To>() === idof<Mean>();
  let low = f32x4.splat(toMean ? 0 : -Infinity);
  let high = low;
  const step = distance(columns) * PIXEL;
  let plane = x + first(planes) * d.xImageStride + first(rows) * d.xRowStride + first(columns) * PIXEL;
  for (let i = count(planes); i > 0; i--) {
    let row = plane;
    for (let j = count(rows); j > 0; j--) {
      let at = row;
      for (let k = count(columns); k > 0; k--) {
        low = toMean ? f32x4.add(low, v128.load(at)) : f32x4.max(low, v128.load(at));
        high = toMean ? f32x4.add(high, v128.load(at, 16)) : f32x4.max(high, v128.load(at, 16));
        at += step;
      }
      row += distance(rows) * d.xRowStride;
    }
    plane += distance(planes) * d.xImageStride;
  }
  if (toMean) {
    const length = f32x4.splat(<f32>(load<i32>(planes, 12) * load<i32>(rows, 12) * load<i32>(columns, 12)));
    low = f32x4.div(low, length);
    high = f32x4.div(high, length);
  }
  v128.store(out, low);
  v128.store(out, high, 16);
}
