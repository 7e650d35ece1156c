import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { fusedFile } from "./fused.js";
import { randomGraph } from "./random-graph.js";
import { randomNumbers } from "./run-onnx.js";
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TrainingInfoProtoSchema,
  ValueInfoProtoSchema,
} from "./schema/onnx_pb.js";

/** What no schema knows: a varint, text, eight bytes. */
const unknown = [
  { no: 900, wireType: WireType.Varint, data: Uint8Array.of(42) },
  { no: 901, wireType: WireType.LengthDelimited, data: Uint8Array.of(2, 104, 105) },
  { no: 902, wireType: WireType.Bit64, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
];

/** A random network with fields in it that fusing knows nothing of. */
function decorated(seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const model = fromBinary(ModelProtoSchema, randomGraph(seed).bytes);
  const graph = model.graph as GraphProto;
  const messages = [
    ...[model, graph, ...model.opsetImport, ...graph.node, ...graph.initializer, ...graph.input],
    ...graph.node.flatMap(({ attribute }) =>
      attribute.flatMap((one) => (one.g ? [one, one.g, ...one.g.node] : one)),
    ),
  ];
  for (const message of messages) if (random() < 0.4) message.$unknown = unknown.filter(() => random() < 0.6);
  for (const one of [...graph.node, ...graph.initializer]) if (random() < 0.3) one.docString = "kept: ä 漢";
  graph.docString = "of the graph";
  model.metadataProps.push(create(StringStringEntryProtoSchema, { key: "licence", value: "none" }));
  model.trainingInfo.push(create(TrainingInfoProtoSchema, { algorithm: { name: "training" } }));
  const names = graph.node.flatMap(({ output }) => output);
  graph.valueInfo.push(...names.map((name) => create(ValueInfoProtoSchema, { name })));
  return toBinary(ModelProtoSchema, model);
}

describe("what fusing does not touch is equal, message by message, as @bufbuild/protobuf reads both files", () => {
  const seeds = Array.from({ length: 60 }, (_, i) => 500_000 + i);

  test.each(seeds)("seed %i", (seed) => {
    const bytes = decorated(seed);
    const before = fromBinary(ModelProtoSchema, bytes);
    const { proto: after, report, bytes: fused } = fusedFile(bytes);
    if (report.regions.length === 0) expect(Buffer.from(fused).equals(bytes)).toBe(true);
    expect({ ...after, graph: undefined }).toEqual({ ...before, graph: undefined });
    compareGraphs(before.graph as GraphProto, after.graph as GraphProto);
    // As the library writes what it reads, so it stands in the file, but for the order of fields that the library has.
    expect(toBinary(ModelProtoSchema, after)).toHaveLength(fused.length);
  });
});

function compareGraphs(before: GraphProto, after: GraphProto): void {
  const lists = { node: [], initializer: [], valueInfo: [] };
  expect({ ...after, ...lists }).toEqual({ ...before, ...lists });
  const taken = new Set(before.node.flatMap(({ output, name }) => [...output, name]));
  const fresh = <T extends { name: string }>(list: readonly T[], old: readonly T[]): T[] =>
    list.filter(({ name }) => !old.some((one) => one.name === name && name !== ""));
  expectKept(NodeProtoSchema, before.node, after.node, (node, twin) => compareNodes(node, twin, taken));
  expectKept(TensorProtoSchema, before.initializer, after.initializer, () => {});
  expectKept(ValueInfoProtoSchema, before.valueInfo, after.valueInfo, () => {});
  for (const { name } of fresh(after.initializer, before.initializer)) expect(taken.has(name)).toBe(false);
  const there = new Set([
    ...after.node.flatMap(({ output }) => output),
    ...after.initializer.map(({ name }) => name),
  ]);
  for (const { name } of after.valueInfo) expect(there.has(name), `declared: ${name}`).toBe(true);
}

/** What is in both lists is equal and stands in the same order; what is in the second one only is judged by itself. */
function expectKept<Schema extends DescMessage>(
  schema: Schema,
  before: readonly MessageShape<Schema>[],
  after: readonly MessageShape<Schema>[],
  judge: (one: MessageShape<Schema>, before: readonly MessageShape<Schema>[]) => void,
): void {
  const key = (one: MessageShape<Schema>): string => Buffer.from(toBinary(schema, one)).toString("base64");
  const [old, now] = [before.map(key), after.map(key)];
  const both = new Set(old.filter((one) => now.includes(one)));
  expect([...new Set(now)].filter((one) => both.has(one))).toEqual(
    [...new Set(old)].filter((one) => both.has(one)),
  );
  for (const [i, one] of after.entries()) if (!both.has(now[i] as string)) judge(one, before);
}

/** A node that was not there: a new one has a name of its own, one with a body is the same outside of it, one that reads another value else. */
function compareNodes(node: NodeProto, before: readonly NodeProto[], taken: ReadonlySet<string>): void {
  const twin = before.find(
    ({ output, opType }) => opType === node.opType && String(output) === String(node.output),
  );
  if (node.name !== "" && !taken.has(node.name)) return;
  expect(twin, `${node.opType} ${node.name} has no name of its own`).toBeDefined();
  if (twin === undefined) return;
  const rest = { attribute: [], input: node.input.slice(0, 1) };
  expect({ ...node, ...rest }).toEqual({ ...twin, ...rest });
  for (const [i, { g, ...attribute }] of node.attribute.entries()) {
    const { g: old, ...other } = twin.attribute[i] as (typeof twin.attribute)[number];
    expect(attribute).toEqual(other);
    if (g !== undefined && old !== undefined) compareGraphs(old, g);
  }
}
