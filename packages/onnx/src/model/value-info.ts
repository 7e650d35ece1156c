import { WireType } from "@bufbuild/protobuf/wire";
import type { Bytes } from "../wire/file-part.js";
import {
  isDelimited,
  lastField,
  lastInteger,
  lastText,
  type Message,
  payload,
  scan,
} from "../wire/message.js";

/** A size that is fixed, one that is named, or one of which nothing is said. */
export type DeclaredDim = number | string | undefined;

/** What a file says of a value: ValueInfoProto. */
export interface ValueInfo {
  readonly name: string;
  /** Of a tensor: its elements' type; undefined: not said, or no tensor. */
  readonly type: number | undefined;
  /** Of a tensor; undefined: not said. */
  readonly shape: readonly DeclaredDim[] | undefined;
}

export function valueInfo(bytes: Bytes): ValueInfo {
  const message = scan(bytes, "a ValueInfoProto");
  const name = lastText(message, 1);
  const type = inner(message, 2, "a TypeProto");
  const tensor = type && inner(type, 1, "a tensor's type");
  if (tensor === undefined) return { name, type: undefined, shape: undefined };
  const shape = inner(tensor, 2, "a TensorShapeProto");
  return { name, type: lastInteger(tensor, 1) || undefined, shape: shape && dims(shape) };
}

function dims(shape: Message): readonly DeclaredDim[] {
  return shape.fields
    .filter((field) => isDelimited(field, 1))
    .map((field) => {
      const dim = scan(payload(shape, field), "a Dimension");
      // Zero and less are what exporters write for a size that they do not know.
      const value = lastInteger(dim, 1) ?? 0;
      return value > 0 ? value : lastText(dim, 2) || undefined;
    });
}

function inner(message: Message, number: number, what: string): Message | undefined {
  const field = lastField(message, number, WireType.LengthDelimited);
  return field && scan(payload(message, field), what);
}
