import { Conv } from "./records";
import {
  f32_conv8,
  f32_conv16,
  f32_depthwise_even4,
  f32_depthwise_plane4,
  f32_depthwise_plane8,
  f32_depthwise4,
  f32_depthwise8,
} from "./tiles";

/** Units of work: image, group, chunk of pixels, block (or pair of blocks) of output channels, the last fastest. */
export function convUnits(d: Conv): i32 {
  const step = d.wide ? 2 : 1;
  return d.batch * d.groups * d.chunks * ((d.blocks + step - 1) / step);
}

export function convUnit(d: Conv, unit: i32): void {
  const step = d.wide ? 2 : 1;
  const blockSteps = (d.blocks + step - 1) / step;
  const block = (unit % blockSteps) * step;
  let rest = unit / blockSteps;
  const chunk = rest % d.chunks;
  rest /= d.chunks;
  const group = rest % d.groups;
  const image = rest / d.groups;
  const w = d.w + group * d.wGroupStride + block * d.wBlockStride;
  const bias = d.bias + group * d.biasGroupStride + (block << 5);
  const x = d.x + image * d.xImageStride + group * d.xGroupStride;
  const outOffset = image * d.outImageStride + group * d.outGroupStride + block * d.outBlockStride;
  const out = d.out + outOffset;
  const residual = d.residual ? d.residual + outOffset : 0;
  const first = chunk * d.chunkPixels;
  let left = min(d.pixels - first, d.chunkPixels);
  let table = d.table + (first << 3);
  const pair = d.wide && block + 1 < d.blocks;
  const most = pair ? 6 : 4;
  while (left > 0) {
    let pixels = min(left, most);
    // A last tile of one or two pixels would leave most of the multipliers idle: share its work with the tile before.
    if (left > most && left < most + 3) pixels = (left + 1) >> 1;
    if (pair) f32_conv16(pixels, d, table, x, w, bias, out, residual);
    else f32_conv8(pixels, d, table, x, w, bias, out, residual);
    left -= pixels;
    table += pixels << 3;
  }
}

/** The same for a depthwise convolution on blocks; a unit is a block of 8 channels and a chunk of pixels. */
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

/** A depthwise convolution on planes; a unit is one plane, `pixels` counts slots of 4 (wide: 8) neighbouring pixels. */
export function depthwisePlaneUnit(d: Conv, unit: i32): void {
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
    if (d.wide) f32_depthwise_plane8(slots, d, tiles, table, x, w, bias, out, residual);
    else if (d.columnStride === 2) f32_depthwise_even4(slots, d, tiles, table, x, w, bias, out, residual);
    else f32_depthwise_plane4(slots, d, tiles, table, x, w, bias, out, residual);
    left -= slots * tiles;
    table += (slots * tiles) << 3;
  }
}
