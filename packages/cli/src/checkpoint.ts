import { readNpy, readNpz, readPth, readSafetensors, type StateArray } from "@convfuse/core";

/** The tensors of a checkpoint, a line each: name, shape and type. */
export function tensorsIn(path: string, bytes: Uint8Array): string {
  const [, read] = readers.find(([ending]) => ending.test(path)) as (typeof readers)[number];
  return tensorList(read(bytes));
}

const readers: readonly (readonly [
  ending: RegExp,
  read: (bytes: Uint8Array) => ReadonlyMap<string, StateArray>,
])[] = [
  [/\.(pth|pt|bin|ckpt)$/i, readPth],
  [/\.safetensors$/i, readSafetensors],
  [/\.npz$/i, readNpz],
  [/\.npy$/i, (bytes) => new Map([["array", readNpy(bytes)]])],
];

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
