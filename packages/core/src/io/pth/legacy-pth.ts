import { FormatError } from "../../errors.js";
import type { Budget } from "../binary/budget.js";
import { Reader } from "../binary/reader.js";
import { readPickle } from "../pickle/pickle.js";
import type { PickledValue, PickleHost } from "../pickle/pickled.js";
import { torchHost } from "./torch-host.js";
import { storageId } from "./torch-storage.js";

const format = "pth";

const magic = 0x1950a86a20f9469cfc6cn;
const version = 1001;

/** For pickles of numbers and texts: nothing is known, so that everything stays what it is. */
const inert: PickleHost = { call: () => undefined, persistent: () => null };

/**
 * Reads what `torch.save` wrote before version 1.6: five pickles (a magic number, a version, the machine, the
 * value, the keys of its storages), then the storages, each with its length.
 *
 * The value is gone through twice, since its pickle stands before what its tensors lie in: first for the
 * types of the storages, which alone say how long they are.
 * @see https://github.com/pytorch/pytorch/blob/v1.5.1/torch/serialization.py
 */
export function readLegacyPth(bytes: Uint8Array, budget: Budget): PickledValue {
  const reader = new Reader(format, bytes);
  if (!startsAsLegacy(reader)) {
    throw reader.error("the file is neither a zip archive nor what PyTorch before 1.6 wrote", {
      start: Array.from(bytes.subarray(0, 8)),
    });
  }
  const found = readPickle(reader, inert);
  if (found !== version) throw reader.error("the version of the old format is unknown", { version: found });
  readPickle(reader, inert);

  const start = reader.at;
  const sizes = new Map<PickledValue, number>();
  readPickle(reader, {
    ...inert,
    persistent: (id) => {
      const held = classOf(id);
      if (held !== undefined) return held;
      const { key, elementSize } = storageId(format, id);
      if (!sizes.has(key)) sizes.set(key, elementSize);
      return null;
    },
  });
  const keys = readPickle(reader, inert);
  if (!Array.isArray(keys)) throw reader.error("the file must list its storages");
  const storages = new Map<PickledValue, Uint8Array>();
  for (const key of keys as readonly PickledValue[]) {
    const size = sizes.get(key);
    if (size === undefined) throw reader.error("the file lists a storage that no tensor lies in", { key });
    storages.set(key, reader.bytes(size * reader.length64()));
  }

  reader.at = start;
  const host = torchHost((key) => storages.get(key), false, budget);
  return readPickle(reader, {
    ...host,
    persistent: (id) => classOf(id) ?? host.persistent(id),
  });
}

/** A module's class is referred to together with its source: `('module', class, file, source)`. */
function classOf(id: PickledValue): PickledValue | undefined {
  return Array.isArray(id) && id[0] === "module" ? id[1] : undefined;
}

function startsAsLegacy(reader: Reader): boolean {
  try {
    return readPickle(reader, inert) === magic;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
