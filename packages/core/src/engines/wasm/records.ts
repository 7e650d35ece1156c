import type { Heap } from "./heap.js";

/** What a step does; assembly/index.ts has the same numbers. */
export const Kind = { block: 0, plane: 1, conv: 2, depthwise: 3 } as const;

/** The bytes of the longest record. */
export const recordBytes = 128;

// The fields of assembly/records.ts, in its order; each takes 32 bits, and is an integer unless its name is in `floats`.
const convFields = [
  "x",
  "w",
  "bias",
  "out",
  "residual",
  "lowerBound",
  "table",
  "pixels",
  "segments",
  "segmentCount",
  "run",
  "tapStride",
  "outBlockStride",
  "blocks",
  "groups",
  "xGroupStride",
  "wGroupStride",
  "biasGroupStride",
  "outGroupStride",
  "batch",
  "xImageStride",
  "outImageStride",
  "wBlockStride",
  "chunkPixels",
  "chunks",
  "wide",
] as const;

const layoutFields = [
  "planes",
  "blocks",
  "groupChannels",
  "blockChannels",
  "blocksPerGroup",
  "groups",
  "batch",
  "height",
  "width",
  "planeStride",
  "blockStride",
  "rowStride",
  "top",
  "bottom",
  "left",
  "right",
  "pixelBytes",
] as const;

const floats: readonly string[] = ["lowerBound"];

export type ConvRecord = Readonly<Record<(typeof convFields)[number], number>>;

export type LayoutRecord = Readonly<Record<(typeof layoutFields)[number], number>>;

export function writeConv(heap: Heap, at: number, record: ConvRecord): void {
  write(heap, at, convFields, record);
}

export function writeLayout(heap: Heap, at: number, record: LayoutRecord): void {
  write(heap, at, layoutFields, record);
}

function write<Name extends string>(
  heap: Heap,
  at: number,
  names: readonly Name[],
  record: Readonly<Record<Name, number>>,
): void {
  names.forEach((name, i) => {
    const values = floats.includes(name) ? heap.f32 : heap.i32;
    values[(at >> 2) + i] = record[name];
  });
}
