import { create, type DescMessage, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { nodeMessage, placeFields, portMessage, tensorAttribute, tensorHead } from "../src/write/messages.js";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./schema/onnx_pb.js";

// What is written anew is read by code that another generator made from ONNX's schema: every field, and none that the schema has not.

function expectMessage<Schema extends DescMessage>(
  bytes: Uint8Array,
  schema: Schema,
  init: MessageInitShape<Schema>,
) {
  expect(fromBinary(schema, bytes)).toEqual(create(schema, init));
}

test("nodes", () => {
  const attributes = {
    group: 3,
    pads: [0, -1, 2 ** 40, 5],
    none: [],
    zero: 0,
    negative: -7,
    epsilon: { float: 0 },
    half: { float: 0.5 },
  };
  const bytes = nodeMessage({
    type: "Conv",
    name: "/a/b",
    inputs: ["x", "", "a weight"],
    output: "größer",
    attributes,
  });
  expectMessage(bytes, NodeProtoSchema, {
    input: ["x", "", "a weight"],
    output: ["größer"],
    name: "/a/b",
    opType: "Conv",
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
        : "float" in value
          ? { name, type: AttributeProto_AttributeType.FLOAT, f: value.float }
          : { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) },
    ),
  });
});

test("an attribute whose tensor follows", () => {
  const type = AttributeProto_AttributeType.TENSOR;
  expectMessage(tensorAttribute(), AttributeProtoSchema, { name: "value", type });
});

test("tensors, their places, and the ports that name them", () => {
  for (const dims of [[], [64, 3, 7, 7], [0, 2 ** 31]]) {
    const tensor = { name: "w", type: 10, dims };
    expectMessage(tensorHead(tensor), TensorProtoSchema, { name: "w", dataType: 10, dims: dims.map(BigInt) });
    const dim = dims.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
    expectMessage(portMessage(tensor), ValueInfoProtoSchema, {
      name: "w",
      type: { value: { case: "tensorType", value: { elemType: 10, shape: { dim } } } },
    });
  }
  expectMessage(placeFields({ location: "a.data", offset: 2 ** 32, length: 12 }), TensorProtoSchema, {
    externalData: [
      { key: "location", value: "a.data" },
      { key: "offset", value: "4294967296" },
      { key: "length", value: "12" },
    ],
    dataLocation: TensorProto_DataLocation.EXTERNAL,
  });
});
