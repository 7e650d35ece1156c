import type { LoweredGraph } from "../../lowered.js";
import type { Algorithm } from "../algorithms/algorithm.js";
import type { Chooser } from "../algorithms/choose.js";
import { programBytes, type Step, stepBytes, writeProgram } from "../machine/records.js";
import { type Runtime, spoiledAt } from "../machine/runtime.js";
import { arrange } from "./arena.js";
import type { Buffer } from "./buffers.js";
import { type Kept, keptTable, stack } from "./kept.js";
import { type KernelCall, type Views, viewsOf } from "./kernel-call.js";
import { borderSteps, layoutSteps } from "./layout-steps.js";
import { type Item, scheduleOf } from "./schedule.js";
import { windowStep, windowTable } from "./window-step.js";

/** Neighbouring steps in the engine's memory, or a call, which has none. */
export interface Segment {
  readonly items: readonly Item[];
  readonly program: number;
  readonly steps: number;
}

/** A kernel call with its layouts and tables. */
interface Settled extends Views {
  readonly call: KernelCall;
  readonly tables: Kept;
}

/**
 * A graph in the engine's memory: weights packed, activations arranged in one arena, steps written once it is
 * known where the arena is. One convolution and a whole network are programs alike.
 */
export class Program {
  readonly items: readonly Item[];
  readonly input: Buffer;
  readonly output: Buffer;
  /** Bytes for activations and working space. */
  readonly arenaBytes: number;
  /** Bytes for packed weights, tables and steps. */
  readonly packedBytes: number;
  /** The estimated time, in cycles of one core. */
  readonly cost: number;
  /** The byte address of what is kept. */
  readonly kept: number;
  readonly #runtime: Runtime;
  readonly #checks: boolean;
  readonly #buffers: readonly Buffer[];
  readonly #offsets: readonly number[];
  readonly #settled: ReadonlyMap<KernelCall, Settled>;
  readonly #windows: ReadonlyMap<Item, Kept>;
  readonly #starts: ReadonlyMap<Kept, number>;
  readonly #steps: number;

