import { EngineError } from "../../../errors.js";
import type { Heap } from "./heap.js";

/** Bytes for what a thread needs during a unit of work: a Winograd tile, or the padded rows of a plane; behind masks, which stay. */
export const threadScratchBytes: number = 64 * 1024;

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
  "gap",
  "together",
] as const;
const rowsFields = [
  "x",
  "height",
  "rowBytes",
  "padTop",
  "leftBytes",
  "rightBytes",
  "bandRows",
  "w",
  "kernelHeight",
  "kernelWidth",
  "rowDilation",
  "tapBytes",
  "bias",
  "out",
  "residual",
  "lowerBound",
  "outImageStride",
  "outPlaneStride",
  "outRowStride",
  "outHeight",
  "outWidth",
  "planes",
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
  "spoiled",
] as const;
const winogradInputFields = [
  "x",
  "xBlockStride",
  "rowStride",
  "blocks",
  "out",
  "together",
  "run",
  "groupStride",
  "positionStride",
  "table",
  "tiles",
  "size",
  "wide",
] as const;
const stridedInputFields = [
  "x",
  "xBlockStride",
  "rowStride",
  "blocks",
  "shared",
  "sharedStride",
  "edge",
  "edgeStride",
  "corner",
  "phase",
  "together",
  "run",
  "groupStride",
  "table",
  "tiles",
  "wide",
] as const;
const winogradOutputFields = [
  "x",
  "xBlockStride",
  "positionStride",
  "out",
  "outBlockStride",
  "rowStride",
  "bias",
  "residual",
  "lowerBound",
  "table",
  "tiles",
  "size",
  "stride",
  "wide",
  "spoiled",
] as const;

const floats: readonly string[] = ["lowerBound"];

type Fields<Names extends readonly string[]> = Readonly<Record<Names[number], number>>;

export type ConvRecord = Fields<typeof convFields>;
export type RowsRecord = Fields<typeof rowsFields>;
export type LayoutRecord = Fields<typeof layoutFields>;
export type WinogradInputRecord = Fields<typeof winogradInputFields>;
export type StridedInputRecord = Fields<typeof stridedInputFields>;
export type WinogradOutputRecord = Fields<typeof winogradOutputFields>;

/** One step of a program: what to do, on which data, in how many independent units. */
export type Step = { readonly units: number } & (
  | { readonly kind: "block" | "plane" | "border"; readonly record: LayoutRecord }
  | { readonly kind: "conv" | "depthwise" | "depthwiseEven"; readonly record: ConvRecord }
  | { readonly kind: "depthwiseRows"; readonly record: RowsRecord }
  | { readonly kind: "winogradInput"; readonly record: WinogradInputRecord }
  | { readonly kind: "stridedInput"; readonly record: StridedInputRecord }
  | { readonly kind: "winogradOutput"; readonly record: WinogradOutputRecord }
);

/** The numbers that assembly/index.ts gives to the kinds, and their fields. */
const kinds: Readonly<Record<Step["kind"], readonly [number, readonly string[]]>> = {
  block: [0, layoutFields],
  plane: [1, layoutFields],
  conv: [2, convFields],
  depthwise: [3, convFields],
  winogradInput: [4, winogradInputFields],
  winogradOutput: [5, winogradOutputFields],
  border: [6, layoutFields],
  depthwiseEven: [7, convFields],
  stridedInput: [8, stridedInputFields],
  depthwiseRows: [9, rowsFields],
};

/**
 * Checks that a module reads records as they are written here. A build that was interrupted, or is under way, can leave a module beside
 * code that is older or newer.
 * @throws {EngineError} if it does not
 */
export function checkRecords(recordBytesOf: (kind: number) => number): void {
  for (const [name, [kind, fields]] of Object.entries(kinds)) {
    const bytes = recordBytesOf(kind);
    if (bytes !== fields.length * 4) {
      throw new EngineError(
        "wasm",
        "the module is of another build than the code that calls it: build again",
        {
          [`${name}.bytes`]: bytes,
          expected: fields.length * 4,
        },
      );
    }
  }
}

/** The bytes of one step of a program: kind, record, units, claimed, done. */
export const stepBytes = 20;

/** How much memory `writeProgram` needs. */
export function programBytes(steps: number): number {
  return steps * (recordBytes + stepBytes);
}

/** Writes the steps and their records; the address to run is the start. */
export function writeProgram(heap: Heap, at: number, steps: readonly Step[]): void {
  steps.forEach((step, i) => {
    const [kind, names] = kinds[step.kind];
    const recordAt = at + steps.length * stepBytes + i * recordBytes;
    heap.i32.set([kind, recordAt, step.units, 0, 0], (at + i * stepBytes) >> 2);
    const record: Readonly<Record<string, number>> = step.record;
    names.forEach((name, field) => {
      const values = floats.includes(name) ? heap.f32 : heap.i32;
      values[(recordAt >> 2) + field] = record[name] as number;
    });
  });
}
