import { type Graph, GraphBuilder, type Value } from "../../src/graph/graph.js";
import type { Op } from "../../src/graph/op.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";
import { conv } from "../graph/small-graphs.js";

/** A graph of one input `x`, and the values that a function makes of it as outputs. */
export function graphOf(make: (graph: GraphBuilder, x: Value) => Value | readonly Value[]): Graph {
  const graph = new GraphBuilder();
  const made = make(graph, graph.input("x"));
  return graph.finish([made].flat());
}

/** Nodes in a row; the last one is called `name`, those before it `name.0`, `name.1`, ... */
export function row(graph: GraphBuilder, x: Value, name: string, ops: readonly Op[]): Value {
  return ops.reduce(
    (value, op, i) => graph.add(op, [value], i === ops.length - 1 ? name : `${name}.${i}`),
    x,
  );
}

/** An average pooling on two axes. */
export function mean(size: number, stride: number, pixels: number): Op {
  const axis = plainAxis(size, { stride, before: pixels, after: pixels });
  const counted = { countIncludePad: true, ceilMode: false, divisor: undefined };
  return { kind: "window", reduce: "mean", axes: [axis, axis], ...counted };
}

/** A linear layer on the last axis. */
export function matrix(inFeatures: number, outFeatures: number, seed = 1): Op {
  const { weight } = conv(inFeatures, outFeatures, { axes: [], seed });
  return { kind: "matrix", weight, bias: undefined, inFeatures, outFeatures, rank: undefined };
}

/** A factor for all channels. */
export function times(factor: number): Op {
  return { kind: "affine", before: 0, factor, after: 0, axis: "channels", ranks: undefined };
}

/** Zero padding on two axes. */
export function padding(pixels: number): Op {
  const side = [pixels, pixels] as const;
  return { kind: "pad", sides: [side, side], border: "zeros", value: 0 };
}
