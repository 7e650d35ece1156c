import type { ConvGeometry } from "../engine.js";
import { type Blocked, inputLayout, isDepthwise, noBorder, outputLayout } from "./blocked.js";
import { directRecord, inputRuns, pixelTable } from "./direct.js";
import { packBias, packDirect, packedLength } from "./pack.js";
import { Kind, type LayoutRecord, recordBytes, writeConv, writeLayout } from "./records.js";
import { programBytes, type Runtime } from "./runtime.js";

/** A convolution with its weights packed, for inputs and outputs in plain row-major order. */
export class PreparedConv {
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #geometry: ConvGeometry;
  readonly #x: Blocked;
  readonly #out: Blocked;
  readonly #runs: { run: number; skips: Int32Array };
  readonly #memory: number;
  readonly #at: { weight: number; bias: number; table: number; segments: number; records: number };
  /** Where the scratch memory was when the records were written. */
  #scratch = -1;

  /** @throws {EngineError} if the memory does not suffice */
  constructor(runtime: Runtime, weight: Float32Array, g: ConvGeometry) {
    this.#runtime = runtime;
    this.#geometry = g;
    this.#x = inputLayout(g);
    this.#out = outputLayout(g, noBorder);
    this.#runs = inputRuns(g, this.#x);
    const table = pixelTable(g, this.#x, this.#out);
    const sizes = [
      packedLength(g, this.#x.lanes) * 4,
      this.#out.groups * this.#out.blocks * 32,
      table.byteLength,
      this.#runs.skips.byteLength,
      3 * recordBytes + programBytes(3),
    ];
    this.bytes = sizes.reduce((sum, size) => sum + align(size), 0);
    this.#memory = runtime.heap.take(this.bytes);
    let next = this.#memory;
    const [weightAt, bias, tableAt, segments, records] = sizes.map((size) => {
      const start = next;
      next += align(size);
      return start;
    }) as [number, number, number, number, number];
    this.#at = { weight: weightAt, bias, table: tableAt, segments, records };
    const { heap } = runtime;
    const packed = heap.f32.subarray(weightAt >> 2, (weightAt >> 2) + packedLength(g, this.#x.lanes));
    packDirect(weight, g, this.#x.lanes, runtime.wide, packed);
    heap.i32.set(table, tableAt >> 2);
    heap.i32.set(this.#runs.skips, segments >> 2);
  }

  /** Computes one call. */
  run(x: Float32Array, bias: Float32Array | undefined, out: Float32Array): void {
    const { heap } = this.#runtime;
    const planes = [x.byteLength, this.#x.bytes, this.#out.bytes, out.byteLength].map(align) as [
      number,
      number,
      number,
      number,
    ];
    const scratch = this.#runtime.scratch(planes[0] + planes[1] + planes[2] + planes[3]);
    const inPlanes = scratch;
    const inBlocks = inPlanes + planes[0];
    const outBlocks = inBlocks + planes[1];
    const outPlanes = outBlocks + planes[2];
    if (scratch !== this.#scratch) {
      this.#write(inPlanes, inBlocks, outBlocks, outPlanes);
      this.#scratch = scratch;
    }
    heap.f32.set(x, inPlanes >> 2);
    const biasLength = this.#out.groups * this.#out.blocks * 8;
    packBias(bias, this.#geometry, heap.f32.subarray(this.#at.bias >> 2, (this.#at.bias >> 2) + biasLength));
    this.#runtime.run(this.#at.records + 3 * recordBytes, 3);
    out.set(heap.f32.subarray(outPlanes >> 2, (outPlanes >> 2) + out.length));
  }

  /** Gives the memory back; the object is of no use afterwards. */
  release(): void {
    this.#runtime.heap.release(this.#memory);
  }

  #write(inPlanes: number, inBlocks: number, outBlocks: number, outPlanes: number): void {
    const { heap } = this.#runtime;
    const g = this.#geometry;
    const { records } = this.#at;
    const [block, conv, plane] = [records, records + recordBytes, records + 2 * recordBytes];
    const { record, units } = directRecord(
      g,
      this.#x,
      this.#out,
      this.#runs,
      { x: inBlocks + this.#x.origin, out: outBlocks, residual: 0, ...this.#at },
      { wide: this.#runtime.wide, relu: false },
    );
    writeLayout(heap, block, layoutRecord(this.#x, inPlanes, inBlocks));
    writeConv(heap, conv, record);
    writeLayout(heap, plane, layoutRecord(this.#out, outPlanes, outBlocks));
    const blocks = (b: Blocked) => b.batch * b.groups * b.blocks;
    this.#runtime.writeProgram(records + 3 * recordBytes, [
      { kind: Kind.block, record: block, units: blocks(this.#x) },
      { kind: isDepthwise(g) ? Kind.depthwise : Kind.conv, record: conv, units },
      { kind: Kind.plane, record: plane, units: blocks(this.#out) },
    ]);
  }
}

/** The record for a change between planes and blocks. */
export function layoutRecord(b: Blocked, planes: number, blocks: number): LayoutRecord {
  return {
    planes,
    blocks: blocks + b.origin,
    groupChannels: b.channels,
    blockChannels: b.lanes,
    blocksPerGroup: b.blocks,
    groups: b.groups,
    batch: b.batch,
    height: b.height,
    width: b.width,
    planeStride: b.height * b.width * 4,
    blockStride: b.blockStride,
    rowStride: b.rowStride,
    top: b.top,
    bottom: b.bottom,
    left: b.left,
    right: b.right,
    pixelBytes: b.pixelBytes,
  };
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
