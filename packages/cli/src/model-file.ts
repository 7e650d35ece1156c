import { readFileSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { FormatError } from "@convfuse/core";
import { type FileSource, type OnnxModel, type ReadExternal, readOnnx } from "@convfuse/onnx";
import { Failure } from "./failure.js";
import { InputFiles } from "./input-files.js";
import { lookAt, reason } from "./look-at.js";
import { otherFormat } from "./other-formats.js";

/** Node reads no file of 2 GiB at once, and protobuf ends there too. */
const mostBytes = 2 ** 31 - 1;

/** A model that is open, and where it lies. */
export interface ModelFile {
  readonly path: string;
  readonly model: OnnxModel;
  /** The files that it is read from. */
  readonly inputs: InputFiles;
}

/**
 * Reads the structure of an ONNX file; tensors, in it and in files beside it, are read when they are asked
 * for, as long as `use` runs.
 * @throws {Failure} with the path, if it cannot be read or is no model, or has become another one meanwhile
 */
export function withModel<T>(path: string, use: (file: ModelFile) => T): T {
  const file = readModel(path);
  try {
    return use(file);
  } catch (error) {
    // What goes wrong with a file that changes goes wrong because of that.
    file.inputs.check();
    throw error;
  } finally {
    file.inputs.close();
  }
}

function readModel(path: string): ModelFile {
  const inputs = new InputFiles();
  try {
    const file = openedFile(path, inputs);
    const model = readOnnx(file, { external: besides(path, inputs) });
    for (const location of model.externalFiles) inputs.watch(resolve(dirname(path), location));
    return { path, model, inputs };
  } catch (error) {
    inputs.close();
    if (error instanceof FormatError && checkpointFormat(path) !== undefined) {
      throw new Failure(
        `${path}: no ONNX file; a checkpoint holds tensors and no network, which has to be exported (torch.onnx.export)`,
      );
    }
    return inFile(path, () => {
      throw error instanceof FormatError ? (noModel(path) ?? error) : error;
    });
  }
}

/** What some files are that are taken for models; undefined: nobody knows. */
function noModel(path: string): Failure | undefined {
  // What is no file on a disk has been read already.
  const what = lookAt(path).isFile() ? otherFormat(path) : undefined;
  return what === undefined ? undefined : new Failure(`${path}: ${what}`);
}

/** In which ways tensors are kept without the network that they belong to. */
export type CheckpointFormat = "torch" | "safetensors" | "npz" | "npy";

/** The ends of their files' names. */
const checkpoints: { readonly [F in CheckpointFormat]: RegExp } = {
  torch: /\.(pth|pt|bin|ckpt)$/i,
  safetensors: /\.safetensors$/i,
  npz: /\.npz$/i,
  npy: /\.npy$/i,
};

/** How a file keeps its tensors; undefined: by its name it is no file of tensors alone. */
export function checkpointFormat(path: string): CheckpointFormat | undefined {
  const formats = Object.keys(checkpoints) as CheckpointFormat[];
  return formats.find((format) => checkpoints[format].test(path));
}

/**
 * Runs what looks into a file.
 * @throws {Failure} with the path, if the file does not hold what it should
 */
export function inFile<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof FormatError) throw new Failure(`${path}: ${error.message}`);
    throw error;
  }
}

/**
 * The bytes of a file.
 * @throws {Failure} with the path and the reason
 */
export function readWhole(path: string): Uint8Array {
  try {
    lookAtModel(path);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
}

/** A file whose parts can be read; of what is no file on a disk, such as a pipe, there is all or nothing. */
function openedFile(path: string, inputs: InputFiles): FileSource | Uint8Array {
  // Some files that the system makes up say that they are empty.
  const stats = lookAtModel(path);
  if (!stats.isFile() || stats.size === 0) return readWhole(path);
  try {
    return { size: inputs.sizeOf(path), read: inputs.reader(path) };
  } catch (error) {
    throw new Failure(`${path}: ${reason(error)}`);
  }
}

function lookAtModel(path: string): Stats {
  const stats = lookAt(path);
  if (stats.size <= mostBytes) return stats;
  throw new Failure(
    `${path}: ${stats.size} bytes, where a model ends at 2 GiB: its tensors belong into a file of their own`,
  );
}

/** Reads parts of files in a model's folder, and of no other: a model may come from anywhere. */
function besides(model: string, inputs: InputFiles): ReadExternal {
  const folder = dirname(model);
  // A large tensor is read in many parts, and where its file lies is looked up once.
  const readers = new Map<string, ReturnType<InputFiles["reader"]>>();
  let room = new Uint8Array(0);
  return (location, offset, length) => {
    const read = readers.get(location) ?? inputs.reader(insideOf(folder, location), keepsTensors);
    readers.set(location, read);
    if (room.length < length) room = new Uint8Array(length);
    const bytes = room.subarray(0, length);
    read(offset, bytes);
    return bytes;
  };
}

/** What a file beside a model is for. */
const keepsTensors = "; the model keeps tensors in it";

function insideOf(folder: string, location: string): string {
  const path = resolve(folder, location);
  const outside = new Failure(
    `${basename(path)}: the model asks for "${location}", which is outside of its folder`,
  );
  if (isOutside(relative(resolve(folder), path))) throw outside;
  try {
    // A link inside of the folder may lead out of it.
    if (isOutside(relative(realpathSync(folder), realpathSync(path)))) throw outside;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}${keepsTensors}`);
  }
  return path;
}

function isOutside(path: string): boolean {
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}
