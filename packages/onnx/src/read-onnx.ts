import { checkOptions, type FileBytes, type OptionNames, plainBytes } from "@convfuse/core";
import { sourceModel } from "./model/model.js";
import type { ReadExternal } from "./model/tensor.js";
import { OnnxModel } from "./onnx-model.js";
import { FilePart, type FileSource } from "./wire/file-part.js";

/** The options of {@link readOnnx}. */
export interface ReadOnnxOptions {
  /**
   * Gives bytes of the files beside the model that hold elements of its tensors: the file's name as the model
   * has it (inside the model's own folder: no "..", no absolute path), the offset of the first byte, and how
   * many. Called when they are needed, never before; what it gives is used before it is called again, so it
   * may be the same memory every time. Default: tensors that lie elsewhere cannot be read, which is an error
   * as soon as one is needed.
   */
  readonly external?: ReadExternal;
}

const optionNames: OptionNames<ReadOnnxOptions> = { external: true };

/**
 * Reads an ONNX file: its structure at once, the numbers of its tensors when they are needed. Bytes are kept
 * and never changed; of a file that stays where it is, tensors are read when they are fused, and copied when
 * they are written, so it must not change meanwhile.
 * @param file the bytes of the whole file (a ModelProto), or where they can be read; see {@link FileSource}
 * @param options external: how to read files beside the model; see {@link ReadOnnxOptions}
 * @returns the model, for {@link fuseOnnx} and {@link writeOnnx}
 * @throws {ArgumentError} if file is neither a Uint8Array nor an ArrayBuffer nor a source, or an option is
 *   unknown
 * @throws {FormatError} if the file is cut off or no model
 * @see https://github.com/onnx/onnx/blob/main/docs/IR.md
 * @example
 * import { readFileSync } from "node:fs";
 * const model = readOnnx(readFileSync("model.onnx"));
 * model.inputs; // [{ name: "x", type: "float", shape: ["batch", 3, 224, 224] }]
 */
export function readOnnx(file: FileBytes | FileSource, options: ReadOnnxOptions = {}): OnnxModel {
  const bytes = isSource(file) ? new FilePart(file, 0, file.size) : plainBytes("readOnnx", file);
  checkOptions("readOnnx", options, optionNames);
  return new OnnxModel({ source: sourceModel(bytes, options.external), edits: new Map() });
}

function isSource(file: FileBytes | FileSource): file is FileSource {
  return (
    typeof file === "object" &&
    file !== null &&
    "read" in file &&
    typeof file.read === "function" &&
    Number.isSafeInteger(file.size) &&
    file.size >= 0
  );
}
