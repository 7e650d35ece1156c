import type { Graph } from "../../lowered.js";
import { type Blocked, layoutGroups } from "../algorithms/blocked.js";
import { biasBytes, packBias } from "../algorithms/pack.js";
import { programBytes, type Step, stepBytes, writeProgram } from "../machine/records.js";
import { type Runtime, spoiledAt } from "../machine/runtime.js";
import { arrange } from "./arena.js";
import type { Buffer } from "./buffers.js";
import { layoutRecord, stack } from "./prepared.js";
import { type Item, type KernelCall, listItems } from "./schedule.js";

/** An item and its steps in the engine's memory; a call has none. */
export interface Placed {
  readonly item: Item;
  readonly program: number;
  readonly steps: number;
}

/** Byte addresses of what a kernel call keeps. */
interface Kept {
  readonly weight: number;
  readonly bias: number;
  readonly tables: number;
}

/** A graph in the engine's memory: weights packed, activations placed in one arena, steps written. */
export class Program {
  readonly items: readonly Placed[];
  readonly input: Buffer;
  readonly output: Buffer;
  /** Bytes for activations and working space. */
  readonly arenaBytes: number;
  /** Bytes for packed weights, tables and steps. */
  readonly packedBytes: number;
  /** The estimated time, in cycles of one core. */
  readonly cost: number;
  readonly #runtime: Runtime;
  readonly #memory: number[] = [];

  /** @throws {EngineError} if the memory does not suffice */
  constructor(graph: Graph, runtime: Runtime) {
    this.#runtime = runtime;
    const { items, buffers, input, output } = listItems(graph, runtime.capabilities);
    this.input = input;
    this.output = output;
    input.touch(0);
    output.touch(items.length);
    items.forEach((item, i) => {
      for (const buffer of buffersOf(item)) buffer.touch(i);
    });
    const calls = items.flatMap(callsOf);
    settleBorders(calls);
    this.cost = calls.reduce((sum, { layer }) => sum + layer.cost, 0);
    const all = buffers.all();
    const work = items.map((item, i) => ({ bytes: workBytes(item), from: i, to: i }));
    const arena = arrange([...all, ...work]);
    runtime.heap.expect(arena.bytes);
    const kept = stack(Object.assign({}, ...calls.map(keptSizes)));
    const addresses = (call: KernelCall, base: number): Kept => {
      const at = (name: string) => base + (kept.starts[`${name}${calls.indexOf(call)}`] ?? 0);
      return { weight: at("weight"), bias: at("bias"), tables: at("tables") };
    };
    // The number of steps does not depend on addresses.
    const nowhere = { kept: { weight: 0, bias: 0, tables: 0 }, work: 0 };
    const count = items.reduce(
      (sum, item) => sum + stepsOf(item, () => nowhere.kept, nowhere.work).length,
      0,
    );
    this.arenaBytes = arena.bytes;
    this.packedBytes = kept.total + programBytes(count);
    const keptAt = this.#take(this.packedBytes);
    const arenaAt = this.#take(arena.bytes);
    all.forEach((buffer, i) => {
      buffer.at = arenaAt + (arena.offsets[i] as number);
    });
    const { heap } = runtime;
    for (const call of calls) {
      const at = addresses(call, keptAt);
      const { layer } = call;
      const packed = heap.f32.subarray(at.weight >> 2, (at.weight >> 2) + layer.weightFloats);
      layer.pack(new Float32Array(call.weight), packed);
      packBias(call.bias, layer.geometry, heap.f32, at.bias >> 2);
      heap.i32.set(layer.tables(inputOf(call), outputOf(call)), at.tables >> 2);
    }
    const program = keptAt + kept.total;
    const steps: Step[] = [];
    this.items = items.map((item, i) => {
      const own = stepsOf(
        item,
        (call) => addresses(call, keptAt),
        arenaAt + (arena.offsets[all.length + i] as number),
      );
      const placed = { item, program: program + steps.length * stepBytes, steps: own.length };
      steps.push(...own);
      return placed;
    });
    writeProgram(heap, program, steps);
  }

  /** Gives the memory back. */
  release(): void {
    for (const start of this.#memory.splice(0)) this.#runtime.heap.release(start);
  }

  #take(bytes: number): number {
    try {
      const start = this.#runtime.heap.take(bytes);
      this.#memory.push(start);
      return start;
    } catch (error) {
      this.release();
      throw error;
    }
  }
}

function callsOf(item: Item): readonly KernelCall[] {
  return item.do === "kernels" ? item.calls : [];
}

function buffersOf(item: Item): Buffer[] {
  if (item.do === "call") return [...item.inputs, item.out];
  if (item.do !== "kernels") return [item.x, item.out];
  return [...item.calls.flatMap((call) => (call.residual ? [call.x, call.residual] : [call.x])), item.out];
}

/** Every buffer gets the widest border that a reader needs; a residual is read at its sum's own addresses, so both are laid out alike. */
function settleBorders(calls: readonly KernelCall[]): void {
  for (const call of calls) call.x.widen(call.layer.border);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { residual, out } of calls) {
      if (residual === undefined) continue;
      const widened = [residual.widen(out.border), out.widen(residual.border)];
      changed ||= widened.includes(true);
    }
  }
}

function keptSizes(call: KernelCall, index: number): Record<string, number> {
  const out = outputOf(call);
  return {
    [`weight${index}`]: call.layer.weightFloats * 4,
    [`bias${index}`]: biasBytes(call.layer.geometry),
    [`tables${index}`]: call.layer.tables(inputOf(call), out).byteLength,
  };
}

function inputOf(call: KernelCall): Blocked {
  return call.x.layout(layoutGroups(call.layer.geometry));
}

/** Where a kernel writes: for a concatenation a part of the blocks. */
function outputOf(call: KernelCall): Blocked {
  const g = call.layer.geometry;
  const groups = layoutGroups(g);
  const whole = call.out.layout(groups);
  const blocks = Math.ceil(g.outChannels / groups / call.layer.outLanes);
  return { ...whole, blocks, origin: whole.origin + call.firstBlock * whole.blockStride };
}

function workBytes(item: Item): number {
  return Math.max(0, ...callsOf(item).map((call) => call.layer.workBytes));
}

function stepsOf(item: Item, keptBy: (call: KernelCall) => Kept, work: number): Step[] {
  if (item.do === "call") return [];
  if (item.do !== "kernels") {
    const [planes, blocks] = item.do === "block" ? [item.x, item.out] : [item.out, item.x];
    const layout = blocks.layout();
    const units = layout.batch * layout.groups * layout.blocks;
    return [{ kind: item.do, record: layoutRecord(layout, planes.at, blocks.at, spoiledAt), units }];
  }
  const steps: Step[] = [];
  const { border } = item.out;
  if (border.top + border.bottom + border.left + border.right > 0) {
    const layout = item.out.layout();
    const units = layout.batch * layout.groups * layout.blocks;
    steps.push({ kind: "border", record: layoutRecord(layout, 0, item.out.at), units });
  }
  for (const call of item.calls) {
    const at = {
      x: call.x.at,
      out: call.out.at,
      residual: call.residual?.at ?? 0,
      ...keptBy(call),
      work,
      spoiled: spoiledAt,
    };
    steps.push(...call.layer.steps(inputOf(call), outputOf(call), at, call.relu));
  }
  return steps;
}
