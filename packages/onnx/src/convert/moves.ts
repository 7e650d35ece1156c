import type { Call } from "../facts/call.js";
import { type Dim, equalShapes } from "../facts/dim.js";
import type { Outcome } from "../facts/fact.js";
import { DataType } from "../model/data-type.js";

/**
 * How a value has the elements of another one: with its axes in another order, in another shape, or in
 * another type.
 */
export type Move = OrderMove | ShapeMove | TypeMove;

/** Axis i is axis `axes[i]` of the other. */
export interface OrderMove {
  readonly kind: "order";
  readonly axes: readonly number[];
}

/** The elements stay in row-major order. */
export interface ShapeMove {
  readonly kind: "shape";
  readonly from: readonly Dim[];
  readonly to: readonly Dim[];
}

/** Types are numbers of `DataType`. */
export interface TypeMove {
  readonly kind: "type";
  readonly from: number;
  readonly to: number;
}

/**
 * What a node does to its first input if it only moves its elements; undefined: it does more, or how is not
 * known.
 */
export function moveOf(call: Call, { shape, type }: Outcome): Move | undefined {
  const [x] = call.inputs;
  switch (call.type) {
    case "Transpose":
      return reordering(call);
    case "Reshape":
    case "Flatten":
    case "Squeeze":
    case "Unsqueeze":
      return x?.shape && shape && { kind: "shape", from: x.shape, to: shape };
    case "Cast":
    case "CastLike":
      return x?.type === undefined || type === undefined
        ? undefined
        : { kind: "type", from: x.type, to: type };
    default:
      return undefined;
  }
}

function reordering({ attributes, inputs: [x] }: Call): Move | undefined {
  const shape = x?.shape;
  const axes = attributes.ints("perm") ?? shape?.map((_, i) => shape.length - 1 - i);
  if (axes === undefined || axes.length !== (shape?.length ?? axes.length)) return undefined;
  if (axes.toSorted((a, b) => a - b).some((axis, i) => axis !== i)) return undefined;
  return simplest({ kind: "order", axes }, shape);
}

/** Moving axes of one pixel changes nothing but the shape. */
export function simplest<M extends OrderMove | ShapeMove>(
  move: M,
  shape: readonly Dim[] | undefined,
): M | ShapeMove {
  if (move.kind === "shape" || shape === undefined) return move;
  const long = move.axes.filter((axis) => shape[axis] !== 1);
  const inOrder = long.every((axis, i) => i === 0 || axis > (long[i - 1] as number));
  return inOrder ? { kind: "shape", from: shape, to: move.axes.map((axis) => shape[axis] as Dim) } : move;
}

/** Both, one after the other, as one; undefined: they are none. */
export function joined(first: Move, second: Move): Move | undefined {
  if (first.kind === "order" && second.kind === "order") {
    const { axes } = first;
    if (axes.length !== second.axes.length) return undefined;
    return { kind: "order", axes: second.axes.map((axis) => axes[axis] as number) };
  }
  if (first.kind === "shape" && second.kind === "shape") return { ...first, to: second.to };
  if (first.kind === "type" && second.kind === "type") return { ...first, to: second.to };
  return undefined;
}

/** True if what is moved is what it was. */
export function isNothing(move: Move): boolean {
  if (move.kind === "order") return move.axes.every((axis, i) => axis === i);
  return move.kind === "shape" ? equalShapes(move.from, move.to) : move.from === move.to;
}

/** True if the elements are what they were; what is rounded is not. */
export function isExact(move: Move): boolean {
  return move.kind !== "type" || (widened.get(move.from) ?? []).includes(move.to);
}

/** The types that hold every number of a type. */
const widened: ReadonlyMap<number, readonly number[]> = new Map([
  [DataType.float16, [DataType.float, DataType.double]],
  [DataType.bfloat16, [DataType.float, DataType.double]],
  [DataType.float, [DataType.double]],
]);

/** Moves of one value that have equal keys give the same. */
export function keyOf(move: Move): string {
  return `${move.kind} ${move.kind === "order" ? move.axes : move.to}`;
}

/** The way back. */
export function inverse(move: OrderMove | ShapeMove): OrderMove | ShapeMove {
  if (move.kind === "shape") return { kind: "shape", from: move.to, to: move.from };
  return { kind: "order", axes: inverseOrder(move) };
}

/** The shape that something has before it is moved. */
export function shapeBefore(move: OrderMove, shape: readonly Dim[]): readonly Dim[] {
  return inverseOrder(move).map((axis) => shape[axis] as Dim);
}

/** Where each axis goes. */
function inverseOrder({ axes }: OrderMove): readonly number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}

/**
 * What Reshape has to be asked for: a 0 copies a size, a -1 is what is left; undefined: no constant says it.
 */
export function reshapeTarget(from: readonly Dim[], to: readonly Dim[]): readonly number[] | undefined {
  if ([...from, ...to].includes(0)) return undefined;
  const target = to.map((dim, axis) => (typeof dim === "number" ? dim : dim === from[axis] ? 0 : -1));
  return target.filter((size) => size < 0).length > 1 ? undefined : target;
}
