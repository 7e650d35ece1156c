import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { DataType } from "../src/model/data-type.js";
import { encode } from "../src/model/elements.js";
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "./schema/onnx_pb.js";

/** What a message can be made of; not a message itself. */
type Init<Schema extends DescMessage> = Exclude<MessageInitShape<Schema>, { $typeName: string }>;

export type GraphInit = Init<typeof GraphProtoSchema>;
export type NodeInit = Init<typeof NodeProtoSchema>;
export type TensorInit = Init<typeof TensorProtoSchema>;
export type ModelInit = Init<typeof ModelProtoSchema>;
type AttributeInit = Init<typeof AttributeProtoSchema>;
type PortInit = Init<typeof ValueInfoProtoSchema>;

/** What an attribute may be given as: an int is a bigint, a float a number. */
export type AttributeValue =
  | bigint
  | number
  | string
  | readonly bigint[]
  | readonly number[]
  | { tensor: TensorInit }
  | { graph: GraphInit };

/** A file, encoded by a library that knows nothing of splicing. */
export function modelBytes(graph: GraphInit, options: ModelInit & { opset?: number } = {}): Uint8Array {
  const { opset = 17, ...rest } = options;
  const model = {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    producerName: "a test",
    graph: { name: "g", ...graph },
    ...rest,
  };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, model));
}

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[] | string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  rest: NodeInit = {},
): NodeInit {
  const outputs = typeof output === "string" ? [output] : [...output];
  const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
  return { opType, input: [...input], output: outputs, attribute, ...rest };
}

function attributeOf(name: string, value: AttributeValue): AttributeInit {
  if (typeof value === "bigint") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "number") return { name, type: AttributeType.FLOAT, f: value };
  if (typeof value === "string")
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ("tensor" in value) return { name, type: AttributeType.TENSOR, t: value.tensor };
  if ("graph" in value) return { name, type: AttributeType.GRAPH, g: { name: "body", ...value.graph } };
  const [first] = value;
  return typeof first === "number"
    ? { name, type: AttributeType.FLOATS, floats: [...(value as readonly number[])] }
    : { name, type: AttributeType.INTS, ints: [...(value as readonly bigint[])] };
}

/** A tensor of a float type as raw data. */
export function floats(
  name: string,
  dims: readonly number[],
  values: ArrayLike<number>,
  type: number = DataType.float,
): TensorInit {
  return { name, dims: dims.map(BigInt), dataType: type, rawData: encode(Float64Array.from(values), type) };
}

/** A tensor of int64. */
export function ints(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorInit {
  return { name, dims: dims.map(BigInt), dataType: DataType.int64, int64Data: values.map(BigInt) };
}

/** An input, output or declared value. */
export function port(
  name: string,
  shape?: readonly (number | string)[],
  elemType: number = DataType.float,
): PortInit {
  const dim = shape?.map((size) => ({
    value:
      typeof size === "number"
        ? { case: "dimValue" as const, value: BigInt(size) }
        : { case: "dimParam" as const, value: size },
  }));
  return {
    name,
    type: { value: { case: "tensorType", value: { elemType, ...(dim && { shape: { dim } }) } } },
  };
}
