import { FormatError } from "../errors.js";
import type { StateArray } from "../tensor/state-array.js";
import { Budget, largestExpansion } from "./budget.js";
import { decodedBytes, decodeElements, stateArray } from "./decode.js";
import { declaredSize, type ElementType, elementSizes } from "./element-types.js";
import { type Pickled, PickledDict, PickledGlobal, PickledObject, readPickle } from "./pickle.js";
import { type FileBytes, plainBytes } from "./reader.js";
import { unzip } from "./unzip.js";

const format = "pth";

const storages: ReadonlyMap<string, ElementType> = new Map([
  ["torch.HalfStorage", "float16"],
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.FloatStorage", "float32"],
  ["torch.DoubleStorage", "float64"],
  ["torch.CharStorage", "int8"],
  ["torch.ShortStorage", "int16"],
  ["torch.IntStorage", "int32"],
  ["torch.LongStorage", "int64"],
  ["torch.ByteStorage", "uint8"],
  ["torch.BoolStorage", "bool"],
]);

const orderedDict = "collections.OrderedDict";
const rebuildTensor = "torch._utils._rebuild_tensor_v2";
const rebuildParameter = "torch._utils._rebuild_parameter";
const functions: readonly string[] = [orderedDict, rebuildTensor, rebuildParameter];

/** Containers within containers: deeper than any checkpoint. */
const deepest = 32;

interface Storage {
  readonly type: ElementType;
  readonly elements: () => StateArray["data"];
  readonly length: number;
}

/**
 * Reads the tensors of what `torch.save` writes (the zip format, PyTorch 1.6 and later): a state dict, or dictionaries and lists of such.
 *
 * Nothing in the file is run: its pickle may hold numbers, texts, containers and tensors, and everything else is refused by its name.
 * @param bytes the whole file
 * @returns tensors by name; in nested containers by dotted name, e.g. `state_dict.conv.weight`; what is no tensor is passed over.
 *   Half precision is widened to float32, and a strided tensor is a view on its storage.
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer
 * @throws {FormatError} if the file is no such archive, or asks for anything else
 * @see https://docs.pytorch.org/docs/2.13/notes/serialization.html
 * @example
 * const load = (bytes: Uint8Array): Module => loadStateDict(repVggA0(), readPth(bytes));
 */
export function readPth(bytes: FileBytes): Map<string, StateArray> {
  const file = plainBytes("readPth", bytes);
  if (file[0] !== 0x50 || file[1] !== 0x4b) {
    throw new FormatError(
      format,
      "the file is no zip archive; PyTorch before 1.6 wrote none: load the file in a newer one and save it again",
    );
  }
  const most = largestExpansion * file.length;
  const entries = unzip(format, file, most);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    throw new FormatError(format, "the archive must hold one data.pkl, in a folder", {
      entries: [...entries.keys()],
    });
  }
  const folder = name.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== "little") {
    throw new FormatError(format, "the byte order must be little", {
      byteorder: new TextDecoder().decode(order),
    });
  }
  const opened = new Map<string, Storage>();
  const budget = new Budget(format, most);
  const root = readPickle(format, entries.get(name) as Uint8Array, {
    knows: (global) => functions.includes(global) || storages.has(global),
    call: callFunction,
    persistent: (id) => new PickledObject(storageOf(id, folder, entries, opened, budget)),
  });
  const found = new Map<string, StateArray>();
  collect(root, "", 0, found);
  return found;
}

function callFunction(global: string, args: readonly Pickled[]): Pickled {
  if (global === orderedDict && args.length === 0) return new PickledDict();
  if (global === rebuildTensor) return new PickledObject(tensorOf(args));
  if (global === rebuildParameter && args[0] instanceof PickledObject) return args[0];
  throw new FormatError(format, `the pickle calls ${global} otherwise than torch.save does`);
}

function storageOf(
  id: Pickled,
  folder: string,
  entries: ReadonlyMap<string, Uint8Array>,
  opened: Map<string, Storage>,
  budget: Budget,
): Storage {
  const [kind, storage, key, , length] = Array.isArray(id) ? id : [];
  const type = storage instanceof PickledGlobal ? storages.get(storage.name) : undefined;
  if (kind !== "storage" || type === undefined || typeof key !== "string" || typeof length !== "number") {
    throw new FormatError(format, "a reference must name a storage: its type, key, place and length");
  }
  const data = entries.get(`${folder}data/${key}`);
  if (data === undefined) throw new FormatError(format, "a storage is missing", { key });
  declaredSize(format, [length], type, data.length);
  const known = opened.get(`${type} ${key}`);
  if (known !== undefined) return known;
  let elements: StateArray["data"] | undefined;
  const made = {
    type,
    length,
    elements: () => {
      if (elements === undefined) {
        budget.take(decodedBytes(length, type));
        elements = decodeElements(data.subarray(0, length * elementSizes[type]), type);
      }
      return elements;
    },
  };
  opened.set(`${type} ${key}`, made);
  return made;
}

function tensorOf(args: readonly Pickled[]): StateArray {
  const [storage, offset, shape, stride] = args;
  if (!(storage instanceof PickledObject) || !Array.isArray(shape) || !Array.isArray(stride)) {
    throw new FormatError(format, "a tensor must have a storage, an offset, a shape and strides");
  }
  const { type, length, elements } = storage.value as Storage;
  const size = declaredSize(format, shape, type, length * elementSizes[type]);
  const steps = stride as readonly unknown[];
  const wholes = [offset, ...steps].every((step) => Number.isSafeInteger(step) && (step as number) >= 0);
  const last = (shape as readonly number[]).reduce(
    (at, axis, i) => at + (axis - 1) * (steps[i] as number),
    offset as number,
  );
  if (!wholes || steps.length !== shape.length || (size > 0 && last >= length)) {
    throw new FormatError(format, "a tensor must lie inside its storage", {
      shape: shape as readonly number[],
      stride: steps,
      offset,
      length,
    });
  }
  return stateArray(elements(), shape as number[], stride as number[], offset as number);
}

function collect(value: Pickled, path: string, depth: number, found: Map<string, StateArray>): void {
  if (depth > deepest) throw new FormatError(format, "containers are nested too deep", { deepest });
  if (value instanceof PickledObject) {
    if (path === "") throw new FormatError(format, "the file holds a tensor without a name");
    found.set(path, value.value as StateArray);
    return;
  }
  const children: Iterable<readonly [unknown, Pickled]> =
    value instanceof PickledDict ? value.entries : Array.isArray(value) ? value.entries() : [];
  for (const [key, child] of children)
    collect(child, path === "" ? String(key) : `${path}.${key}`, depth + 1, found);
}
