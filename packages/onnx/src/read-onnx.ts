import { checkOptions, type FileBytes, type OptionNames, plainBytes } from "@convfuse/core";
import { sourceModel } from "./model/model.js";
import type { ReadExternal } from "./model/tensor.js";
import { OnnxModel } from "./onnx-model.js";

/** The options of {@link readOnnx}. */
export interface ReadOnnxOptions {
  /**
   * Gives bytes of the files beside the model that hold elements of its tensors: the file's name as the model has it (inside the model's
   * own folder: no "..", no absolute path), the offset of the first byte, and how many. Called when they are needed, never before. Default: tensors
   * that lie elsewhere cannot be read, which is an error as soon as one is needed.
   */
  readonly external?: ReadExternal;
}

const optionNames: OptionNames<ReadOnnxOptions> = { external: true };

/**
 * Reads an ONNX file: its structure at once, the numbers of its tensors when they are needed. The bytes are kept and never changed.
 * @param bytes the whole file (a ModelProto)
 * @param options external: how to read files beside the model; see {@link ReadOnnxOptions}
 * @returns the model, for {@link fuseOnnx} and {@link writeOnnx}
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer, or an option is unknown
 * @throws {FormatError} if the bytes are cut off or no model
 * @see https://github.com/onnx/onnx/blob/main/docs/IR.md
 * @example
 * import { readFileSync } from "node:fs";
 * const model = readOnnx(readFileSync("model.onnx"));
 * model.inputs; // [{ name: "x", type: "float", shape: ["batch", 3, 224, 224] }]
 */
export function readOnnx(bytes: FileBytes, options: ReadOnnxOptions = {}): OnnxModel {
  const file = plainBytes("readOnnx", bytes);
  checkOptions("readOnnx", options, optionNames);
  return new OnnxModel({ source: sourceModel(file, options.external), edits: new Map() });
}
