import type { Algorithm } from "../algorithms/algorithm.js";
import type { Conv2dGeometry } from "../algorithms/as-2d.js";
import { type Blocked, blocked, layoutGroups, noBorder } from "../algorithms/blocked.js";
import { chooseAlgorithm } from "../algorithms/choose.js";
import { DirectAlgorithm } from "../algorithms/direct.js";
import { biasBytes, packBias } from "../algorithms/pack.js";
import { type LayoutRecord, programBytes, type Step, writeProgram } from "../machine/records.js";
import { type Runtime, spoiledAt, worthHelp } from "../machine/runtime.js";

/** A convolution with its weights packed, for inputs and outputs in plain row-major order. */
export interface Prepared {
  /** Bytes of the engine's memory that it keeps. */
  readonly bytes: number;
  /**
   * Computes one call.
   * @returns false if a value that is not finite spread where it should not have: the result is to be computed without Winograd
   */
  run(x: Float32Array, bias: Float32Array | undefined, out: Float32Array): boolean;
  /** The same convolution by its definition. */
  direct(weight: Float32Array): Prepared;
  /** Gives the memory back; the object is of no use afterwards. */
  release(): void;
}

/** A convolution of images. */
export class PreparedConv implements Prepared {
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #layer: Algorithm;
  readonly #x: Blocked;
  readonly #out: Blocked;
  readonly #memory: Memory;
  #steps = 0;
  /** Where the scratch memory was when the program was written. */
  #scratch = -1;

  /** @throws {EngineError} if the memory does not suffice */
  constructor(
    runtime: Runtime,
    weight: Float32Array,
    g: Conv2dGeometry,
    layer: Algorithm = chooseAlgorithm(g, runtime.capabilities, { planes: true }),
  ) {
    this.#runtime = runtime;
    this.#layer = layer;
    this.#x = convInput(g, layer);
    this.#out = convOutput(g, layer);
    const { heap } = runtime;
    heap.expect(this.#x.bytes + this.#out.bytes);
    const tables = layer.tables(this.#x, this.#out);
    // The program's length does not depend on addresses.
    this.#steps = this.#program({ ...noAddresses, x: 0, out: 0 }).length;
    const sizes = {
      weight: layer.weightFloats * 4,
      bias: biasBytes(g),
      tables: tables.byteLength,
      program: programBytes(this.#steps),
    };
    const { total, starts } = stack(sizes);
    this.bytes = total;
    const start = heap.take(total);
    this.#memory = {
      start,
      weight: start + starts.weight,
      bias: start + starts.bias,
      tables: start + starts.tables,
      program: start + starts.program,
    };
    const at = this.#memory.weight >> 2;
    layer.pack(weight, heap.f32.subarray(at, at + layer.weightFloats));
    heap.i32.set(tables, this.#memory.tables >> 2);
  }

  /** dtype, algorithm, tile, instruction set. */
  get kernel(): string {
    return this.#layer.name;
  }

  run(x: Float32Array, bias: Float32Array | undefined, out: Float32Array): boolean {
    const { heap } = this.#runtime;
    const { total, starts } = stack({
      planes: x.byteLength,
      x: this.#layer.readsPlanes ? 0 : this.#x.bytes,
      out: this.#out.bytes,
      outPlanes: out.byteLength,
      work: this.#layer.workBytes,
    });
    const scratch = this.#runtime.scratch(total);
    if (scratch !== this.#scratch) {
      const addresses = {
        planes: scratch + starts.planes,
        x: scratch + starts.x,
        out: scratch + starts.out,
        outPlanes: scratch + starts.outPlanes,
        work: scratch + starts.work,
      };
      writeProgram(heap, this.#memory.program, this.#program(addresses));
      this.#scratch = scratch;
    }
    const planes = (scratch + starts.planes) >> 2;
    heap.f32.set(x, planes);
    packBias(bias, this.#layer.geometry, heap.f32, this.#memory.bias >> 2);
    heap.i32[spoiledAt >> 2] = 0;
    this.#runtime.run(this.#memory.program, this.#steps, this.#layer.cost > worthHelp);
    heap.read(scratch + starts.outPlanes, out);
    return heap.i32[spoiledAt >> 2] === 0;
  }

  direct(weight: Float32Array): PreparedConv {
    const g = this.#layer.geometry;
    return new PreparedConv(this.#runtime, weight, g, new DirectAlgorithm(g, this.#runtime.capabilities));
  }

  release(): void {
    this.#runtime.heap.release(this.#memory.start);
  }

  #program(at: { planes: number; x: number; out: number; outPlanes: number; work: number }): Step[] {
    const blocks = (b: Blocked) => b.batch * b.groups * b.blocks;
    const addresses = {
      x: this.#layer.readsPlanes ? at.planes : at.x,
      out: this.#layer.outLanes === 1 ? at.outPlanes : at.out,
      work: at.work,
      residual: 0,
      weight: this.#memory?.weight ?? 0,
      bias: this.#memory?.bias ?? 0,
      tables: this.#memory?.tables ?? 0,
      spoiled: spoiledAt,
    };
    const steps = this.#layer.steps(this.#x, this.#out, addresses, false);
    if (!this.#layer.readsPlanes) {
      steps.unshift({
        kind: "block",
        record: layoutRecord(this.#x, at.planes, at.x),
        units: blocks(this.#x),
      });
    }
    if (this.#layer.outLanes === 1) return steps;
    const record = layoutRecord(this.#out, at.outPlanes, at.out);
    return [...steps, { kind: "plane", record, units: blocks(this.#out) }];
  }
}

interface Memory {
  readonly start: number;
  readonly weight: number;
  readonly bias: number;
  readonly tables: number;
  readonly program: number;
}

const noAddresses = { planes: 0, outPlanes: 0, work: 0 };

/** The layout of a convolution's input, with just the border that its layer needs. */
export function convInput(g: Conv2dGeometry, layer: Algorithm): Blocked {
  const groups = layoutGroups(g);
  const shape = { batch: g.batch, groups, channels: g.inChannels / groups };
  return blocked({ ...shape, height: g.inHeight, width: g.inWidth }, layer.lanes, layer.border);
}

/** The layout of a convolution's output, without a border. */
export function convOutput(g: Conv2dGeometry, layer: Algorithm): Blocked {
  const groups = layoutGroups(g);
  const shape = { batch: g.batch, groups, channels: g.outChannels / groups };
  return blocked({ ...shape, height: g.outHeight, width: g.outWidth }, layer.outLanes, noBorder);
}

/** The record for a change between planes and blocks; `spoiled` is where to note a value that is not finite. */
export function layoutRecord(b: Blocked, planes: number, blocks: number, spoiled = 0): LayoutRecord {
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
    spoiled,
  };
}

/** Puts parts of memory one behind the other, each on a cache line. */
export function stack<Name extends string>(
  sizes: Readonly<Record<Name, number>>,
): { total: number; starts: Record<Name, number> } {
  let total = 0;
  const starts: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(sizes) as Name[]) {
    starts[name] = total;
    total += Math.ceil(sizes[name] / 64) * 64;
  }
  return { total, starts: starts as Record<Name, number> };
}
