// The records that the TypeScript side writes into memory, field by field in this order (src/engines/wasm/machine/records.ts).

/** A convolution on channel blocks, or one of Winograd's products: see conv.ts. */
@unmanaged
export class Conv {
  x: usize;
  w: usize;
  bias: usize;
  out: usize;
  /** Added to the result; laid out as `out`. 0: none. */
  residual: usize;
  /** Results below it are raised to it: 0 for ReLU, else -Infinity. */
  lowerBound: f32;
  /** Per output pixel: byte offset of its first input, byte offset of its output. */
  table: usize;
  pixels: i32;
  /** What to add to the input's address after each run (depthwise: after each tap), in bytes. */
  segments: usize;
  segmentCount: i32;
  /** Products in a run: steps of 4 bytes in x. Not for depthwise. */
  run: i32;
  /** Bytes from a block of 8 output channels to the next. */
  outBlockStride: usize;
  /** Blocks of 8 output channels in a group. */
  blocks: i32;
  groups: i32;
  xGroupStride: usize;
  wGroupStride: usize;
  biasGroupStride: usize;
  outGroupStride: usize;
  batch: i32;
  xImageStride: usize;
  outImageStride: usize;
  /** Bytes of weights for 8 output channels. */
  wBlockStride: usize;
  /** Pixels in a unit of work, and how many such chunks there are. */
  chunkPixels: i32;
  chunks: i32;
  /** 1: tiles of 16 channels, in pairs that V8 can make 256 bits wide. */
  wide: i32;
  /** Bytes between the inputs of neighbouring pixels, which is the least between any two; 0: there are no neighbours. */
  gap: i32;
  /** Transformed tiles that lie together, see WinogradInput; 0: these are no transformed tiles. */
  together: i32;
}

/** A depthwise convolution with strides of 1 on planes: see depthwise.ts. */
@unmanaged
export class Rows {
  x: usize;
  /** Of the input, which has no border. */
  height: i32;
  rowBytes: usize;
  /** Rows of padding above, and bytes of it to the left and to the right. */
  padTop: i32;
  leftBytes: usize;
  rightBytes: usize;
  /** Output rows whose input, with its padding, is put together in the thread's own memory. */
  bandRows: i32;
  /** [plane][column][row]. */
  w: usize;
  kernelHeight: i32;
  kernelWidth: i32;
  /** Input rows from one of the kernel's rows to the next, and bytes from one of its columns to the next. */
  rowDilation: i32;
  tapBytes: usize;
  bias: usize;
  out: usize;
  /** Added to the result; laid out as `out`. 0: none. */
  residual: usize;
  /** Results below it are raised to it: 0 for ReLU, else -Infinity. */
  lowerBound: f32;
  outImageStride: usize;
  outPlaneStride: usize;
  outRowStride: usize;
  outHeight: i32;
  outWidth: i32;
  planes: i32;
  /** 1: slots of 8 pixels, in pairs that V8 can make 256 bits wide; else 4. */
  wide: i32;
}

/** Between planes [image][channel][height][width] and channel blocks with a border: see layout.ts. */
@unmanaged
export class Layout {
  planes: usize;
  blocks: usize;
  /** Channels in a group, and how many of them share a block. */
  groupChannels: i32;
  blockChannels: i32;
  /** Blocks in a group, over all groups: batch x groups x blocksPerGroup units. */
  blocksPerGroup: i32;
  groups: i32;
  batch: i32;
  height: i32;
  width: i32;
  /** Bytes between the planes of a channel. */
  planeStride: usize;
  /** Bytes between blocks, and between rows in a block; `blocks` points at the first pixel inside the border. */
  blockStride: usize;
  rowStride: usize;
  /** Pixels of border around each block, filled with zeros, and the bytes of a pixel. */
  top: i32;
  bottom: i32;
  left: i32;
  right: i32;
  pixelBytes: i32;
  /** Where blocks become planes: write 1 here if a value is not finite. 0: do not look. */
  spoiled: usize;
}

/** Tiles of Winograd's input: see winograd.ts. The table has four numbers a tile: input offset, output offset, rows, columns. */
@unmanaged
export class WinogradInput {
  x: usize;
  xBlockStride: usize;
  rowStride: usize;
  /** Blocks of 8 input channels. */
  blocks: i32;
  out: usize;
  /** So many tiles lie together: `run` channels of the first, the same of the second, ...; then their next channels. */
  together: i32;
  run: i32;
  /** Bytes from tiles that lie together to the next ones. */
  groupStride: usize;
  positionStride: usize;
  table: usize;
  tiles: i32;
  /** Output pixels of a tile on each axis: 2 or 4. */
  size: i32;
  wide: i32;
}

/** Tiles of 4x4 outputs of a convolution with a stride of 2: see winograd.ts. The table is the same. */
@unmanaged
export class StridedInput {
  x: usize;
  xBlockStride: usize;
  rowStride: usize;
  /** Blocks of 8 input channels. */
  blocks: i32;
  /** The 16 positions with 4 products, the 8 with 2, the one with 1: their start, and the bytes from one to the next. */
  shared: usize;
  sharedStride: usize;
  edge: usize;
  edgeStride: usize;
  corner: usize;
  /** Bytes from a product's channels to the next product's. */
  phase: usize;
  /** As for WinogradInput; `groupStride` is that of the corner. */
  together: i32;
  run: i32;
  groupStride: usize;
  table: usize;
  tiles: i32;
  wide: i32;
}

@unmanaged
export class WinogradOutput {
  x: usize;
  xBlockStride: usize;
  positionStride: usize;
  out: usize;
  outBlockStride: usize;
  rowStride: usize;
  bias: usize;
  residual: usize;
  lowerBound: f32;
  table: usize;
  tiles: i32;
  size: i32;
  /** Of the convolution: 1, or 2 where `size` is 4. */
  stride: i32;
  wide: i32;
  /** Where to write 1 if a result is not finite. */
  spoiled: usize;
}
