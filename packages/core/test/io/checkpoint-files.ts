import { readFileSync } from "node:fs";

/** The files that PyTorch, safetensors and NumPy wrote, as test/goldens/fuse_cases.py saved them. */
interface CheckpointFiles {
  readonly values: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly (number | string)[] }>
  >;
  readonly moduleValues: Readonly<Record<string, readonly number[]>>;
  readonly npy: Readonly<Record<string, string>>;
}

const url = new URL("../../../../test/goldens/checkpoints.json", import.meta.url);
const content = JSON.parse(readFileSync(url, "utf8")) as CheckpointFiles & Readonly<Record<string, string>>;

export const { values, moduleValues } = content;
export const npyFiles: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(content.npy).map(([name, base64]) => [name, bytesOf(base64)]),
);

export type FileName =
  | "safetensors"
  | "pth"
  | "module"
  | "views"
  | "nested"
  | "evil"
  | "wholeModule"
  | "old"
  | "npyFortran"
  | "npyScalarObject"
  | "npyBigEndian"
  | "npz"
  | "npzCompressed"
  | "npzZeros";

export function file(name: FileName): Uint8Array {
  return bytesOf(content[name] as string);
}

/** As `readFileSync` gives it: a Buffer, which for a small file is a part of Node's pool. */
function bytesOf(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}
