import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { ExternalPlace } from "../model/tensor.js";
import { written } from "../wire/pieces.js";

/** What is said of an attribute that is encoded here. */
export type AttributeNumbers = number | readonly number[];

/** The parts of a TensorProto but for its elements. */
interface TensorHead {
  readonly name: string;
  /** The elements' type: `DataType`. */
  readonly type: number;
  readonly dims: readonly number[];
}

// The messages that are made anew, in the order of their fields' numbers in schema/onnx.proto. A test holds each to the code that is
// generated from the schema: loading that takes longer than all else that the command loads, since it builds a description of every
// message and of the messages that describe messages.

/** AttributeProto.AttributeType */
const attributeType = { int: 2, tensor: 4, ints: 7 } as const;

/** TensorProto.DataLocation */
const external = 1;

/** A NodeProto; numbers are written as int64. */
export function nodeMessage(node: {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeNumbers>>;
}): Uint8Array {
  return written((writer) => {
    for (const input of node.inputs) putText(writer, 1, input);
    putText(writer, 2, node.output);
    putText(writer, 3, node.name);
    putText(writer, 4, node.type);
    for (const [name, value] of Object.entries(node.attributes))
      putMessage(writer, 5, () => {
        const values = typeof value === "number" ? [value] : value;
        putText(writer, 1, name);
        for (const one of values) writer.tag(typeof value === "number" ? 3 : 8, WireType.Varint).int64(one);
        putNumber(writer, 20, typeof value === "number" ? attributeType.int : attributeType.ints);
      });
  });
}

/** An AttributeProto "value" whose tensor is to be put behind it. */
export function tensorAttribute(): Uint8Array {
  return written((writer) => {
    putText(writer, 1, "value");
    putNumber(writer, 20, attributeType.tensor);
  });
}

/** A TensorProto whose elements, or the place where they lie, are to be put behind it. */
export function tensorHead({ name, type, dims }: TensorHead): Uint8Array {
  return written((writer) => {
    for (const size of dims) writer.tag(1, WireType.Varint).int64(size);
    putNumber(writer, 2, type);
    putText(writer, 8, name);
  });
}

/** The fields of a TensorProto that say where its elements lie. */
export function placeFields({ location, offset, length }: ExternalPlace): Uint8Array {
  return written((writer) => {
    for (const [key, value] of Object.entries({ location, offset: String(offset), length: String(length) }))
      putMessage(writer, 13, () => {
        putText(writer, 1, key);
        putText(writer, 2, value);
      });
    putNumber(writer, 14, external);
  });
}

/** A ValueInfoProto of a tensor. */
export function portMessage({ name, type, dims }: TensorHead): Uint8Array {
  return written((writer) => {
    putText(writer, 1, name);
    putMessage(writer, 2, () =>
      putMessage(writer, 1, () => {
        putNumber(writer, 1, type);
        putMessage(writer, 2, () => {
          for (const size of dims) putMessage(writer, 1, () => writer.tag(1, WireType.Varint).int64(size));
        });
      }),
    );
  });
}

function putText(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function putNumber(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int32(value);
}

function putMessage(writer: BinaryWriter, field: number, content: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  content();
  writer.join();
}
