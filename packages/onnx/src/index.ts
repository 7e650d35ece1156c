export { type FusedOnnx, fuseOnnx } from "./fuse/fuse-onnx.js";
export type { FuseOnnxOptions } from "./fuse/options.js";
export type {
  OnnxRefusal,
  OnnxRegion,
  OnnxReport,
  OnnxTotals,
  OnnxWeightRange,
} from "./fuse/report/report.js";
export { DataType } from "./model/data-type.js";
export { decode as decodeElements, encode as encodeElements } from "./model/elements.js";
export type { ReadExternal } from "./model/tensor.js";
export { OnnxModel, type OnnxPort } from "./onnx-model.js";
export { type ReadOnnxOptions, readOnnx } from "./read-onnx.js";
export type { FileSource } from "./wire/file-part.js";
export { type FileChunks, type WriteOnnxOptions, type WrittenOnnx, writeOnnx } from "./write/write-onnx.js";
