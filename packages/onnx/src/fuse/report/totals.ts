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
export function totalsOf(model: SourceModel, bytes: number): Omit<OnnxTotals, "multiplyAdds" | "notCounted"> {
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
  return { nodes, convolutions, norms, parameters, bytes };
}

function isConvolution({ domain, type }: SourceNode): boolean {
  return domain === "" && (type === "Conv" || type === "ConvTranspose");
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
