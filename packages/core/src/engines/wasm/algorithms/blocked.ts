import type { Conv2dGeometry } from "./as-2d.js";

/**
 * An image batch as the kernels want it: [image][group][block][row][column][lane], `lanes` channels to a
 * block, with a border of zeros around each block's image. Addresses and strides are in bytes.
 */
export interface Blocked {
  readonly batch: number;
  readonly groups: number;
  /** Channels in a group. */
  readonly channels: number;
  readonly lanes: number;
  /** Blocks in a group. */
  readonly blocks: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly pixelBytes: number;
  readonly rowStride: number;
  readonly blockStride: number;
  readonly imageStride: number;
  /** From the start of the memory to the first pixel inside the border. */
  readonly origin: number;
  readonly bytes: number;
}

/** Pixels around an image. */
export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const noBorder: Border = { top: 0, bottom: 0, left: 0, right: 0 };

/** Lays out an image batch. */
export function blocked(
  shape: { batch: number; groups: number; channels: number; height: number; width: number },
  lanes: number,
  border: Border,
): Blocked {
  const { batch, groups, channels, height, width } = shape;
  const { top, bottom, left, right } = border;
  const blocks = Math.ceil(channels / lanes);
  const pixelBytes = lanes * 4;
  const rowStride = (left + width + right) * pixelBytes;
  const blockStride = (top + height + bottom) * rowStride;
  const imageStride = groups * blocks * blockStride;
  // One literal: this is a good part of what a small convolution's first call takes.
  return {
    batch,
    groups,
    channels,
    lanes,
    blocks,
    height,
    width,
    top,
    bottom,
    left,
    right,
    pixelBytes,
    rowStride,
    blockStride,
    imageStride,
    origin: top * rowStride + left * pixelBytes,
    // Planes are read in vectors, up to three pixels past the last.
    bytes: batch * imageStride + (lanes === 1 ? 16 : 0),
  };
}

/** What a layout has to know of a convolution. */
export type Channels = Pick<Conv2dGeometry, "groups" | "inChannels" | "outChannels">;

/** One channel a group, in and out: computed lane by lane on blocks that ignore the groups. */
export function isDepthwise(g: Channels): boolean {
  return g.groups > 1 && g.inChannels === g.groups && g.outChannels === g.groups;
}

/** How a convolution's groups show in its tensors' layout. */
export function layoutGroups(g: Channels): number {
  return isDepthwise(g) ? 1 : g.groups;
}

/**
 * Channels to a block of a convolution's input: fewer than 8 where there are no more, so that nothing is
 * multiplied by padding.
 */
export function inputLanes(g: Conv2dGeometry): number {
  return isDepthwise(g) ? 8 : Math.min(8, g.inChannels / g.groups);
}
