import { closeSync, openSync, readFileSync, readSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { FormatError } from "@convfuse/core";
import { type OnnxModel, readOnnx } from "@convfuse/onnx";
import { Failure } from "./failure.js";

/** Node reads no file of 2 GiB at once, and protobuf ends there too. */
const mostBytes = 2 ** 31 - 1;

/** A model and where it lies. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly model: OnnxModel;
}

/**
 * Reads an ONNX file; files beside it are read when their tensors are asked for.
 * @throws {Failure} with the path, if it cannot be read or is no model
 */
export function readModel(path: string): ModelFile {
  const bytes = readWhole(path);
  try {
    return { path, bytes: bytes.length, model: readOnnx(bytes, { external: reader(dirname(path)) }) };
  } catch (error) {
    if (error instanceof FormatError && checkpoint.test(path)) {
      throw new Failure(
        `${path}: no ONNX file; a checkpoint holds tensors and no network, which has to be exported (torch.onnx.export)`,
      );
    }
    return inFile(path, () => {
      throw error;
    });
  }
}

/** Names of files in which tensors are kept without the network that they belong to. */
const checkpoint = /\.(pth|pt|bin|ckpt|safetensors|npz|npy)$/i;

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
    const { size } = lookAt(path);
    if (size > mostBytes) {
      throw new Failure(
        `${path}: ${size} bytes, where a model ends at 2 GiB: its tensors belong into a file of their own`,
      );
    }
    return readFileSync(path);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
}

/**
 * That a file is there and can be one: a device may never end.
 * @throws {Failure} with the path and the reason
 */
export function lookAt(path: string): Stats {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Failure(`${path}: a folder, where a file is wanted`);
    if (stats.isBlockDevice() || stats.isCharacterDevice())
      throw new Failure(`${path}: a device, where a file is wanted`);
    return stats;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
}

/** Why the system refused, without its numbers. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "a folder, where a file is wanted";
    case "ENOTDIR":
      return "a file, where its folder should be";
    case "ELOOP":
      return "a link that leads to itself";
    case "EACCES":
    case "EPERM":
      return "not allowed";
    case "ENOSPC":
      return "no space is left on the disk";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Reads parts of files in a model's folder, and of no other: a model may come from anywhere. */
function reader(folder: string): (location: string, offset: number, length: number) => Uint8Array {
  // A large tensor is read in many parts, and where its file lies is looked up once.
  const paths = new Map<string, string>();
  return (location, offset, length) => {
    const path = paths.get(location) ?? insideOf(folder, location);
    paths.set(location, path);
    const out = new Uint8Array(length);
    const asked = <T>(ask: () => T): T => {
      try {
        return ask();
      } catch (error) {
        throw new Failure(`${path}: ${reason(error)}; the model keeps tensors in it`);
      }
    };
    const file = asked(() => openSync(path, "r"));
    try {
      for (let done = 0; done < length; ) {
        const most = Math.min(length - done, 2 ** 30);
        const count = asked(() => readSync(file, out, done, most, offset + done));
        if (count === 0) {
          throw new Failure(
            `${path}: ends before byte ${offset + length}, up to which the model keeps a tensor`,
          );
        }
        done += count;
      }
    } finally {
      closeSync(file);
    }
    return out;
  };
}

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
    throw error instanceof Failure
      ? error
      : new Failure(`${path}: ${reason(error)}; the model keeps tensors in it`);
  }
  return path;
}

function isOutside(path: string): boolean {
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}
