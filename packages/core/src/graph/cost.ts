import type { Graph, Value } from "./graph.js";
import { applyRule, type Node, type Op, type PerChannel, type Rules } from "./op.js";
import { type Shape, shapesOf } from "./shapes.js";
import type { Weights } from "./weights.js";

/** What one node holds and does in one pass. */
export interface NodeCost {
  /** Which node. */
  readonly node: Node;
  /** Multiply-accumulates of a convolution or a matrix; 0 for everything else. */
  readonly macs: number;
  /** How many numbers it holds: weights, biases, and one a channel of every factor and shift. */
  readonly weights: number;
  /**
   * How many numbers it reads and writes as activations: every input once, every output once. Values without
   * a shape do not count.
   */
  readonly activations: number;
}

/**
 * Counts what each node of a graph does and holds, without computing anything. Work counts as if every output
 * were computed by itself: batch x out channels x out size x (in channels / groups) x taps; of a transposed
 * convolution over its input's size instead.
 *
 * @param graph a network without shapes
 * @param given shapes of the inputs, and of other values where they are known
 * @returns an entry a node, in the graph's order
 * @throws {ShapeError} if an operation does not accept its inputs
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * const y = graph.add({ kind: "identity" }, [x], "skip");
 * costOfGraph(graph.finish([y]), new Map([[x, [1, 2, 4, 4]]]))[0]?.activations; // 64
 */
export function costOfGraph(graph: Graph, given: ReadonlyMap<Value, Shape>): readonly NodeCost[] {
  const shapes = shapesOf(graph, given);
  const size = (value: Value): number => elements(shapes.get(value) ?? [0]);
  return graph.nodes.map((node) => ({
    node,
    macs: macsOfNode(node, shapes),
    weights: weightsOfOp(node.op),
    activations: [...node.inputs, ...node.outputs].reduce((sum, value) => sum + size(value), 0),
  }));
}

/**
 * Multiply-accumulates of one operation, as if every output were computed by itself; 0 for all but
 * convolutions and matrices.
 * @param input the shape of its first input, with or without a batch axis
 */
export function macsOfOp(op: Op, input: Shape, output: Shape): number {
  return applyRule(macs, op, input, output);
}

/** Values without a shape do not count. */
function macsOfNode({ op, inputs, outputs }: Node, shapes: ReadonlyMap<Value, Shape>): number {
  const [input, output] = [inputs[0], outputs[0]].map((value) => value && shapes.get(value));
  return macsOfOp(op, input ?? [0], output ?? [0]);
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

const macs: Rules<[input: Shape, output: Shape], number> = {
  identity: none,
  conv: (op, input, output) => {
    const [counted, channels] = op.transposed ? [input, op.inChannels] : [output, op.outChannels];
    return (elements(counted) / channels) * count(op.weight);
  },
  affine: none,
  matrix: (op, _input, output) => elements(output) * op.inFeatures,
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
