import { checkOptions, type OptionNames, whole } from "../../checks.js";
import { FormatError } from "../../errors.js";
import type { StateArray } from "../../tensor/state-array.js";
import { Budget } from "../binary/budget.js";
import { type FileBytes, plainBytes } from "../binary/bytes.js";
import { FileArrays } from "../binary/file-arrays.js";
import { Reader } from "../binary/reader.js";
import { unzip } from "../binary/unzip.js";
import { readPickle } from "../pickle/pickle.js";
import type { PickledValue } from "../pickle/pickled.js";
import { collectTensors } from "./collect-tensors.js";
import { readLegacyPth } from "./legacy-pth.js";
import { torchHost } from "./torch-host.js";

const format = "pth";

/** The options of {@link readPth}. */
export interface PthReadOptions {
  /**
   * How many bytes the arrays may take in all, with entries that are compressed, once unpacked. Default: four
   * times the file's size, which is what numbers of 8 bits take. An expanded tensor takes what the file
   * stores of it.
   */
  readonly mostBytes?: number;
}

const pthReadOptionNames: OptionNames<PthReadOptions> = { mostBytes: true };

/**
 * The tensors of a file that `torch.save` wrote, by dotted name, and the whole value that they are parts of.
 * @example
 * const file = readPth(readFileSync("checkpoint.pth"));
 * file.value instanceof Map && file.value.get("epoch"); // 3
 */
export class PthArrays extends FileArrays {
  /** What was saved, whole, as data: `epoch`, `args` and all. */
  readonly value: PickledValue;

  /**
   * @param arrays name and array of each tensor
   * @param unread name and kind of each tensor that cannot be given
   * @param value what was saved, whole
   */
  constructor(
    arrays: Iterable<readonly [string, StateArray]>,
    unread: Iterable<readonly [string, string]>,
    value: PickledValue,
  ) {
    super(arrays, unread);
    this.value = value;
  }
}

/**
 * Reads what `torch.save` writes, of any version, with pickles of protocol 1 to 5: a state dict, dictionaries
 * and lists of such, a module saved whole, a TorchScript archive, or a tensor.
 *
 * Nothing in the file is run or looked up. What is no tensor (`argparse.Namespace`, NumPy's arrays, a date, a
 * path, a lambda) becomes a {@link PickledObject}, its name and arguments as data.
 * @param bytes the whole file
 * @param options see {@link PthReadOptions}
 * @returns tensors by name; in nested containers by dotted name, e.g. `state_dict.conv.weight`; of a module
 *   the names that its `state_dict()` gives; of a tensor alone the name "". Floating-point numbers of 16 and
 *   8 bits are widened to float32; a strided or expanded tensor is a view on its storage. In `unread` are the
 *   tensors that cannot be given (complex, sparse, quantized), by name; in `value` is everything.
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer, or mostBytes no whole number
 * @throws {FormatError} if the file is no such file, is cut off, or needs more memory than `mostBytes`
 * @see https://docs.pytorch.org/docs/2.13/notes/serialization.html
 * @example
 * const file = readPth(readFileSync("checkpoint.pth"));
 * file.get("state_dict.1.weight")?.shape; // [4]
 * file.value instanceof Map && [...file.value.keys()]; // ["epoch", "lr", "name", "none", "state_dict", "list", "parameter"]
 */
export function readPth(bytes: FileBytes, options: PthReadOptions = {}): PthArrays {
  const file = plainBytes("readPth", bytes);
  checkOptions("readPth", options, pthReadOptionNames);
  const { mostBytes = 4 * file.length } = options;
  const most = whole("readPth", "mostBytes", mostBytes, 0);
  const isZip = file[0] === 0x50 && file[1] === 0x4b;
  const budget = new Budget(format, most);
  const value = isZip ? readZipped(file, most, budget) : readLegacyPth(file, budget);
  const { arrays, unread } = collectTensors(value, 1024 + 2 * file.length);
  return new PthArrays(arrays, unread, value);
}

/** Of PyTorch 1.6 and later: a zip archive with one pickle, and a file for each storage. */
function readZipped(file: Uint8Array, most: number, budget: Budget): PickledValue {
  const entries = unzip(format, file, most);
  for (const { buffer, length } of entries.values()) if (buffer !== file.buffer) budget.take(length);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    throw new FormatError(format, "the archive must hold one data.pkl, in a folder", {
      entries: [...entries.keys()],
    });
  }
  const folder = name.slice(0, -"data.pkl".length);
  const order = new TextDecoder().decode(entries.get(`${folder}byteorder`)) || "little";
  if (order !== "little" && order !== "big")
    throw new FormatError(format, "the byte order must be little or big", { byteorder: order });
  const find = (key: string): Uint8Array | undefined => entries.get(`${folder}data/${key}`);
  const reader = new Reader(format, entries.get(name) as Uint8Array);
  return readPickle(reader, torchHost(find, order === "big", budget));
}
