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
import { takesImage } from "./takes-image.js";

/**
 * A module as an engine compiles it, for an input shape that it accepts. Operations read
 * [batch, channels, ...]: an image without a batch axis is a batch of one, where every layer takes it for
 * that.
 * @returns undefined where that is not so
 */
export function lowerModule(module: Module, inputShape: Shape, givenShape: Shape): LoweredGraph | undefined {
  const batch = inputShape.length < 2 ? undefined : lowerBatch(module, inputShape, () => true);
  if (String(batch?.output.shape) === String(givenShape)) return batch;
  const one = lowerBatch(module, [1, ...inputShape], ({ op }, shapes) =>
    takesImage(
      op,
      shapes.map((shape) => shape.slice(1)),
    ),
  );
  return String(one?.output.shape) === String([1, ...givenShape]) ? one : undefined;
}

/**
 * @param takes whether a node reads inputs of these shapes as they are meant; undefined where one does not
 */
function lowerBatch(
  module: Module,
  inputShape: Shape,
  takes: (node: Node, shapes: readonly Shape[]) => boolean,
): LoweredGraph | undefined {
  const { graph, root } = lower(module);
  const owners = ownersOf(root, graph.nodes.length);
  const input: LoweredValue = { shape: inputShape };
  const known = new Map<Value, LoweredValue>([[graph.inputs[0] as Value, input]]);
  const loweredOf = (value: Value) => known.get(value) as LoweredValue;
  const nodes: LoweredNode[] = [];
  const lowered = (): LoweredGraph | undefined => {
    for (const [i, node] of graph.nodes.entries()) {
      const inputs = node.inputs.map(loweredOf);
      if (
        !takes(
          node,
          inputs.map(({ shape }) => shape),
        )
      )
        return undefined;
      const out = lowerNode(node, owners[i] as Module, inputs, nodes);
      known.set(node.outputs[0] as Value, out);
    }
    return { input, output: loweredOf(graph.outputs[0] as Value), nodes };
  };
  // The shape fits the module, so what does not fit its operations is an image without its batch axis.
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
  const call = isMeeting(op)
    ? (tensors: readonly Tensor[]) => compute(op, tensors, label)
    : ([x]: readonly Tensor[]) => owner.forward(x as Tensor);
  const add = (one: LoweredNode) => nodes.push(one);
  const lowered = applyRule(lowerings, op, { inputs, shape, path, label, call, add });
  if (lowered !== undefined) return lowered;
  const out = { shape };
  nodes.push({ kind: "call", path, label, inputs, call, out });
  return out;
}

function isMeeting(op: Op): op is MeetingOp {
  return op.kind === "add" || op.kind === "multiply" || op.kind === "concat";
}
