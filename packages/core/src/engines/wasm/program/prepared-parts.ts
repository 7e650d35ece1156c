import type { ConvGeometry } from "../../engine.js";
import { inOutputOrder } from "../../weight-order.js";
import type { Algorithm } from "../algorithms/algorithm.js";
import { type Blocked, type Border, blocked, layoutGroups, noBorder } from "../algorithms/blocked.js";
import { chooseAlgorithm } from "../algorithms/choose.js";
import { DirectAlgorithm } from "../algorithms/direct.js";
import { biasBytes, packBias } from "../algorithms/pack.js";
import { programBytes, type Step, writeProgram } from "../machine/records.js";
import { type Runtime, spoiledAt, worthHelp } from "../machine/runtime.js";
import { type Part, type Parts, partsOf } from "./parts.js";
import { layoutRecord, type Prepared, stack } from "./prepared.js";

/** A part with what computes it, and the names of the weights and tables that it shares with others. */
interface Computed {
  readonly part: Part;
  readonly layer: Algorithm;
  readonly weight: string;
  readonly tables: string;
}

/** Where the input and output of one call lie: byte addresses. */
interface Places {
  readonly planes: number;
  readonly x: number;
  readonly out: number;
  readonly outPlanes: number;
  readonly work: number;
}

const noPlaces: Places = { planes: 0, x: 0, out: 0, outPlanes: 0, work: 0 };

/** A convolution with depth, or a transposed one, as the convolutions of images that it is made of; weights are packed. */
export class PreparedParts implements Prepared {
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #geometry: ConvGeometry;
  readonly #parts: Parts;
  readonly #computed: readonly Computed[];
  readonly #x: Blocked;
  readonly #out: Blocked;
  readonly #cost: number;
  /** Byte addresses of weights and tables by name, of the bias, of a bias of zeros and of the program. */
  readonly #kept: Readonly<Record<string, number>>;
  readonly #start: number;
  readonly #steps: number;
  /** Where the scratch memory was when the program was written. */
  #scratch = -1;

