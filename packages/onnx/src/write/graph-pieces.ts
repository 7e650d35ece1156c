import { WireType } from "@bufbuild/protobuf/wire";
import type { Body, SourceGraph, SourceNode } from "../model/graph.js";
import { type Field, isDelimited, lastText, payload, scan } from "../wire/message.js";
import { delimited, joined, type Pieces, spliced } from "../wire/pieces.js";
import type { GraphEdits, ModelEdits, NewNode } from "./edits.js";
import { nodeMessage, portMessage, tensorAttribute } from "./messages.js";
import type { TensorStore } from "./store.js";

/** The field numbers of what may change, in a graph and in a function. */
const numbers = {
  graph: { node: 1, initializer: 5, input: 11, info: 13, annotation: 14 },
  function: { node: 7, initializer: 0, input: 0, info: 12, annotation: 0 },
} as const;

/**
 * A GraphProto or FunctionProto with edits, its own and those of graphs inside it; undefined: nothing
 * changes.
 */
export function graphPieces(source: SourceGraph, edits: ModelEdits, store: TensorStore): Pieces | undefined {
  const { message, kind } = source;
  const number = numbers[kind];
  const own = edits.get(source);
  const replaced = new Map<number, readonly Pieces[]>();
  for (const node of source.nodes) {
    const instead = own?.nodes
      .get(node.field)
      ?.map((added) => delimited(number.node, nodePieces(added, store)));
    const changed = instead ?? nodeWithBodies(node, edits, store)?.map((one) => delimited(number.node, one));
    if (changed !== undefined) replaced.set(node.field, changed);
  }
  for (const [name, { field, value }] of source.initializers) {
    const kept = own?.initializersGone.has(name) ? [] : store.kept(value);
    if (kept !== undefined)
      replaced.set(field, "pieces" in kept ? [delimited(number.initializer, kept)] : []);
  }
  if (own !== undefined) {
    for (const field of goneFields(source, own)) replaced.set(field, []);
  }
  const inserted = own === undefined ? undefined : insertions(source, own, store);
  if (replaced.size === 0 && (inserted?.size ?? 0) === 0) return undefined;
  return spliced(message, inserted === undefined ? { replaced } : { replaced, inserted });
}

/**
 * The fields that speak of values that are gone: declared shapes, quantisation, inputs that only named an
 * initializer.
 */
function goneFields(source: SourceGraph, { valuesGone, initializersGone }: GraphEdits): readonly number[] {
  const { message, inputs } = source;
  const number = numbers[source.kind];
  const gone = (name: string): boolean => valuesGone.has(name) || initializersGone.has(name);
  const annotated = (field: Field): boolean =>
    number.annotation > 0 &&
    isDelimited(field, number.annotation) &&
    gone(lastText(scan(payload(message, field), "a TensorAnnotation"), 1));
  return [
    ...message.fields.flatMap((field, i) => (annotated(field) ? [i] : [])),
    ...message.fields.flatMap((field, i) =>
      isDelimited(field, number.info) && gone(lastText(scan(payload(message, field), "a ValueInfoProto"), 1))
        ? [i]
        : [],
    ),
    ...inputs.flatMap(({ field, value }) => (initializersGone.has(value.name) ? [field] : [])),
  ];
}

/**
 * New initializers behind the last one, and where the file's version asks for it, as inputs behind the last
 * input.
 */
function insertions(
  { message, kind }: SourceGraph,
  { tensors, asInputs }: GraphEdits,
  store: TensorStore,
): ReadonlyMap<number, readonly Pieces[]> {
  const number = numbers[kind];
  const inserted = new Map<number, readonly Pieces[]>();
  const put = (after: number, pieces: readonly Pieces[]): void => {
    if (pieces.length > 0) inserted.set(after, [...(inserted.get(after) ?? []), ...pieces]);
  };
  const last = (wanted: number): number =>
    message.fields.findLastIndex(
      (field) => field.number === wanted && field.wireType === WireType.LengthDelimited,
    );
  const end = message.fields.length - 1;
  const behind = (wanted: number): number => (last(wanted) < 0 ? end : last(wanted));
  put(
    behind(number.initializer),
    tensors.map((tensor) => delimited(number.initializer, store.added(tensor))),
  );
  if (asInputs) {
    put(
      behind(number.input),
      tensors.map((tensor) => delimited(number.input, joined([portMessage(tensor)]))),
    );
  }
  return inserted;
}

function nodePieces(node: NewNode, store: TensorStore): Pieces {
  if (!("constant" in node)) return joined([node]);
  const { constant, node: name } = node;
  const head = nodeMessage({ type: "Constant", name, inputs: [], output: constant.name, attributes: {} });
  const value = joined([tensorAttribute(), delimited(5, store.added(constant))]);
  return joined([head, delimited(5, value)]);
}

/** A node that stays, with the graphs in its attributes changed. */
function nodeWithBodies(
  node: SourceNode,
  edits: ModelEdits,
  store: TensorStore,
): readonly Pieces[] | undefined {
  const byAttribute = new Map<number, Body[]>();
  for (const body of node.bodies)
    byAttribute.set(body.attribute, [...(byAttribute.get(body.attribute) ?? []), body]);
  const replaced = new Map<number, readonly Pieces[]>();
  for (const [place, bodies] of byAttribute) {
    const inner = new Map<number, readonly Pieces[]>();
    for (const { field, graph, message } of bodies) {
      const pieces = graphPieces(graph, edits, store);
      if (pieces !== undefined)
        inner.set(field, [delimited((message.fields[field] as Field).number, pieces)]);
    }
    const [first] = bodies;
    if (first === undefined || inner.size === 0) continue;
    replaced.set(place, [delimited(5, spliced(first.message, { replaced: inner }))]);
  }
  return replaced.size === 0 ? undefined : [spliced(node.message, { replaced })];
}
