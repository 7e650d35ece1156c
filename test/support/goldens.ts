import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Tensor, tensor } from "@convfuse/core";

/** The cases of `test/goldens/{name}.json`, which `generate.py` wrote beside it. */
export function goldens<Case>(name: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`../goldens/${name}.json`, import.meta.url), "utf8")) as Case[];
}

/** A tensor from base64 of little-endian float32. */
export function decode(base64: string, shape: readonly number[]): Tensor {
  const bytes = Buffer.from(base64, "base64");
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
  return tensor(values, shape);
}

/** The SHA-256 of the values as little-endian float32: equal hashes are equal bits. */
export function hash(x: Tensor): string {
  const bytes = Buffer.alloc(4 * x.data.length);
  x.data.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return createHash("sha256").update(bytes).digest("hex");
}

/** Options without the ones that are undefined, null or absent, as exactOptionalPropertyTypes wants them. */
export function present<T extends object>(options: { readonly [K in keyof T]: T[K] | null | undefined }): T {
  const entries = Object.entries(options).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as T;
}
