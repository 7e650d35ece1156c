import { ArgumentError } from "@convfuse/core";
import { typeName } from "./model/data-type.js";
import { attributesOf, type SourceGraph } from "./model/graph.js";
import type { SourceModel } from "./model/model.js";
import type { StoredTensor } from "./model/tensor.js";
import type { DeclaredDim, ValueInfo } from "./model/value-info.js";
import type { ModelEdits } from "./write/edits.js";

/** An input or output of a network. */
export interface OnnxPort {
  /** What the file calls it. */
  readonly name: string;
  /** The elements' type, e.g. "float"; undefined: the file does not say, or it is no tensor. */
  readonly type: string | undefined;
  /**
   * A number, the name of a size that may change, or undefined for one without a name; undefined as a whole:
   * not even the rank is said.
   */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/** The parts that the functions of this package work on. */
export interface ModelParts {
  readonly source: SourceModel;
  readonly edits: ModelEdits;
}

const partsOfModels = new WeakMap<object, ModelParts>();

/**
 * A network as an ONNX file holds it: what {@link readOnnx} reads and {@link fuseOnnx} makes.
 * @example
 * const model = readOnnx(readFileSync("model.onnx"));
 * model.inputs.map(({ type }) => type); // ["float"]
 */
export class OnnxModel {
  /** The version of the file's format. */
  readonly irVersion: number;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  /** The program that wrote the file; "" where it does not say. */
  readonly producer: string;
  /** What a caller gives: inputs that are no initializers. */
  readonly inputs: readonly OnnxPort[];
  /** What a caller gets. */
  readonly outputs: readonly OnnxPort[];
  /** Names of the files beside the model that hold elements of its tensors. */
  readonly externalFiles: readonly string[];
  /** The types of the elements of its stored tensors, e.g. "float" and "int64", each once. */
  readonly elementTypes: readonly string[];

  /** @internal */
  constructor(parts: ModelParts) {
    const { source } = parts;
    const { inputs, outputs, initializers } = source.graph.value;
    this.irVersion = source.irVersion;
    this.opset = source.opset;
    this.producer = source.producer;
    this.inputs = inputs.filter(({ value }) => !initializers.has(value.name)).map(({ value }) => port(value));
    this.outputs = outputs.map(({ value }) => port(value));
    const stored = [...storedTensors(source)];
    const files = stored.flatMap(({ place }) => (place === undefined ? [] : [place.location]));
    this.externalFiles = [...new Set(files)];
    this.elementTypes = [...new Set(stored.map((tensor) => typeName(tensor.type)))];
    partsOfModels.set(this, parts);
  }
}

/** @throws {ArgumentError} if that is no model that this package has read or made */
export function partsOf(op: string, model: OnnxModel): ModelParts {
  const parts = typeof model === "object" && model !== null ? partsOfModels.get(model) : undefined;
  if (parts === undefined) throw new ArgumentError(op, "model must be what readOnnx gives", { model });
  return parts;
}

/**
 * In the order in which they are met: of the graph, of graphs in attributes, of functions, with the values of
 * Constant nodes.
 */
function* storedTensors({ graph, functions, external }: SourceModel): Generator<StoredTensor> {
  yield* tensorsOf(graph.value, external);
  for (const { value } of functions) yield* tensorsOf(value.graph, external);
}

function* tensorsOf(
  { initializers, nodes }: SourceGraph,
  external: SourceModel["external"],
): Generator<StoredTensor> {
  for (const { value } of initializers.values()) yield value;
  for (const node of nodes) {
    const constant = node.type === "Constant" ? attributesOf(node, external).tensor("value") : undefined;
    if (constant !== undefined) yield constant;
    for (const { graph } of node.bodies) yield* tensorsOf(graph, external);
  }
}

function port({ name, type, shape }: ValueInfo): OnnxPort {
  return {
    name,
    type: type === undefined ? undefined : typeName(type),
    shape: shape as readonly DeclaredDim[] | undefined,
  };
}
