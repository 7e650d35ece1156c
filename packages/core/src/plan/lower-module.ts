import type { LoweredGraph, LoweredNode, LoweredValue } from "../engines/lowered.js";
import { ShapeError, unlessThrown } from "../errors.js";
import { lower, type Place } from "../fuse/tree/lower.js";
import { compute } from "../graph/compute.js";
import type { Node, Value } from "../graph/graph.js";
import { applyRule, type MeetingOp, type Op } from "../graph/op.js";
import { outputShape, type Shape } from "../graph/shapes.js";
import { cost } from "../nn/cost.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { lowerings } from "./rules.js";

/**
 * A module as an engine compiles it, for an input shape that it accepts; undefined for one without a batch axis, since operations read
 * [batch, channels, ...].
 */
export function lowerModule(module: Module, inputShape: Shape): LoweredGraph | undefined {
  const { graph, root } = lower(module);
  const owners = ownersOf(root, graph.nodes.length);
  const input: LoweredValue = { shape: inputShape };
  const known = new Map<Value, LoweredValue>([[graph.inputs[0] as Value, input]]);
  const loweredOf = (value: Value) => known.get(value) as LoweredValue;
  const nodes: LoweredNode[] = [];
  const lowered = (): LoweredGraph => {
    for (const [i, node] of graph.nodes.entries()) {
      const out = lowerNode(node, owners[i] as Module, node.inputs.map(loweredOf), nodes);
      known.set(node.outputs[0] as Value, out);
    }
    return { input, output: loweredOf(graph.outputs[0] as Value), nodes };
  };
  // The shape fits the module, so what does not fit its operations is an image that is no batch.
  return unlessThrown(ShapeError, lowered, () => undefined);
}

/** The module that each node belongs to: the layer that it is, or the composition whose wires meet in it. */
function ownersOf(root: Place, count: number): readonly Module[] {
  const owners = new Array<Module>(count).fill(root.module);
  const visit = ({ module, first, end, parts }: Place): void => {
    owners.fill(module, first, end);
    parts.forEach(visit);
  };
  visit(root);
  return owners;
}

function lowerNode(
  node: Node,
  owner: Module,
  inputs: readonly LoweredValue[],
  nodes: LoweredNode[],
): LoweredValue {
  const { op, path } = node;
  const label = owner.typeName;
  const shapes = inputs.map(({ shape }) => shape);
  const shape = outputShape(op, shapes) ?? cost(owner, shapes[0] as Shape).outputShape;
  const lowered = applyRule(lowerings, op, { inputs, shape, path, label, add: (one) => nodes.push(one) });
  if (lowered !== undefined) return lowered;
  const out = { shape };
  const call = isMeeting(op)
    ? (tensors: readonly Tensor[]) => compute(op, tensors, label)
    : ([x]: readonly Tensor[]) => owner.forward(x as Tensor);
  nodes.push({ kind: "call", path, label, inputs, call, out });
  return out;
}

function isMeeting(op: Op): op is MeetingOp {
  return op.kind === "add" || op.kind === "multiply" || op.kind === "concat";
}
