import type { Node, Value } from "@convfuse/core";
import { contextOf } from "../../convert/context.js";
import { type ConvertedGraph, convertGraph } from "../../convert/of-graph.js";
import { isFloat } from "../../model/data-type.js";
import { attributesOf, type SourceGraph, type SourceNode } from "../../model/graph.js";
import type { SourceModel } from "../../model/model.js";
import type { StoredTensor } from "../../model/tensor.js";
import type { ModelEdits } from "../../write/edits.js";
import type { OnnxTotals } from "./report.js";

/**
 * What a file holds, its bodies and functions included.
 * @param bytes of the file, with the files beside it
 */
export function totalsOf(
  model: SourceModel,
  bytes: number,
  inputShapes: Readonly<Record<string, readonly number[]>>,
): OnnxTotals {
  let [nodes, convolutions, norms, parameters] = [0, 0, 0, 0];
  const countTensor = (tensor: StoredTensor | undefined): void => {
    if (tensor !== undefined && isFloat(tensor.type)) parameters += tensor.size;
  };
  const count = ({ nodes: list, initializers }: SourceGraph): void => {
    for (const { value } of initializers.values()) countTensor(value);
    for (const node of list) {
      nodes++;
      if (isConvolution(node)) convolutions++;
      if (node.domain === "" && node.type === "BatchNormalization") norms++;
      if (node.type === "Constant") countTensor(attributesOf(node, model.external).tensor("value"));
      for (const { graph } of node.bodies) count(graph);
    }
  };
  count(model.graph.value);
  for (const { value } of model.functions) count(value.graph);
  return { nodes, convolutions, norms, parameters, bytes, multiplyAdds: multiplyAddsOf(model, inputShapes) };
}

function isConvolution({ domain, type }: SourceNode): boolean {
  return domain === "" && (type === "Conv" || type === "ConvTranspose");
}

/** Of the network's own graph; undefined: a size is missing, or a body or function holds such work. */
function multiplyAddsOf(
  model: SourceModel,
  inputShapes: Readonly<Record<string, readonly number[]>>,
): number | undefined {
  const converted = convertGraph(model.graph.value, contextOf(model, model.opset, inputShapes));
  let sum = 0;
  for (const node of converted.graph.nodes) {
    const work = workOf(node, converted);
    if (work === undefined) return undefined;
    sum += work;
  }
  return sum;
}

function workOf({ op, inputs, outputs }: Node, converted: ConvertedGraph): number | undefined {
  if (op.kind !== "conv" && op.kind !== "matrix") return 0;
  const size = (value: Value | undefined): number | undefined => {
    const shape = value && converted.facts.get(value)?.shape;
    return shape?.every((dim) => typeof dim === "number")
      ? (shape as readonly number[]).reduce((product, dim) => product * dim, 1)
      : undefined;
  };
  if (op.kind === "matrix") return times(size(outputs[0]), op.inFeatures);
  const taps = op.axes.reduce((product, axis) => product * axis.size, 1);
  return op.transposed
    ? times(size(inputs[0]), (op.outChannels / op.groups) * taps)
    : times(size(outputs[0]), (op.inChannels / op.groups) * taps);
}

function times(a: number | undefined, b: number): number | undefined {
  return a === undefined ? undefined : a * b;
}

/** How many bytes of a model's tensors lie in other files, those left out that edits take away. */
export function bytesOutside({ graph, functions }: SourceModel, edits: ModelEdits = new Map()): number {
  let bytes = 0;
  const add = (source: SourceGraph): void => {
    const gone = edits.get(source)?.initializersGone;
    for (const [name, { value }] of source.initializers) {
      if (gone?.has(name) !== true) bytes += value.place?.length ?? 0;
    }
    for (const { bodies } of source.nodes) for (const body of bodies) add(body.graph);
  };
  add(graph.value);
  for (const { value } of functions) add(value.graph);
  return bytes;
}
