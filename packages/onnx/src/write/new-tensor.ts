import { create, toBinary } from "@bufbuild/protobuf";
import type { ExternalPlace } from "../model/tensor.js";
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "../schema/onnx_pb.js";
import { delimited, joined, type Pieces } from "../wire/pieces.js";

/** A tensor that the file did not have: its elements are made when they are written. */
export interface NewTensor {
  readonly name: string;
  /** The elements' type: `DataType`. */
  readonly type: number;
  readonly dims: readonly number[];
  /** Bytes of its elements. */
  readonly length: number;
  /** The elements as raw data has them, in parts. */
  make(): Iterable<Uint8Array>;
}

/** A TensorProto: all but the elements encoded anew, these put behind, uncopied; with a place, they lie in another file. */
export function tensorPieces({ name, type, dims, length, make }: NewTensor, place?: ExternalPlace): Pieces {
  const head = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, { name, dataType: type, dims: dims.map(BigInt) }),
  );
  return joined([head, place === undefined ? delimited(9, joined([{ length, make }])) : placeFields(place)]);
}

/** The fields of a TensorProto that say where its elements lie. */
export function placeFields({ location, offset, length }: ExternalPlace): Pieces {
  const entries = { location, offset: String(offset), length: String(length) };
  const externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  const fields = create(TensorProtoSchema, { externalData, dataLocation: TensorProto_DataLocation.EXTERNAL });
  return joined([toBinary(TensorProtoSchema, fields)]);
}
