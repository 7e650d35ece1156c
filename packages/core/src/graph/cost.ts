import type { Graph, Value } from "./graph.js";
import { applyRule, type Node, type Op, type PerChannel, type Rules, type Weights } from "./op.js";
import { type Shape, shapesOf } from "./shapes.js";

/** What one node holds and does in one pass. */
export interface NodeCost {
  readonly node: Node;
  /** Multiply-accumulates of a convolution or a matrix; 0 for everything else. */
  readonly macs: number;
  /** How many numbers it holds: weights, biases, and one a channel of every factor and shift. */
  readonly weights: number;
  /** How many numbers it reads and writes as activations: every input once, every output once. Values without a shape do not count. */
  readonly activations: number;
}

/**
 * Counts what each node of a graph does and holds, without computing anything. Work counts as if every output were computed by itself:
 * batch x out channels x out size x (in channels / groups) x taps; of a transposed convolution over its input's size instead.
 * @param given shapes of the inputs, and of other values where they are known
 * @throws {ShapeError} if an operation does not accept its inputs
 */
export function costOfGraph(graph: Graph, given: ReadonlyMap<Value, Shape>): readonly NodeCost[] {
  const shapes = shapesOf(graph, given);
  const size = (value: Value): number => elements(shapes.get(value) ?? [0]);
  return graph.nodes.map((node) => ({
    node,
    macs: applyRule(macs, node.op, node, size),
    weights: weightsOfOp(node.op),
    activations: [...node.inputs, ...node.outputs].reduce((sum, value) => sum + size(value), 0),
  }));
}

/** How many numbers an operation holds. */
export function weightsOfOp(op: Op): number {
  return applyRule(held, op);
}

function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

function count(...weights: readonly (Weights | undefined)[]): number {
  return weights.reduce((sum, held) => sum + (held === undefined ? 0 : elements(held.shape)), 0);
}

function lengths(...values: readonly PerChannel[]): number {
  return values.reduce<number>((sum, held) => sum + (typeof held === "number" ? 0 : held.length), 0);
}

const none = (): number => 0;

const held: Rules<[], number> = {
  identity: none,
  conv: (op) => count(op.weight, op.bias),
  affine: (op) => lengths(op.before, op.factor, op.after),
  matrix: (op) => count(op.weight, op.bias),
  window: none,
  adaptiveMean: none,
  pad: none,
  map: none,
  slope: (op) => count(op.weight),
  flatten: none,
  shuffle: none,
  resize: none,
  norm: (op) => count(op.weight, op.bias),
  add: none,
  multiply: none,
  concat: none,
  opaque: none,
};

type Size = (value: Value) => number;

const macs: Rules<[node: Node, size: Size], number> = {
  identity: none,
  conv: (op, { inputs, outputs }, size) => {
    const [counted, channels] = op.transposed
      ? [inputs[0] as Value, op.inChannels]
      : [outputs[0] as Value, op.outChannels];
    return (size(counted) / channels) * count(op.weight);
  },
  affine: none,
  matrix: (op, { outputs }, size) => size(outputs[0] as Value) * op.inFeatures,
  window: none,
  adaptiveMean: none,
  pad: none,
  map: none,
  slope: none,
  flatten: none,
  shuffle: none,
  resize: none,
  norm: none,
  add: none,
  multiply: none,
  concat: none,
  opaque: none,
};
