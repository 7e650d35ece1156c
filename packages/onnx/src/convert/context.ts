import { Dims } from "../facts/dim.js";
import type { SourceModel } from "../model/model.js";
import type { ReadExternal } from "../model/tensor.js";

/** What holds in a whole file, or in one of its functions. */
export interface Context {
  /** The version of ONNX's own operators in force. */
  readonly opset: number;
  /** Initializers that are inputs of the graph as well: from IR version 4 on a caller may override them. */
  readonly overridable: boolean;
  /** Initializers that the file's own training reads or changes. */
  readonly trained: ReadonlySet<string>;
  readonly external: ReadExternal | undefined;
  /**
   * The functions of the file: "domain:name", and the version of ONNX's own operators where they say it
   * themselves.
   */
  readonly functions: ReadonlySet<string>;
  readonly dims: Dims;
  /** The most elements that a computed constant may have. */
  readonly mostElements: number;
  /** Sizes of the network's inputs that the caller says, by name. */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
}

/** The oldest and the newest versions whose operators are known. */
export const oldestOpset = 6;
export const newestOpset = 27;

export function isKnownOpset(opset: number): boolean {
  return opset >= oldestOpset && opset <= newestOpset;
}

/** The context of a file's graph, or of one of its functions. */
export function contextOf(
  model: SourceModel,
  opset: number = model.opset,
  inputShapes: Readonly<Record<string, readonly number[]>> = {},
): Context {
  return {
    opset,
    overridable: model.irVersion >= 4,
    trained: model.training.names,
    external: model.external,
    functions: new Set(model.functions.map(({ value }) => functionKey(value.domain, value.name))),
    dims: new Dims(),
    mostElements: Math.max(2 ** 20, storedElements(model)),
    inputShapes,
  };
}

export function functionKey(domain: string, name: string): string {
  return `${domain === "ai.onnx" ? "" : domain}:${name}`;
}

/**
 * How many elements the tensors of the file's graph have: nothing that is computed from them needs to be
 * larger than all together.
 */
function storedElements({ graph, message }: SourceModel): number {
  let elements = message.bytes.length;
  for (const { value } of graph.value.initializers.values())
    elements += value.place === undefined ? 0 : value.size;
  return elements;
}
