import { toBase64 } from "#host/runtime/bytes.js";
import type { Json } from "../types.js";

/**
 * A value as JSON carries it, bytes as base64; what JSON cannot hold is left out, as `JSON.stringify` leaves
 * it.
 */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value, function (this: unknown, key: string, item: unknown): unknown {
    // A Buffer has turned itself into a list of numbers before this is asked.
    const raw = (this as { readonly [key: string]: unknown })[key];
    if (raw instanceof Uint8Array) return toBase64(raw);
    return typeof item === "bigint" ? item.toString() : item;
  });
  return text === undefined ? null : (JSON.parse(text) as Json);
}