  /**
   * @param checks true: a result that is not finite is noted where blocks become planes, not only where
   *   Winograd's algorithm made it
   * @param kept where a program of the same graph keeps its weights and tables, which this one shares with it
   * @throws {EngineError} if the memory does not suffice
   */
  constructor(graph: LoweredGraph, runtime: Runtime, choose: Chooser, checks: boolean, kept?: number) {
    this.#runtime = runtime;
    this.#checks = checks;
    const { items, buffers, input, output } = scheduleOf(graph, choose);
    this.items = items;
    this.input = input;
    this.output = output;
    input.touch(0);
    output.touch(items.length);
    items.forEach((item, i) => {
      for (const buffer of buffersOf(item)) buffer.touch(i);
    });
    const calls = items.flatMap(callsOf);
    settleBorders(calls);
    this.cost = calls.reduce((sum, { algorithm }) => sum + algorithm.cost, 0);
    this.#buffers = buffers.all();
    const work = items.map((item, i) => ({ bytes: workBytes(item), from: i, to: i }));
    const activations = this.#buffers.map(({ bytes, from, to }) => ({ bytes, from, to }));
    const arena = arrange([...activations, ...work]);
    runtime.heap.expect(arena.bytes);
    this.arenaBytes = arena.bytes;
    this.#offsets = arena.offsets;
    this.#settled = settledBy(calls);
    this.#windows = new Map(
      items.flatMap((item) => (item.kind === "window" ? [[item, keptTable(windowTable(item.node))]] : [])),
    );
    const all = [...this.#settled.values()].flatMap(({ call, tables }) => [call.weight, call.bias, tables]);
    const { bytes, starts } = stack([...all, ...this.#windows.values()]);
    // The number of steps does not depend on addresses.
    this.#starts = new Map();
    this.#steps = items.reduce((sum, item, i) => sum + this.#stepsOf(item, i, 0).length, 0);
    this.packedBytes = bytes + programBytes(this.#steps);
    this.kept = kept ?? runtime.heap.take(this.packedBytes);
    this.#starts = new Map([...starts].map(([one, start]) => [one, this.kept + start]));
    if (kept === undefined) for (const [one, at] of this.#starts) one.write(runtime.heap, at);
  }

  /** The byte address of something that the program keeps. */
  at(kept: Kept): number {
    return this.#starts.get(kept) ?? 0;
  }

  /** Writes the steps for an arena at this byte address; what is to be run, in order. */
  place(arena: number): readonly Segment[] {
    this.#buffers.forEach((buffer, i) => {
      buffer.at = arena + (this.#offsets[i] as number);
    });
    const start = this.kept + this.packedBytes - programBytes(this.#steps);
    const steps: Step[] = [];
    const segments = this.items.map((item, i) => {
      const own = this.#stepsOf(item, i, arena);
      const program = start + steps.length * stepBytes;
      steps.push(...own);
      return { items: [item], program, steps: own.length };
    });
    writeProgram(this.#runtime.heap, start, steps);
    return segments;
  }

  /** Gives the memory back. */
  release(): void {
    this.#runtime.heap.release(this.kept);
  }

  #stepsOf(item: Item, index: number, arena: number): Step[] {
    const spoiled = this.#checks ? spoiledAt : 0;
    switch (item.kind) {
      case "call":
        return [];
      case "toBlocks":
        return layoutSteps("block", item.x, item.out, spoiled);
      case "toPlanes":
        return layoutSteps("plane", item.out, item.x, spoiled);
      case "window":
        return [
          ...borderSteps(item.out),
          windowStep(item.node, item.x, item.out, this.at(this.#windows.get(item) as Kept)),
        ];
      case "kernels": {
        const work = arena + (this.#offsets[this.#buffers.length + index] as number);
        return [...borderSteps(item.out), ...item.calls.flatMap((call) => this.#kernelSteps(call, work))];
      }
    }
  }

  #kernelSteps(call: KernelCall, work: number): Step[] {
    const { x, out, tables } = this.#settled.get(call) as Settled;
    const addresses = {
      x: call.x.at,
      out: call.out.at,
      residual: call.residual?.at ?? 0,
      work,
      spoiled: spoiledAt,
      weight: this.at(call.weight),
      bias: this.at(call.bias),
      tables: this.at(tables),
    };
    return call.algorithm.steps(x, out, addresses, call.relu);
  }
}

export function callsOf(item: Item): readonly KernelCall[] {
  return item.kind === "kernels" ? item.calls : [];
}

function buffersOf(item: Item): Buffer[] {
  if (item.kind === "call") return [...item.inputs, item.out];
  if (item.kind !== "kernels") return [item.x, item.out];
  return [...item.calls.flatMap((call) => (call.residual ? [call.x, call.residual] : [call.x])), item.out];
}

/**
 * Every buffer gets the widest border that a reader needs; a residual is read at its sum's own addresses, so
 * both are laid out alike.
 */
function settleBorders(calls: readonly KernelCall[]): void {
  for (const { x, algorithm } of calls) x.widen(algorithm.border);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { residual, out } of calls) {
      if (residual === undefined) continue;
      const widened = [residual.widen(out.border), out.widen(residual.border)];
      changed ||= widened.includes(true);
    }
  }
}

/** The calls with their layouts; calls of one algorithm have one table. */
function settledBy(calls: readonly KernelCall[]): ReadonlyMap<KernelCall, Settled> {
  const tables = new Map<Algorithm, Kept>();
  return new Map(
    calls.map((call) => {
      const { algorithm } = call;
      const views = viewsOf(call);
      const own = tables.get(algorithm) ?? keptTable(algorithm.tables(views.x, views.out));
      tables.set(algorithm, own);
      return [call, { ...views, call, tables: own }];
    }),
  );
}

function workBytes(item: Item): number {
  return Math.max(0, ...callsOf(item).map(({ algorithm }) => algorithm.workBytes));
}
