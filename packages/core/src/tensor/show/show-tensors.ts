// Before ndarray compiles the first view.
import "../code-generation.js";

import ndarray, { type NdArray } from "ndarray";
import { letShow } from "../../shown.js";
import { tensorHtml } from "./tensor-html.js";
import { tensorText } from "./tensor-text.js";

let shown = 0;

/**
 * Lets float32 arrays of a rank, and all views of them, show themselves in notebooks, consoles and template
 * literals.
 *
 * ndarray compiles one class for each element type and rank, which views share: an array that a caller made
 * with `ndarray` is a tensor too and shows itself as well, if it comes from the same copy of that package. It
 * costs nothing when tensors are made.
 */
export function showRank(rank: number): void {
  for (; shown <= rank; shown++) {
    const view = ndarray(new Float32Array(1), new Array<number>(shown).fill(1));
    letShow<NdArray<Float32Array>>(Object.getPrototypeOf(view), {
      text: tensorText,
      brief: ({ shape }) => `tensor ${shape.join("x")}`,
      html: tensorHtml,
    });
  }
}

// The ranks that convolutions know; a tensor of more axes tells when it is made.
showRank(5);
