import { Conv } from "./records";
import { f32_conv8, f32_conv16, f32_depthwise8 } from "./tiles";

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

/** The same for a depthwise convolution; a unit is a block of 8 channels and a chunk of pixels. */
export function depthwiseUnit(d: Conv, unit: i32): void {
  const chunk = unit % d.chunks;
  const rest = unit / d.chunks;
  const block = rest % d.blocks;
  const image = rest / d.blocks;
  const x = d.x + image * d.xImageStride + block * d.xGroupStride;
  const outOffset = image * d.outImageStride + block * d.outBlockStride;
  const residual = d.residual ? d.residual + outOffset : 0;
  const first = chunk * d.chunkPixels;
  let left = min(d.pixels - first, d.chunkPixels);
  let table = d.table + (first << 3);
  while (left > 0) {
    const pixels = min(left, 4);
    f32_depthwise8(
      pixels,
      d,
      table,
      x,
      d.w + block * d.wBlockStride,
      d.bias + (block << 5),
      d.out + outOffset,
      residual,
    );
    left -= pixels;
    table += pixels << 3;
  }
}
