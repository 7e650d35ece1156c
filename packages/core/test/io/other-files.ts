import { readFileSync } from "node:fs";

/** An array as test/goldens/file_cases.py wrote it down: 64-bit integers and what is not finite as text. */
export interface Said {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** A file that NumPy, PyTorch or safetensors wrote, and what it holds. */
export interface FileCase {
  readonly name: string;
  readonly reader: "npz" | "safetensors" | "pth";
  readonly bytes: Uint8Array;
  readonly arrays: Readonly<Record<string, Said>>;
  readonly unread: readonly string[];
  /** What findStateDict gives, where that is tested. */
  readonly find?: Readonly<Record<string, Said>>;
}

const url = new URL("../../../../test/goldens/files.json", import.meta.url);
const cases = JSON.parse(readFileSync(url, "utf8")) as readonly (FileCase & { readonly file: string })[];

export const otherFiles: readonly FileCase[] = cases.map(({ file, ...rest }) => ({
  ...rest,
  bytes: Buffer.from(file, "base64"),
}));
