import { Conv } from "./records";
import {
  f32_conv_4x8_gap24,
  f32_conv_4x8_gap32,
  f32_conv_4x8_gap64,
  f32_conv8,
  f32_conv16,
  f32_product8,
  f32_product16,
} from "./tiles";

/**
 * Units of work: image, group, chunk of pixels, block (or pair of blocks) of output channels, the last
 * fastest.
 */
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
  // What lies together is a tile; where it is not, at the end or for a block without a neighbour, pixels have
  // addresses of their own.
  const whole = pixelsOfWholeTiles(left, most);
  if (d.together === most && whole) {
    const panel = pair ? 2 * d.wBlockStride : d.wBlockStride;
    if (pair) f32_product16(d.run, whole / most, x, w, panel, out, d.outBlockStride);
    else f32_product8(d.run, whole / most, x, w, panel, out, d.outBlockStride);
    left -= whole;
    table += whole << 3;
  }
  while (left > 0) {
    let pixels = min(left, most);
    if (left > most && pixelsOfWholeTiles(left, most) === 0) pixels = (left + 1) >> 1;
    if (pair) f32_conv16(pixels, d, table, x, w, bias, out, residual);
    else {
      // The gap is the least distance of any two: if the last of four is three gaps from the first, so are
      // those between.
      const neighbours = pixels === 4 && load<i32>(table, 24) - load<i32>(table) === 3 * d.gap;
      const gap = neighbours ? d.gap : 0;
      if (gap === 32) f32_conv_4x8_gap32(d, table, x, w, bias, out, residual);
      else if (gap === 64) f32_conv_4x8_gap64(d, table, x, w, bias, out, residual);
      else if (gap === 24) f32_conv_4x8_gap24(d, table, x, w, bias, out, residual);
      else f32_conv8(pixels, d, table, x, w, bias, out, residual);
    }
    left -= pixels;
    table += pixels << 3;
  }
}

/**
 * A last tile of one or two pixels would leave most of the multipliers idle: it shares its work with the tile
 * before, which is not whole then.
 */
function pixelsOfWholeTiles(pixels: i32, most: i32): i32 {
  const rest = pixels % most;
  return pixels - rest - (rest > 0 && rest < 3 && pixels > most ? most : 0);
}
