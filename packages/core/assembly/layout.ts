import { Layout } from "./records";

/** Zeros the border of one block. */
export function borderUnit(d: Layout, unit: i32): void {
  const bytes = d.pixelBytes;
  const first = d.blocks + unit * d.blockStride;
  outerBorder(d, first);
  let gap = first + d.width * bytes;
  for (let y = 1; y < d.height; y++) {
    zero(gap, (d.left + d.right) * bytes);
    gap += d.rowStride;
  }
}

/** The border above and below, with what lies before the first row and behind the last. */
function outerBorder(d: Layout, first: usize): void {
  const before = d.top * d.rowStride + d.left * d.pixelBytes;
  zero(first - before, before);
  const last = first + (d.height - 1) * d.rowStride + d.width * d.pixelBytes;
  zero(last, d.right * d.pixelBytes + d.bottom * d.rowStride);
}

function zero(at: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.fill(at, 0, bytes);
    return;
  }
  const end = at + bytes;
  const vectors = at + (bytes & ~15);
  for (; at < vectors; at += 16) v128.store(at, f32x4.splat(0));
  for (; at < end; at += 4) store<f32>(at, 0);
}

/** Planes to blocks: a unit is a block of one image. Lanes without a channel and the border become 0. */
export function blockUnit(d: Layout, unit: i32): void {
  if (d.blockChannels === 1) outerBorder(d, d.blocks + unit * d.blockStride);
  else borderUnit(d, unit);
  const block = unit % d.blocksPerGroup;
  const rest = unit / d.blocksPerGroup;
  const firstChannel = block * d.blockChannels;
  const channels = min(d.blockChannels, d.groupChannels - firstChannel);
  const plane = d.planes + (rest * d.groupChannels + firstChannel) * d.planeStride;
  const out = d.blocks + unit * d.blockStride;
  if (channels === 8) blockEight(d, plane, out);
  else if (d.blockChannels === 1) blockOne(d, plane, out);
  else blockAny(d, plane, out, channels);
}

function blockEight(d: Layout, plane: usize, out: usize): void {
  for (let y = 0; y < d.height; y++)
    blockEightRow(plane + y * d.width * 4, d.planeStride, out + y * d.rowStride, d.width);
}

function blockEightRow(from: usize, stride: usize, to: usize, width: i32): void {
  const end = to + (width << 5);
  const lastFour = end - 96;
  while (to < lastFour) {
    transpose(from, stride, to);
    transpose(from + 4 * stride, stride, to + 16);
    from += 16;
    to += 128;
  }
  while (to < end) {
    let lane = from;
    for (let c = 0; c < 8; c++) {
      store<f32>(to + (c << 2), load<f32>(lane));
      lane += stride;
    }
    from += 4;
    to += 32;
  }
}

/** Four pixels of four planes become four channels of four pixels. */
function transpose(from: usize, stride: usize, to: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + 2 * stride);
  const r3 = v128.load(from + 3 * stride);
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const e = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(a, b, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(c, e, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(c, e, 2, 3, 6, 7), 96);
}

/**
 * One channel a block: the rows, further apart. The border is there already but for what lies between the
 * rows.
 */
function blockOne(d: Layout, plane: usize, out: usize): void {
  const bytes = <usize>(d.width << 2);
  const gap = d.rowStride - bytes;
  const zeros = f32x4.splat(0);
  for (let y = d.height; y > 0; y--) {
    const end = out + bytes;
    copyRow(plane, out, end);
    plane += bytes;
    // These zeros may run into the next row, which comes after them.
    if (y > 1) for (let to = end; to < end + gap; to += 16) v128.store(to, zeros);
    out += d.rowStride;
  }
}

/** Copies a row to `to`, which ends at `end`. */
export function copyRow(from: usize, to: usize, end: usize): void {
  if (end - to < 16) {
    for (; to < end; to += 4) {
      store<f32>(to, load<f32>(from));
      from += 4;
    }
    return;
  }
  const last = end - 16;
  const lastFrom = from + (last - to);
  for (; to < last; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  // May overlap the one before.
  v128.store(last, v128.load(lastFrom));
}

function blockAny(d: Layout, plane: usize, out: usize, channels: i32): void {
  const width = d.width;
  const step = d.blockChannels << 2;
  for (let c = 0; c < d.blockChannels; c++) {
    for (let y = 0; y < d.height; y++) {
      let to = out + y * d.rowStride + (c << 2);
      let from = plane + c * d.planeStride + y * width * 4;
      if (c < channels) {
        for (let x = 0; x < width; x++) {
          store<f32>(to, load<f32>(from));
          from += 4;
          to += step;
        }
      } else {
        for (let x = 0; x < width; x++) {
          store<f32>(to, 0);
          to += step;
        }
      }
    }
  }
}

/** Blocks of 8 back to planes; lanes without a channel are dropped. */
export function planeUnit(d: Layout, unit: i32): void {
  const block = unit % d.blocksPerGroup;
  const rest = unit / d.blocksPerGroup;
  const firstChannel = block * 8;
  const channels = min(8, d.groupChannels - firstChannel);
  const plane = d.planes + (rest * d.groupChannels + firstChannel) * d.planeStride;
  const from = d.blocks + unit * d.blockStride;
  let finite = true;
  for (let y = 0; y < d.height; y++) {
    const row = from + y * d.rowStride;
    const to = plane + y * d.width * 4;
    if (channels === 8) finite = planeEightRow(row, to, d.planeStride, d.width) && finite;
    else finite = planeRow(row, to, d.planeStride, d.width, channels) && finite;
  }
  if (d.spoiled && !finite) store<i32>(d.spoiled, 1);
}

/** Returns whether all values are finite. */
function planeEightRow(from: usize, to: usize, stride: usize, width: i32): bool {
  const end = from + (width << 5);
  const lastFour = end - 96;
  const zero = f32x4.splat(0);
  let seen = zero;
  while (from < lastFour) {
    for (let half = 0; half < 2; half++) {
      const at = from + (half << 4);
      let into = to + (half << 2) * stride;
      const r0 = v128.load(at);
      const r1 = v128.load(at, 32);
      const r2 = v128.load(at, 64);
      const r3 = v128.load(at, 96);
      const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const e = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      // A sum that overflows only makes the caller compute again.
      seen = f32x4.add(seen, f32x4.mul(f32x4.add(f32x4.add(r0, r1), f32x4.add(r2, r3)), zero));
      v128.store(into, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
      into += stride;
      v128.store(into, v128.shuffle<f32>(a, b, 2, 3, 6, 7));
      into += stride;
      v128.store(into, v128.shuffle<f32>(c, e, 0, 1, 4, 5));
      into += stride;
      v128.store(into, v128.shuffle<f32>(c, e, 2, 3, 6, 7));
    }
    from += 128;
    to += 16;
  }
  const rest = planeRow(from, to, stride, <i32>(end - from) >> 5, 8);
  return rest && !v128.any_true(f32x4.ne(seen, seen));
}

function planeRow(from: usize, to: usize, stride: usize, width: i32, channels: i32): bool {
  let seen: f32 = 0;
  for (let c = 0; c < channels; c++) {
    let at = from + (c << 2);
    let into = to;
    for (let x = 0; x < width; x++) {
      const value = load<f32>(at);
      seen += value * 0;
      store<f32>(into, value);
      at += 32;
      into += 4;
    }
    to += stride;
  }
  return seen === 0;
}
