import { create, toBinary } from "@bufbuild/protobuf";
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

// What is written anew is, byte for byte, what the code generated from ONNX's schema writes.

test("nodes", () => {
  const attributes = { group: 3, pads: [0, -1, 2 ** 40, 5], none: [], zero: 0, negative: -7 };
  const node = create(NodeProtoSchema, {
    input: ["x", "", "a weight"],
    output: ["größer"],
    name: "/a/b",
    opType: "Conv",
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
        : { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) },
    ),
  });
  const bytes = nodeMessage({
    type: "Conv",
    name: "/a/b",
    inputs: ["x", "", "a weight"],
    output: "größer",
    attributes,
  });
  expect(bytes).toEqual(toBinary(NodeProtoSchema, node));
});

test("an attribute whose tensor follows", () => {
  const attribute = create(AttributeProtoSchema, {
    name: "value",
    type: AttributeProto_AttributeType.TENSOR,
  });
  expect(tensorAttribute()).toEqual(toBinary(AttributeProtoSchema, attribute));
});

test("tensors, their places, and the ports that name them", () => {
  for (const dims of [[], [64, 3, 7, 7], [0, 2 ** 31]]) {
    const tensor = { name: "w", type: 10, dims };
    const proto = create(TensorProtoSchema, { name: "w", dataType: 10, dims: dims.map(BigInt) });
    expect(tensorHead(tensor)).toEqual(toBinary(TensorProtoSchema, proto));
    const dim = dims.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
    const port = create(ValueInfoProtoSchema, {
      name: "w",
      type: { value: { case: "tensorType", value: { elemType: 10, shape: { dim } } } },
    });
    expect(portMessage(tensor)).toEqual(toBinary(ValueInfoProtoSchema, port));
  }
  const place = create(TensorProtoSchema, {
    externalData: [
      { key: "location", value: "a.data" },
      { key: "offset", value: "4294967296" },
      { key: "length", value: "12" },
    ],
    dataLocation: TensorProto_DataLocation.EXTERNAL,
  });
  expect(placeFields({ location: "a.data", offset: 2 ** 32, length: 12 })).toEqual(
    toBinary(TensorProtoSchema, place),
  );
});
