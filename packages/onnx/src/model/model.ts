import { WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@convfuse/core";
import type { Bytes } from "../wire/file-part.js";
import {
  type Field,
  isDelimited,
  lastField,
  lastInteger,
  lastText,
  type Message,
  payload,
  reading,
  scan,
} from "../wire/message.js";
import { type Declared, type SourceGraph, sourceGraph } from "./graph.js";
import { freeNames } from "./read-names.js";
import type { ReadExternal } from "./tensor.js";

/** A function of the file's own. */
export interface SourceFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  /** The version of ONNX's own operators in it. */
  readonly opset: number;
  readonly graph: SourceGraph;
}

/** What a file says of how it is trained. */
export interface Training {
  /**
   * Graphs that are run on the network's initializers: what they start from, and what a step makes of them.
   */
  readonly graphs: readonly SourceGraph[];
  /** The initializers that these graphs read or change. */
  readonly names: ReadonlySet<string>;
}

/** A ModelProto as it lies in the file. */
export interface SourceModel {
  readonly message: Message;
  readonly irVersion: number;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  readonly producer: string;
  readonly graph: Declared<SourceGraph>;
  readonly functions: readonly Declared<SourceFunction>[];
  readonly training: Training;
  readonly external: ReadExternal | undefined;
}

/** @throws {FormatError} if the bytes are no ModelProto with one graph */
export function sourceModel(bytes: Bytes, external: ReadExternal | undefined): SourceModel {
  const message = scan(bytes, "a ModelProto");
  const graphs = message.fields.flatMap((field, i) => (isDelimited(field, 7) ? [{ field, i }] : []));
  const [first, ...more] = graphs;
  if (first === undefined || more.length > 0) {
    throw new FormatError(reading, "a model must have one graph", {
      graphs: graphs.length,
      size: bytes.length,
    });
  }
  return {
    message,
    irVersion: lastInteger(message, 1) ?? 1,
    opset: opsetOf(message, 8),
    producer: lastText(message, 2),
    graph: { field: first.i, value: sourceGraph(payload(message, first.field), "graph", external) },
    functions: message.fields.flatMap((field, i) =>
      isDelimited(field, 25) ? [{ field: i, value: sourceFunction(message, field, external) }] : [],
    ),
    training: trainingOf(message, external),
    external,
  };
}

/** Of all TrainingInfoProto. */
function trainingOf(model: Message, external: ReadExternal | undefined): Training {
  const graphs: SourceGraph[] = [];
  const names = new Set<string>();
  for (const field of model.fields.filter((one) => isDelimited(one, 20))) {
    const info = scan(payload(model, field), "a TrainingInfoProto");
    for (const part of info.fields) {
      if (isDelimited(part, 1) || isDelimited(part, 2))
        graphs.push(sourceGraph(payload(info, part), "graph", external));
      else if (isDelimited(part, 3) || isDelimited(part, 4))
        names.add(lastText(scan(payload(info, part), "a binding"), 1));
    }
  }
  for (const graph of graphs) for (const name of freeNames(graph)) names.add(name);
  return { graphs, names };
}

function sourceFunction(model: Message, field: Field, external: ReadExternal | undefined): SourceFunction {
  const graph = sourceGraph(payload(model, field), "function", external);
  const { message } = graph;
  return {
    domain: lastText(message, 10),
    name: lastText(message, 1),
    overload: lastText(message, 13),
    opset: opsetOf(message, 9),
    graph,
  };
}

/** The version that a list of OperatorSetIdProto gives for ONNX's own domain; 1 where it gives none. */
function opsetOf(message: Message, number: number): number {
  for (const field of message.fields) {
    if (!isDelimited(field, number)) continue;
    const entry = scan(payload(message, field), "an OperatorSetIdProto");
    const domain = lastField(entry, 1, WireType.LengthDelimited) === undefined ? "" : lastText(entry, 1);
    if (domain === "" || domain === "ai.onnx") return lastInteger(entry, 2) ?? 1;
  }
  return 1;
}
