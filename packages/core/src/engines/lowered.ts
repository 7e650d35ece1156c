import type { Tensor } from "../tensor/tensor.js";
import type { ConvGeometry } from "./engine.js";

/** [batch, channels, height, width]; after a `Flatten` the last two are 1. */
export type Shape = readonly [number, number, number, number];

/** A value that flows between nodes. */
export interface Value {
  readonly shape: Shape;
  /** True where the tensor has no height and width any more. */
  readonly flat: boolean;
}

interface NodeBase {
  /** The dotted name of the layer in the module's tree. */
  readonly path: string;
  readonly out: Value;
}

/** out = conv(x) + residual, not below 0 where `relu`. `weight` and `bias` are the plan's own. */
export interface ConvNode extends NodeBase {
  readonly op: "conv";
  readonly x: Value;
  readonly geometry: ConvGeometry;
  /** In float64 where something was folded in, so that it is rounded once. */
  readonly weight: Float32Array | Float64Array;
  readonly bias: Float32Array | Float64Array | undefined;
  readonly residual: Value | undefined;
  readonly relu: boolean;
  /** What is done, for a reader: "Conv2d", "BatchNorm2d + ReLU", ... */
  readonly label: string;
}

/** Every branch's channels, one branch after the other. */
export interface ConcatNode extends NodeBase {
  readonly op: "concat";
  readonly parts: readonly Value[];
}

/** What the kernels do not know: computed layer by layer. */
export interface CallNode extends NodeBase {
  readonly op: "call";
  readonly inputs: readonly Value[];
  readonly call: (inputs: readonly Tensor[]) => Tensor;
  readonly label: string;
}

export type Node = ConvNode | ConcatNode | CallNode;

/** A module as a list of nodes, each after those that it reads. */
export interface Graph {
  readonly input: Value;
  readonly output: Value;
  readonly nodes: readonly Node[];
}

/** The values that a node reads. */
export function inputsOf(node: Node): readonly Value[] {
  if (node.op === "concat") return node.parts;
  if (node.op === "call") return node.inputs;
  return node.residual === undefined ? [node.x] : [node.x, node.residual];
}
