import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scan } from "../src/wire/message.js";
import { joined, spliced } from "../src/wire/pieces.js";
import { ModelProtoSchema, NodeProtoSchema } from "./schema/onnx_pb.js";

/** Any message: known and unknown fields, groups in groups, repeated at random. */
const fieldBytes = fc.letrec<{ field: Uint8Array }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }))
      .map(([number, value]) => new BinaryWriter().tag(number, WireType.Varint).int64(value).finish()),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.uint8Array({ maxLength: 40 }))
      .map(([number, value]) =>
        new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(value).finish(),
      ),
    fc
      .integer({ min: 1, max: 40 })
      .map((number) => new BinaryWriter().tag(number, WireType.Bit32).fixed32(7).finish()),
    fc
      .integer({ min: 1, max: 40 })
      .map((number) => new BinaryWriter().tag(number, WireType.Bit64).fixed64(7n).finish()),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.array(tie("field"), { maxLength: 3 }))
      .map(([number, inner]) => {
        const writer = new BinaryWriter().tag(number, WireType.StartGroup);
        for (const bytes of inner) writer.raw(bytes);
        return writer.tag(number, WireType.EndGroup).finish();
      }),
  ),
})).field;

function bytesOf(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

describe("splicing at the wire level", () => {
  test("finds every field of any message where the writer put it", () => {
    fc.assert(
      fc.property(fc.array(fieldBytes, { maxLength: 8 }), (fields) => {
        const message = scan(bytesOf(fields), "a message");
        let at = 0;
        const places = fields.map((bytes) => {
          at += bytes.length;
          return [at - bytes.length, at];
        });
        expect(message.fields.map(({ start, end }) => [start, end])).toEqual(places);
      }),
    );
  });

  test("replaces and inserts as a list of fields would be edited, and shares memory with what it keeps", () => {
    const edits = fc.array(
      fc.tuple(fieldBytes, fc.constantFrom("keep", "drop", "replace"), fc.boolean(), fieldBytes),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(edits, (list) => {
        const message = scan(bytesOf(list.map(([bytes]) => bytes)), "a message");
        const replaced = new Map(
          list.flatMap(([, edit, , other], i) =>
            edit === "keep" ? [] : [[i, edit === "drop" ? [] : [joined([other])]] as const],
          ),
        );
        const inserted = new Map(
          list.flatMap(([, , behind, other], i) => (behind ? [[i, [joined([other])]] as const] : [])),
        );
        const out = spliced(message, { replaced, inserted });
        const expected = list.flatMap(([bytes, edit, behind, other]) => [
          ...(edit === "keep" ? [bytes] : edit === "replace" ? [other] : []),
          ...(behind ? [other] : []),
        ]);
        const pieces = out.pieces as Uint8Array[];
        expect(bytesOf(pieces)).toEqual(bytesOf(expected));
        expect(out.length).toBe(bytesOf(expected).length);
      }),
    );
    const bytes = new BinaryWriter().tag(1, WireType.Varint).int64(5).finish();
    expect((spliced(scan(bytes, "a message"), {}).pieces[0] as Uint8Array).buffer).toBe(bytes.buffer);
  });

  test("agrees with @bufbuild/protobuf on a model whose nodes are replaced", () => {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      graph: {
        name: "g",
        node: [
          { name: "a", opType: "Relu" },
          { name: "b", opType: "Add" },
        ],
        docString: "kept",
      },
    });
    const source = scan(toBinary(ModelProtoSchema, model), "a model");
    const at = source.fields.findIndex((field) => field.number === 7);
    const graphField = source.fields[at];
    if (graphField === undefined || model.graph === undefined) throw new Error("no graph");
    const graph = scan(source.bytes.subarray(graphField.value, graphField.end), "a graph");
    const second = graph.fields.findLastIndex((field) => field.number === 1);
    const other = create(NodeProtoSchema, { name: "c", opType: "Conv", input: ["x", "w"] });
    const encoded = toBinary(NodeProtoSchema, other);
    const head = new BinaryWriter().tag(1, WireType.LengthDelimited).uint32(encoded.length).finish();
    const edited = spliced(graph, { replaced: new Map([[second, [joined([head, encoded])]]]) });
    const graphHead = new BinaryWriter().tag(7, WireType.LengthDelimited).uint32(edited.length).finish();
    const out = spliced(source, { replaced: new Map([[at, [joined([graphHead, edited])]]]) });
    model.graph.node[1] = other;
    expect(fromBinary(ModelProtoSchema, bytesOf(out.pieces as Uint8Array[]))).toEqual(model);
  });

  test("passes over groups that lie 100,000 deep without recursion", () => {
    const writer = new BinaryWriter();
    for (let i = 0; i < 100_000; i++) writer.tag(3, WireType.StartGroup);
    for (let i = 0; i < 100_000; i++) writer.tag(3, WireType.EndGroup);
    expect(scan(writer.finish(), "a message").fields.length).toBe(1);
  });
});
