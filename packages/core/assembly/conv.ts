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
  if (d.together === most) {
    let whole = left / most;
    const rest = left - whole * most;
    if (rest && rest < 3 && whole) whole--;
    if (whole) {
      const panel = pair ? 2 * d.wBlockStride : d.wBlockStride;
      if (pair) f32_product16(d.run, whole, x, w, panel, out, d.outBlockStride);
      else f32_product8(d.run, whole, x, w, panel, out, d.outBlockStride);
      left -= whole * most;
      table += (whole * most) << 3;
    }
  }
  while (left > 0) {
    let pixels = min(left, most);
    // A last tile of one or two pixels would leave most of the multipliers idle: share its work with the tile before.
    if (left > most && left < most + 3) pixels = (left + 1) >> 1;
    if (pair) f32_conv16(pixels, d, table, x, w, bias, out, residual);
    else {
      // The gap is the least distance of any two: if the last of four is three gaps from the first, so are those between.
      const even = pixels === 4 && load<i32>(table, 24) - load<i32>(table) === 3 * d.gap;
      const gap = even ? d.gap : 0;
      if (gap === 32) f32_conv_4x8_gap32(d, table, x, w, bias, out, residual);
      else if (gap === 64) f32_conv_4x8_gap64(d, table, x, w, bias, out, residual);
      else if (gap === 24) f32_conv_4x8_gap24(d, table, x, w, bias, out, residual);
      else f32_conv8(pixels, d, table, x, w, bias, out, residual);
    }
    left -= pixels;
    table += pixels << 3;
  }
}
