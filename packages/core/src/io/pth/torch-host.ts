import { FormatError } from "../../errors.js";
import type { Budget } from "../binary/budget.js";
import type { PickleHost } from "../pickle/pickled.js";
import { storageId, TorchStorage } from "./torch-storage.js";
import { callTorch } from "./torch-tensors.js";

const format = "pth";

/**
 * PyTorch's part of a pickle: the functions that make tensors, and the storages in which these lie.
 * @param find a storage's bytes by its key, undefined if the file has none
 */
export function torchHost(
  find: (key: string) => Uint8Array | undefined,
  bigEndian: boolean,
  budget: Budget,
): PickleHost {
  // Tensors that share a storage in PyTorch share an array here.
  const opened = new Map<string, TorchStorage>();
  return {
    call: callTorch,
    persistent: (reference) => {
      const id = storageId(format, reference);
      const identity = JSON.stringify(id);
      const known = opened.get(identity);
      if (known !== undefined) return known;
      const bytes = find(id.key);
      if (bytes === undefined) throw new FormatError(format, "a storage is missing", { key: id.key });
      const storage = new TorchStorage(format, id, bytes, bigEndian, budget);
      opened.set(identity, storage);
      return storage;
    },
  };
}
