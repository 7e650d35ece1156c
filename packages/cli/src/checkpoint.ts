import { readNpy, readNpz, readPth, readSafetensors, type StateArray } from "@convfuse/core";
import type { CheckpointFormat } from "./model-file.js";

/** The tensors of a checkpoint, a line each: name, shape and type. */
export function tensorsIn(format: CheckpointFormat, bytes: Uint8Array): string {
  return tensorList(readers[format](bytes));
}

const readers: { readonly [F in CheckpointFormat]: (bytes: Uint8Array) => ReadonlyMap<string, StateArray> } =
  {
    torch: readPth,
    safetensors: readSafetensors,
    npz: readNpz,
    npy: (bytes) => new Map([["array", readNpy(bytes)]]),
  };

function tensorList(tensors: ReadonlyMap<string, StateArray>): string {
  const rows = [...tensors].map(([name, { data, shape }]) => ({
    name,
    shape: `[${shape.join(", ")}]`,
    type: data[Symbol.toStringTag]
      .replace(/Array$/, "")
      .replace(/^Big/, "")
      .toLowerCase(),
    size: shape.reduce((product, size) => product * size, 1),
  }));
  const widths = {
    name: widest(rows.map(({ name }) => name)),
    shape: widest(rows.map(({ shape }) => shape)),
  };
  const lines = rows.map(
    ({ name, shape, type }) => `${name.padEnd(widths.name)}  ${shape.padEnd(widths.shape)}  ${type}`,
  );
  const values = rows.reduce((sum, { size }) => sum + size, 0);
  return [...lines, `${rows.length} ${rows.length === 1 ? "tensor" : "tensors"}, ${values} numbers`].join(
    "\n",
  );
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
