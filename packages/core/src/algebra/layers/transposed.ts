import type { LinearForm } from "../kernel.js";
import { tapsOf } from "../kernel.js";

/**
 * The weight of a transposed convolution as the linear map's: W[o, c, i] = stored[c, o, size - 1 - i], block
 * by block.
 *
 * A transposed convolution spreads each pixel over the taps; read from the output's side, a tap i of the
 * correlation meets the pixel that the stored tap size - 1 - i was spread from.
 * @param stored [in, out / groups, ...sizes], as PyTorch and ONNX store it
 * @returns [out, in / groups, ...sizes]
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 */
export function fromTransposed(stored: Float64Array, form: LinearForm): Float64Array {
  const { inChannels, outChannels, groups } = form;
  return swapped(stored, inChannels / groups, outChannels / groups, groups, tapsOf(form.axes));
}

/**
 * A linear map's weight as PyTorch and ONNX store a transposed convolution's:
 * stored[c, o, i] = W[o, c, size - 1 - i], block by block.
 *
 * @param kernel its form, and its weight, [out, in / groups, ...sizes]
 * @returns [in, out / groups, ...sizes], float32 or float64 as the weight is
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 * @example
 * [...toTransposed(identityKernel(2))]; // [1, 1]
 */
export function toTransposed<Weight extends Float32Array | Float64Array>(
  kernel: LinearForm & { readonly weight: Weight },
): Weight {
  const { inChannels, outChannels, groups } = kernel;
  return swapped(kernel.weight, outChannels / groups, inChannels / groups, groups, tapsOf(kernel.axes));
}

/**
 * [groups, rows, columns, taps] as [groups, columns, rows, taps], the taps of all axes in the opposite order.
 */
function swapped<Values extends Float32Array | Float64Array>(
  values: Values,
  rows: number,
  columns: number,
  groups: number,
  taps: number,
): Values {
  const out = new (values.constructor as new (length: number) => Values)(values.length);
  for (let group = 0; group < groups; group++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const from = ((group * rows + row) * columns + column) * taps;
        const to = ((group * columns + column) * rows + row) * taps;
        // Row-major taps backwards are every axis backwards.
        for (let tap = 0; tap < taps; tap++) out[to + tap] = values[from + taps - 1 - tap] as number;
      }
    }
  }
  return out;
}
