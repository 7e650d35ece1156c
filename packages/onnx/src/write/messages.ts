import type { ExternalPlace } from "../model/tensor.js";
import {
  AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "../schema/onnx.js";

/** What is said of an attribute that is encoded here: an int64, several, or a float32. */
export type AttributeNumbers = number | readonly number[] | { readonly float: number };

/** The parts of a TensorProto but for its elements. */
interface TensorHead {
  readonly name: string;
  /** The elements' type: `DataType`. */
  readonly type: number;
  readonly dims: readonly number[];
}

/** A NodeProto. */
export function nodeMessage({
  type,
  name,
  inputs,
  output,
  attributes,
}: {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeNumbers>>;
}): Uint8Array {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
  return NodeProto.encode({ name, opType: type, input: inputs, output: [output], attribute }).finish();
}

function attributeOf(name: string, value: AttributeNumbers): AttributeProto {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: BigInt(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

/** An AttributeProto "value" whose tensor is to be put behind it. */
export function tensorAttribute(): Uint8Array {
  return AttributeProto.encode({ name: "value", type: AttributeType.TENSOR }).finish();
}

/** A TensorProto whose elements, or the place where they lie, are to be put behind it. */
export function tensorHead({ name, type, dims }: TensorHead): Uint8Array {
  return TensorProto.encode({ name, dataType: type, dims: dims.map(BigInt) }).finish();
}

/** The fields of a TensorProto that say where its elements lie. */
export function placeFields({ location, offset, length }: ExternalPlace): Uint8Array {
  const entries = { location, offset: String(offset), length: String(length) };
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return TensorProto.encode({ externalData, dataLocation: DataLocation.EXTERNAL }).finish();
}

/** A ValueInfoProto of a tensor. */
export function portMessage({ name, type, dims }: TensorHead): Uint8Array {
  const dim = dims.map((size) => ({ value: { $case: "dimValue" as const, value: BigInt(size) } }));
  const value = { $case: "tensorType" as const, value: { elemType: type, shape: { dim } } };
  return ValueInfoProto.encode({ name, type: { value } }).finish();
}
