import { fromBinary } from "@bufbuild/protobuf";
import { type FuseOnnxOptions, fuseOnnx, type OnnxReport, readOnnx, writeOnnx } from "../src/index.js";
import { type ModelProto, ModelProtoSchema } from "./schema/onnx_pb.js";

/** A file fused: its bytes, and as a library that knows nothing of splicing reads it. */
export interface FusedFile {
  readonly bytes: Uint8Array;
  readonly proto: ModelProto;
  readonly report: OnnxReport;
  /** Types of the graph's nodes, in order. */
  readonly types: readonly string[];
}

export function fusedFile(bytes: Uint8Array, options: FuseOnnxOptions = {}): FusedFile {
  const { model, report } = fuseOnnx(readOnnx(bytes), options);
  const fused = new Uint8Array(Buffer.concat([...writeOnnx(model)]));
  const proto = fromBinary(ModelProtoSchema, fused);
  return { bytes: fused, proto, report, types: (proto.graph?.node ?? []).map(({ opType }) => opType) };
}
