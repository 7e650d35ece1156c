import type { ProductPlace } from "./engine.js";
import { hasSimd } from "./wasm/machine/builds.js";
import { PanelProduct } from "./wasm/machine/panel-product.js";

/**
 * Products of at most this many multiply-adds are plain loops: copying the matrices into WebAssembly's memory
 * would take longer.
 */
const mostForLoops = 32_768;

/** Made when it is first needed. */
let panels: PanelProduct | undefined;

/**
 * A matrix product in float64, added to what is there. Each sum takes its products one after the other in the
 * order of the depth, however it is computed: the bits are the same with and without WebAssembly.
 */
export function addProduct(sum: Float64Array, b: Float64Array, a: Float64Array, place: ProductPlace): void {
  const { rows, columns, depth } = place;
  if (rows >= 4 && columns >= 4 && rows * columns * depth > mostForLoops && hasSimd()) {
    panels ??= new PanelProduct();
    panels.add(sum, b, a, place);
    return;
  }
  addByLoops(sum, b, a, place);
}

/** {@link addProduct} as plain loops. */
export function addByLoops(sum: Float64Array, b: Float64Array, a: Float64Array, place: ProductPlace): void {
  const { rows, columns, depth, sumAt, sumStride, bAt, bStride, aAt, aStride } = place;
  for (let r = 0; r < rows; r++) {
    const row = sumAt + r * sumStride;
    if (columns < 4) {
      const from = bAt + r * bStride;
      for (let c = 0; c < columns; c++) {
        let value = sum[row + c] as number;
        for (let k = 0; k < depth; k++)
          value += (b[from + k] as number) * (a[aAt + k * aStride + c] as number);
        sum[row + c] = value;
      }
      continue;
    }
    for (let k = 0; k < depth; k++) {
      const factor = b[bAt + r * bStride + k] as number;
      const from = aAt + k * aStride;
      for (let c = 0; c < columns; c++) {
        sum[row + c] = (sum[row + c] as number) + factor * (a[from + c] as number);
      }
    }
  }
}
