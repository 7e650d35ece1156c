import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  NodeProtoSchema,
} from "../../schema/onnx_pb.js";
import type { NewTensor } from "../../write/new-tensor.js";

/** A node that the file did not have. */
export interface NewOperation {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

/** What stands for a region: nodes in an order that can be run, and the tensors that they read. */
export interface Emitted {
  readonly operations: readonly NewOperation[];
  readonly tensors: readonly NewTensor[];
}

/** The message of a node; numbers are written as int64. */
export function encodeOperation({ type, name, inputs, output, attributes }: NewOperation): Uint8Array {
  const attribute = Object.entries(attributes).map(
    ([key, value]): MessageInitShape<typeof AttributeProtoSchema> =>
      typeof value === "number"
        ? { name: key, type: AttributeType.INT, i: BigInt(value) }
        : { name: key, type: AttributeType.INTS, ints: value.map(BigInt) },
  );
  const node = create(NodeProtoSchema, {
    name,
    opType: type,
    input: [...inputs],
    output: [output],
    attribute,
  });
  return toBinary(NodeProtoSchema, node);
}
