import type { Attributes } from "./figure.js";

/** How many bytes are turned into characters at once: a call takes no more arguments. */
const atOnce = 8192;

/**
 * An array as its bytes in base64, which Plotly reads wherever it takes numbers: an eighth of the room that a
 * notebook gives to numbers on lines of their own.
 *
 * @param values row by row
 * @param shape the length of each axis, at most three
 * @see https://plotly.com/javascript/reference/ on typed arrays ("bdata", "dtype", "shape")
 */
export function packedArray(values: Float32Array | Uint8Array, shape: readonly number[]): Attributes {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let from = 0; from < bytes.length; from += atOnce) {
    text += String.fromCharCode(...bytes.subarray(from, from + atOnce));
  }
  return {
    dtype: values instanceof Uint8Array ? "u1" : "f4",
    bdata: btoa(text),
    shape: shape.join(", "),
  };
}
