import { WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@convfuse/core";
import type { Bytes } from "../wire/file-part.js";
import { isDelimited, lastText, type Message, payload, reading, scan, text } from "../wire/message.js";
import { Attributes, bodiesOf } from "./attributes.js";
import { type ReadExternal, StoredTensor, tensorName } from "./tensor.js";
import { type ValueInfo, valueInfo } from "./value-info.js";

/** The graph in an attribute of a node (If, Loop, Scan, ...), and where it lies. */
export interface Body {
  /** The place of the attribute's field in the node, and of the graph's field in the attribute. */
  readonly attribute: number;
  readonly field: number;
  readonly message: Message;
  readonly graph: SourceGraph;
}

/** A NodeProto. */
export interface SourceNode {
  readonly message: Message;
  /** The place of its field in the graph. */
  readonly field: number;
  readonly name: string;
  readonly type: string;
  /** "" for ONNX's own operators, also where the file says ai.onnx. */
  readonly domain: string;
  readonly overload: string;
  /** "" for an optional one that is not there. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bodies: readonly Body[];
}

/** What a name that a graph declares stands for, and the place of its field. */
export interface Declared<T> {
  readonly field: number;
  readonly value: T;
}

/** A GraphProto or a FunctionProto, as it lies in the file. */
export interface SourceGraph {
  readonly kind: "graph" | "function";
  readonly message: Message;
  readonly name: string;
  readonly nodes: readonly SourceNode[];
  readonly inputs: readonly Declared<ValueInfo>[];
  readonly outputs: readonly Declared<ValueInfo>[];
  readonly initializers: ReadonlyMap<string, Declared<StoredTensor>>;
  /** Names of sparse initializers, whose numbers are not read. */
  readonly sparse: ReadonlySet<string>;
  readonly infos: ReadonlyMap<string, Declared<ValueInfo>>;
}

/** Graphs inside graphs; protobuf's own readers end at 100 messages, which are 33 graphs. */
const deepest = 64;

/** The field numbers of a graph and of a function. */
const numbers = {
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12, info: 13, sparse: 15 },
  function: { node: 7, name: 1, initializer: 0, input: 4, output: 5, info: 12, sparse: 0 },
} as const;

/**
 * @throws {FormatError} if the bytes are no such message, or graphs lie deeper inside each other than any
 *   reader goes
 */
export function sourceGraph(
  bytes: Bytes,
  kind: "graph" | "function",
  external: ReadExternal | undefined,
  depth = 0,
): SourceGraph {
  if (depth > deepest) throw new FormatError(reading, "graphs lie too deep inside each other", { deepest });
  const message = scan(bytes, kind === "graph" ? "a GraphProto" : "a FunctionProto");
  const number = numbers[kind];
  const nodes: SourceNode[] = [];
  const inputs: Declared<ValueInfo>[] = [];
  const outputs: Declared<ValueInfo>[] = [];
  const initializers = new Map<string, Declared<StoredTensor>>();
  const sparse = new Set<string>();
  const infos = new Map<string, Declared<ValueInfo>>();
  const port = (value: Bytes, i: number): ValueInfo =>
    kind === "graph"
      ? valueInfo(value)
      : {
          name: text(message, message.fields[i] as (typeof message.fields)[number]),
          type: undefined,
          shape: undefined,
        };
  for (const [i, field] of message.fields.entries()) {
    if (field.wireType !== WireType.LengthDelimited) continue;
    const value = payload(message, field);
    switch (field.number) {
      case number.node:
        nodes.push(sourceNode(value, i, external, depth));
        break;
      case number.input:
        inputs.push({ field: i, value: port(value, i) });
        break;
      case number.output:
        outputs.push({ field: i, value: port(value, i) });
        break;
      case number.initializer: {
        const tensor = new StoredTensor(value, external);
        if (initializers.has(tensor.name)) throw twice("initializers", tensor.name);
        initializers.set(tensor.name, { field: i, value: tensor });
        break;
      }
      case number.info: {
        const info = valueInfo(value);
        infos.set(info.name, { field: i, value: info });
        break;
      }
      case number.sparse:
        sparse.add(sparseName(value));
        break;
    }
  }
  return {
    kind,
    message,
    name: lastText(message, number.name),
    nodes,
    inputs,
    outputs,
    initializers,
    sparse,
    infos,
  };
}

/** The attributes of a node, read anew whenever they are asked for. */
export function attributesOf({ message }: SourceNode, external: ReadExternal | undefined): Attributes {
  return new Attributes(
    message.fields.filter((field) => isDelimited(field, 5)).map((field) => payload(message, field)),
    external,
  );
}

function sourceNode(
  bytes: Bytes,
  field: number,
  external: ReadExternal | undefined,
  depth: number,
): SourceNode {
  const message = scan(bytes, "a NodeProto");
  const inputs: string[] = [];
  const outputs: string[] = [];
  const bodies: Body[] = [];
  let [name, type, domain, overload] = ["", "", "", ""];
  for (const [i, one] of message.fields.entries()) {
    if (one.wireType !== WireType.LengthDelimited) continue;
    if (one.number === 1) inputs.push(text(message, one));
    else if (one.number === 2) outputs.push(text(message, one));
    else if (one.number === 3) name = text(message, one);
    else if (one.number === 4) type = text(message, one);
    else if (one.number === 7) domain = text(message, one);
    else if (one.number === 8) overload = text(message, one);
    else if (one.number === 5) {
      const attribute = scan(payload(message, one), "an AttributeProto");
      for (const at of bodiesOf(attribute)) {
        const inner = payload(attribute, attribute.fields[at] as (typeof attribute.fields)[number]);
        const graph = sourceGraph(inner, "graph", external, depth + 1);
        bodies.push({ attribute: i, field: at, message: attribute, graph });
      }
    }
  }
  if (domain === "ai.onnx") domain = "";
  return { message, field, name, type, domain, overload, inputs, outputs, bodies };
}

/** SparseTensorProto is named by its values. */
function sparseName(bytes: Bytes): string {
  const message = scan(bytes, "a SparseTensorProto");
  const values = message.fields.findLast((field) => isDelimited(field, 1));
  return values === undefined ? "" : tensorName(payload(message, values));
}

function twice(what: string, name: string): FormatError {
  return new FormatError(reading, `two ${what} have one name`, { name });
}