  /**
   * @param definition true: by the definition alone, without Winograd's algorithm
   * @throws {EngineError} if the memory does not suffice
   */
  constructor(runtime: Runtime, weight: Float32Array, g: ConvGeometry, definition = false) {
    this.#runtime = runtime;
    this.#geometry = g;
    this.#parts = partsOf(g);
    this.#computed = computedBy(this.#parts.all, runtime, definition);
    this.#cost = this.#computed.reduce((sum, { layer }) => sum + layer.cost, 0);
    const { x, out } = layouts(g, this.#computed);
    this.#x = x;
    this.#out = out;
    const bias = biasBytes(g);
    const sizes: Record<string, number> = { bias, zeros: bias };
    const tables = new Map<string, Int32Array>();
    for (const one of this.#computed) {
      if (!tables.has(one.tables)) tables.set(one.tables, one.layer.tables(...this.#views(one.part)));
      sizes[one.weight] = one.layer.weightFloats * 4;
      sizes[one.tables] = tables.get(one.tables)?.byteLength ?? 0;
    }
    this.#kept = {};
    // The program's length does not depend on addresses.
    this.#steps = this.#program(noPlaces).length;
    const { total, starts } = stack({ ...sizes, program: programBytes(this.#steps) });
    this.bytes = total;
    const { heap } = runtime;
    this.#start = heap.take(total);
    this.#kept = Object.fromEntries(Object.entries(starts).map(([name, at]) => [name, this.#start + at]));
    packBias(undefined, g, heap.f32, this.#at("zeros") >> 2);
    for (const [name, numbers] of tables) heap.i32.set(numbers, this.#at(name) >> 2);
    this.#pack(inOutputOrder(weight, g));
  }

  run(x: Float32Array, bias: Float32Array | undefined, out: Float32Array): boolean {
    const { heap } = this.#runtime;
    const { total, starts } = stack({
      planes: x.byteLength,
      x: this.#x.bytes,
      out: this.#out.bytes,
      outPlanes: out.byteLength,
      work: Math.max(0, ...this.#computed.map(({ layer }) => layer.workBytes)),
    });
    const scratch = this.#runtime.scratch(total);
    const at = (start: number) => scratch + start;
    if (scratch !== this.#scratch) {
      const { planes, x: blocks, out: outBlocks, outPlanes, work } = starts;
      const places = {
        planes: at(planes),
        x: at(blocks),
        out: at(outBlocks),
        outPlanes: at(outPlanes),
        work: at(work),
      };
      writeProgram(heap, this.#at("program"), this.#program(places));
      this.#scratch = scratch;
    }
    heap.f32.set(x, at(starts.planes) >> 2);
    packBias(bias, this.#geometry, heap.f32, this.#at("bias") >> 2);
    heap.i32[spoiledAt >> 2] = 0;
    this.#runtime.run(this.#at("program"), this.#steps, this.#cost > worthHelp);
    heap.read(at(starts.outPlanes), out);
    this.#fillUnreached(bias, out);
    return heap.i32[spoiledAt >> 2] === 0;
  }

  direct(weight: Float32Array): PreparedParts {
    return new PreparedParts(this.#runtime, weight, this.#geometry, true);
  }

  release(): void {
    this.#runtime.heap.release(this.#start);
  }

  #at(name: string): number {
    return this.#kept[name] ?? 0;
  }

  /** Each part's taps out of the whole weight, [out channels, in channels / groups, taps]. */
  #pack(weight: Float32Array): void {
    const { heap } = this.#runtime;
    const packed = new Set<string>();
    const taps = this.#geometry.axes.reduce((all, { size }) => all * size, 1);
    for (const { part, layer, weight: name } of this.#computed) {
      if (packed.has(name)) continue;
      packed.add(name);
      const own = new Float32Array((weight.length / taps) * part.kernel.length);
      let at = 0;
      for (let kernel = 0; kernel < weight.length; kernel += taps) {
        for (const tap of part.kernel) own[at++] = weight[kernel + tap] as number;
      }
      const start = this.#at(name) >> 2;
      layer.pack(own, heap.f32.subarray(start, start + layer.weightFloats));
    }
  }

  /** A part's images of x, and its outputs among all, as layouts of their own. */
  #views({ geometry, from, fromStep, to, toStep, rows, columns }: Part): readonly [x: Blocked, out: Blocked] {
    const [x, out] = [this.#x, this.#out];
    const first = to * out.imageStride + rows.first * out.rowStride + columns.first * out.pixelBytes;
    return [
      {
        ...x,
        batch: geometry.batch,
        imageStride: fromStep * x.imageStride,
        origin: x.origin + from * x.imageStride,
      },
      {
        ...out,
        ...{ batch: geometry.batch, height: rows.count, width: columns.count },
        pixelBytes: columns.step * out.pixelBytes,
        rowStride: rows.step * out.rowStride,
        imageStride: toStep * out.imageStride,
        origin: out.origin + first,
      },
    ];
  }

  #program(at: Places): Step[] {
    const g = this.#geometry;
    return [
      ...changes("block", this.#x, at.planes, at.x, g.batch),
      ...this.#computed.flatMap(({ part, layer, weight, tables }) => {
        const addresses = {
          ...{ x: at.x, out: at.out, work: at.work, residual: part.adds ? at.out : 0 },
          ...{ weight: this.#at(weight), tables: this.#at(tables) },
          bias: this.#at(part.adds ? "zeros" : "bias"),
          spoiled: spoiledAt,
        };
        return layer.steps(...this.#views(part), addresses, false);
      }),
      ...changes("plane", this.#out, at.outPlanes, at.out, g.batch),
    ];
  }

  /** The bias where nothing is computed: where no tap meets a pixel of x. */
  #fillUnreached(bias: Float32Array | undefined, out: Float32Array): void {
    const [depth, height, width] = this.#parts.reached as [boolean[], boolean[], boolean[]];
    if (depth.every(Boolean) && height.every(Boolean) && width.every(Boolean)) return;
    let at = 0;
    for (let plane = 0; at < out.length; plane++) {
      const value = bias?.[plane % this.#geometry.outChannels] ?? 0;
      for (const z of depth) {
        for (const y of height) {
          for (const x of width) {
            if (!(z && y && x)) out[at] = value;
            at++;
          }
        }
      }
    }
  }
}

function computedBy(parts: readonly Part[], runtime: Runtime, definition: boolean): readonly Computed[] {
  const { capabilities } = runtime;
  const layers = new Map<string, Algorithm>();
  return parts.map((part) => {
    const g = part.geometry;
    const [, row, column] = part.taps.split(",");
    const shape = `${row},${column},${g.batch}`;
    // Winograd's algorithm writes neighbouring columns.
    const direct = definition || part.columns.step > 1;
    const layer =
      layers.get(shape) ?? (direct ? new DirectAlgorithm(g, capabilities) : chooseAlgorithm(g, capabilities));
    layers.set(shape, layer);
    return { part, layer, weight: `weight ${part.taps} ${layer.name}`, tables: `tables ${shape}` };
  });
}

/** The layouts of x, with the border that any part needs, and of the output. */
function layouts(g: ConvGeometry, computed: readonly Computed[]): { x: Blocked; out: Blocked } {
  const groups = layoutGroups(g);
  const images = (sizes: readonly number[]) => sizes.slice(0, -2).reduce((all, size) => all * size, g.batch);
  const [inWidth = 1, inHeight = 1] = g.inSize.toReversed();
  const [outWidth = 1, outHeight = 1] = g.outSize.toReversed();
  const border: Border = computed.reduce((most, { layer }) => widest(most, layer.border), noBorder);
  const lanes = computed[0]?.layer.lanes ?? 8;
  const x = { batch: images(g.inSize), groups, channels: g.inChannels / groups };
  const out = { batch: images(g.outSize), groups, channels: g.outChannels / groups };
  return {
    x: blocked({ ...x, height: inHeight, width: inWidth }, lanes, border),
    out: blocked({ ...out, height: outHeight, width: outWidth }, 8, noBorder),
  };
}

function widest(a: Border, b: Border): Border {
  return {
    top: Math.max(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    left: Math.max(a.left, b.left),
    right: Math.max(a.right, b.right),
  };
}

/** Changes of layout between planes, [batch, channels, depth, ...], and blocks, whose images are [batch, depth]: one for each image. */
function changes(
  kind: "block" | "plane",
  layout: Blocked,
  planes: number,
  blocks: number,
  batch: number,
): Step[] {
  const depth = layout.batch / batch;
  const channels = layout.groups * layout.channels;
  const record = layoutRecord(layout, planes, blocks);
  const units = layout.groups * layout.blocks;
  if (depth === 1) return [{ kind, record, units: batch * units }];
  return Array.from({ length: layout.batch }, (_, image) => {
    const plane = Math.floor(image / depth) * channels * depth + (image % depth);
    return {
      kind,
      record: {
        ...record,
        batch: 1,
        planes: planes + plane * record.planeStride,
        blocks: record.blocks + image * layout.imageStride,
        planeStride: depth * record.planeStride,
      },
      units,
    };
  });
}
