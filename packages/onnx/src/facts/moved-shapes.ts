import { type Call, frontAxis } from "./call.js";
import type { Dim, Dims } from "./dim.js";
import { integersOf, sizesOf } from "./fact.js";

/**
 * The shape that Reshape gives: from its input's and the one asked for, in which 0 copies a size and -1 takes
 * what is left.
 */
export function reshaped(call: Call, shape: readonly Dim[]): readonly Dim[] | undefined {
  const second = call.inputs[1];
  const asked = call.opset < 5 ? call.attributes.ints("shape") : second && sizesOf(second);
  if (asked === undefined) return undefined;
  const copies = call.attributes.int("allowzero", 0) === 0;
  const out = asked.map((dim, axis) => (dim === 0 && copies ? shape[axis] : dim));
  if (out.some((dim) => dim === undefined)) return undefined;
  const known = out as Dim[];
  const open = known.indexOf(-1);
  if (open < 0) return known;
  const rest = quotient(call.dims, shape, known.toSpliced(open, 1));
  return rest === undefined ? undefined : known.with(open, rest);
}

/** The product of some sizes divided by that of others, names cancelled; undefined: it cannot be a size. */
function quotient(dims: Dims, above: readonly Dim[], below: readonly Dim[]): Dim | undefined {
  const names = above.filter((dim) => typeof dim === "string").sort();
  const under: string[] = [];
  for (const dim of below) {
    if (typeof dim === "number") continue;
    const at = names.indexOf(dim);
    if (at < 0) under.push(dim);
    else names.splice(at, 1);
  }
  const times = product(above);
  const by = product(below);
  if (by === 0) return undefined;
  if (times === 0) return 0;
  if (names.length === 0 && under.length === 0) return times % by === 0 ? times / by : undefined;
  // As many elements as before: what does not divide is no shape.
  if (names.length === 1 && under.length === 0) return dims.scaled(names[0] as string, times, 0, by);
  return dims.keyed(`${names.join("*")}*${times}/${under.sort().join("*")}*${by}`);
}

function product(dims: readonly Dim[]): number {
  return dims.reduce<number>((out, dim) => (typeof dim === "number" ? out * dim : out), 1);
}

export function squeezed(call: Call, shape: readonly Dim[]): readonly Dim[] | undefined {
  const axes = listedAxes(call, 13, shape.length);
  if (axes === "unknown") return undefined;
  if (axes !== undefined) return shape.filter((_, axis) => !axes.has(axis));
  return shape.every((dim) => typeof dim === "number") ? shape.filter((dim) => dim !== 1) : undefined;
}

export function unsqueezed(call: Call, shape: readonly Dim[]): readonly Dim[] | undefined {
  const listed = call.opset < 13 ? call.attributes.ints("axes") : integersOf(call.inputs[1]);
  if (listed === undefined) return undefined;
  const rank = shape.length + listed.length;
  const axes = new Set(listed.map((axis) => frontAxis(axis, rank)));
  if (axes.has(undefined) || axes.size !== listed.length) return undefined;
  const rest = shape[Symbol.iterator]();
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.next().value as Dim)));
}

/** The axes that a reduction goes over; undefined: not known. */
export function reducedAxes(call: Call, rank: number): ReadonlySet<number> | undefined {
  // ReduceSum takes its axes as an input from opset 13 on, the others from 18 on.
  const axes = listedAxes(call, call.type === "ReduceSum" ? 13 : 18, rank);
  if (axes === "unknown") return undefined;
  if (axes !== undefined && axes.size > 0) return axes;
  return call.attributes.int("noop_with_empty_axes", 0) === 0 ? new Set(Array(rank).keys()) : new Set();
}

function listedAxes(call: Call, since: number, rank: number): ReadonlySet<number> | undefined | "unknown" {
  const input = call.inputs[1];
  if (call.opset >= since && input === undefined) return undefined;
  const listed = call.opset < since ? call.attributes.ints("axes") : integersOf(input);
  if (listed === undefined) return call.opset < since ? undefined : "unknown";
  const axes = listed.map((axis) => frontAxis(axis, rank));
  return axes.includes(undefined) ? "unknown" : new Set(axes as number[]);
}

/** What Slice takes of an axis. */
export interface SliceRange {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What Slice takes of each axis; undefined: not known. */
export function sliceRanges(call: Call, shape: readonly number[]): readonly SliceRange[] | undefined {
  const listed = sliceAxes(call, shape.length);
  if (listed === undefined) return undefined;
  const out = shape.map((length) => ({ start: 0, step: 1, length }));
  for (const { axis, start, end, step } of listed) {
    const size = shape[axis] as number;
    const place = (value: number, low: number, high: number): number =>
      Math.min(Math.max(value < 0 ? value + size : value, low), high);
    const [from, to] =
      step > 0
        ? [place(start, 0, size), place(end, 0, size)]
        : [place(start, 0, size - 1), place(end, -1, size - 1)];
    out[axis] = { start: from, step, length: Math.max(0, Math.ceil((to - from) / step)) };
  }
  return out;
}

interface SlicedAxis {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The axes that Slice names, with what it asks for; undefined: not known. */
export function sliceAxes(call: Call, rank: number): readonly SlicedAxis[] | undefined {
  const { opset, attributes, inputs } = call;
  const old = opset < 10;
  const starts = old ? attributes.ints("starts") : integersOf(inputs[1]);
  const ends = old ? attributes.ints("ends") : integersOf(inputs[2]);
  const all = starts?.map((_, i) => i);
  const axes = old ? (attributes.ints("axes") ?? all) : inputs[3] === undefined ? all : integersOf(inputs[3]);
  const steps = old || inputs[4] === undefined ? starts?.map(() => 1) : integersOf(inputs[4]);
  if (starts === undefined || ends === undefined || axes === undefined || steps === undefined)
    return undefined;
  const out: SlicedAxis[] = [];
  for (const [i, listed] of axes.entries()) {
    const axis = frontAxis(listed, rank);
    const [start, end, step] = [starts[i], ends[i], steps[i]];
    if (axis === undefined || start === undefined || end === undefined || step === undefined || step === 0) {
      return undefined;
    }
    out.push({ axis, start, end, step });
  }
  return out;
}
