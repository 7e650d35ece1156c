import type { Graph, Value } from "../graph/graph.js";
import { shapesOf } from "../graph/shapes.js";
import { Mt19937 } from "../random/mt19937.js";
import { type Channelwise, exact, type Rounding } from "./evaluation/channelwise.js";
import { evaluateChannelwise } from "./evaluation/evaluate-channelwise.js";

/** The verdict of {@link proveGraphs}. */
export interface GraphProof {
  /** The largest |before - after| / bound of any output; at most 1 if all is well. */
  readonly worstRatio: number;
  /** The largest |before - after|. */
  readonly maxAbsDiff: number;
}

/**
 * Computes two graphs of linear operations on the same random image, in float64, and says whether they differ
 * by no more than the rounding of the second one's weights explains. The bound is computed, not chosen: a
 * running error analysis of both, with one bound a channel.
 *
 * The graphs have one output each, and read the same values. On one random input two different linear maps
 * give different outputs, but for the one case in 2^53 that no trial excludes; borders are met where the
 * sizes make them so.
 *
 * @param before the graph that is right
 * @param after the graph that is to compute the same
 * @param shapes [channels, ...spatial] of each value that they read
 * @param rounding how the second graph's weights were rounded; the first one's are taken as they are
 * @param seed of the input
 * @returns the largest difference, and its largest part of the bound: proven where that is at most 1
 * @throws {ShapeError} if an operation does not accept its inputs
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3
 * @example
 * const x = { name: "x" };
 * const sum = { name: "sum" };
 * const before = { inputs: [x], nodes: [{ op: { kind: "add" }, inputs: [x, x], outputs: [sum], path: "sum" }], outputs: [sum] } as const;
 * const twice = { kind: "affine", before: 0, factor: 2, after: 0, axis: "channels", ranks: undefined } as const;
 * const after = { ...before, nodes: [{ ...before.nodes[0], op: twice, inputs: [x] }] };
 * proveGraphs(before, after, new Map([[x, [3, 4, 5]]]), { unit: 2 ** -24, subnormal: 2 ** -150 }, 0).worstRatio <= 1; // true
 */
export function proveGraphs(
  before: Graph,
  after: Graph,
  shapes: ReadonlyMap<Value, readonly number[]>,
  rounding: Rounding,
  seed: number,
): GraphProof {
  for (const graph of [before, after]) checkShapes(graph, shapes);
  const random = new Mt19937(seed);
  const inputs = new Map<Value, Channelwise>();
  for (const [value, shape] of shapes) inputs.set(value, randomImage(shape, random));
  const [a, b] = [evaluateGraph(before, inputs, exact), evaluateGraph(after, inputs, rounding)];
  if (String(a.shape) !== String(b.shape))
    return { worstRatio: Number.POSITIVE_INFINITY, maxAbsDiff: Number.NaN };
  const area = a.values.length / Math.max(a.errors.length, 1);
  let [worstRatio, maxAbsDiff] = [0, 0];
  for (let i = 0; i < a.values.length; i++) {
    const difference = Math.abs((a.values[i] as number) - (b.values[i] as number));
    const channel = Math.floor(i / area);
    const bound = (a.errors[channel] as number) + (b.errors[channel] as number);
    const ratio = difference === 0 ? 0 : difference / bound;
    // NaN is equal to nothing.
    worstRatio = ratio <= worstRatio ? worstRatio : Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
    maxAbsDiff = Math.max(maxAbsDiff, difference);
  }
  return { worstRatio, maxAbsDiff };
}

/** Before anything is computed. */
function checkShapes(graph: Graph, shapes: ReadonlyMap<Value, readonly number[]>): void {
  shapesOf(graph, new Map([...shapes].map(([value, shape]) => [value, [1, ...shape]])));
}

function evaluateGraph(
  graph: Graph,
  inputs: ReadonlyMap<Value, Channelwise>,
  rounding: Rounding,
): Channelwise {
  const values = new Map(inputs);
  for (const { op, inputs: read, outputs } of graph.nodes) {
    const operands = read.map((value) => values.get(value) as Channelwise);
    values.set(outputs[0] as Value, evaluateChannelwise(op, operands, rounding));
  }
  return values.get(graph.outputs[0] as Value) as Channelwise;
}

/** Uniform in [-1, 1), with 32 random bits each. */
function randomImage(shape: readonly number[], random: Mt19937): Channelwise {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float64Array.from({ length: size }, () => random.nextUint32() / 2 ** 31 - 1);
  return { shape, values, errors: new Float64Array(shape[0] as number) };
}
