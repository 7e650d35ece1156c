import { StridedInput, WinogradInput, WinogradOutput } from "./records";
import { scratch } from "./scratch";
import {
  f32_winograd2_input_1,
  f32_winograd2_input_2,
  f32_winograd2_output_1,
  f32_winograd2_output_2,
  f32_winograd4_input_1,
  f32_winograd4_input_2,
  f32_winograd4_output_1,
  f32_winograd4_output_2,
  f32_winograd4_strided_input_1,
  f32_winograd4_strided_input_2,
  f32_winograd4_strided_output_1,
  f32_winograd4_strided_output_2,
} from "./transforms";

/** A unit is two blocks of 8 input channels, which fill the cache lines that they are written to: all their tiles. */
export function winogradInputUnit(d: WinogradInput, unit: i32): void {
  const first = unit << 1;
  const x = d.x + first * d.xBlockStride;
  const blocks = min(2, d.blocks - first);
  const offset = channelOffset(d.together, d.run, first);
  const second = channelOffset(d.together, d.run, first + 1) - offset;
  let group = d.out + offset;
  let table = d.table;
  for (let left = d.tiles; left > 0; left -= d.together) {
    let to = group;
    for (let t = min(left, d.together); t > 0; t--) {
      const at = x + load<u32>(table);
      inputTile(d, at, to);
      if (blocks === 2) inputTile(d, at + d.xBlockStride, to + second);
      to += d.run << 2;
      table += 16;
    }
    group += d.groupStride;
  }
}

/** Where a block's channels lie among those of the tiles that lie together. */
function channelOffset(together: i32, run: i32, block: i32): usize {
  const channel = block << 3;
  return (((channel / run) * together * run) << 2) + ((channel % run) << 2);
}

function inputTile(d: WinogradInput, at: usize, out: usize): void {
  if (d.size === 4) {
    if (d.wide) f32_winograd4_input_2(at, d.rowStride, out, d.positionStride, scratch);
    else {
      f32_winograd4_input_1(at, d.rowStride, out, d.positionStride, scratch);
      f32_winograd4_input_1(at + 16, d.rowStride, out + 16, d.positionStride, scratch);
    }
  } else {
    if (d.wide) f32_winograd2_input_2(at, d.rowStride, out, d.positionStride, scratch);
    else {
      f32_winograd2_input_1(at, d.rowStride, out, d.positionStride, scratch);
      f32_winograd2_input_1(at + 16, d.rowStride, out + 16, d.positionStride, scratch);
    }
  }
}

/** The same for a stride of 2. */
export function stridedInputUnit(d: StridedInput, unit: i32): void {
  const first = unit << 1;
  const x = d.x + first * d.xBlockStride;
  const blocks = min(2, d.blocks - first);
  let table = d.table;
  let group: usize = 0;
  for (let left = d.tiles; left > 0; left -= d.together) {
    let lane: usize = 0;
    for (let t = min(left, d.together); t > 0; t--) {
      for (let b = 0; b < blocks; b++) {
        const at = x + b * d.xBlockStride + load<u32>(table);
        const to = lane + channelOffset(d.together, d.run, first + b);
        const shared = d.shared + 4 * group + to;
        const edge = d.edge + 2 * group + to;
        const corner = d.corner + group + to;
        stridedTile(d, at, shared, edge, corner);
      }
      lane += d.run << 2;
      table += 16;
    }
    group += d.groupStride;
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
  for (let t = 0; t < d.tiles; t++) {
    if (d.stride === 2) {
      if (d.wide) f32_winograd4_strided_output_2(from, d.positionStride, scratch);
      else {
        f32_winograd4_strided_output_1(from, d.positionStride, scratch);
        f32_winograd4_strided_output_1(from + 16, d.positionStride, scratch + 16);
      }
    } else if (d.size === 4) {
      if (d.wide) f32_winograd4_output_2(from, d.positionStride, scratch);
      else {
        f32_winograd4_output_1(from, d.positionStride, scratch);
        f32_winograd4_output_1(from + 16, d.positionStride, scratch + 16);
      }
    } else {
      if (d.wide) f32_winograd2_output_2(from, d.positionStride, scratch);
      else {
        f32_winograd2_output_1(from, d.positionStride, scratch);
        f32_winograd2_output_1(from + 16, d.positionStride, scratch + 16);
      }
    }
    const offset = load<u32>(table, 4);
    const rows = load<i32>(table, 8);
    const columns = load<i32>(table, 12) << 5;
    let row = out + offset;
    let add = residual + offset;
    let tile = scratch;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j += 32) {
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
      tile += d.size << 5;
    }
    table += 16;
    from += 32;
  }
  // An infinity or NaN spreads over its whole tile here, and not in a direct convolution: the caller computes again without Winograd.
  if (v128.any_true(f32x4.ne(seen, seen))) store<i32>(d.spoiled, 1);
}
