import type { ConvAxis } from "../../engines/engine.js";

export type { ConvAxis };

/** How far a kernel reaches on an axis, in pixels: dilation (size - 1) + 1. */
export function spanOf({ size, dilation }: Pick<ConvAxis, "size" | "dilation">): number {
  return dilation * (size - 1) + 1;
}

/**
 * Padding minus span. Axes of equal stride and upsampling, which have no divisor in common, give equal output
 * sizes at every input size if and only if these are equal.
 */
export function excessOf(axis: ConvAxis): number {
  return axis.before + axis.after - spanOf(axis);
}

/** What the kernel sees of `size` pixels: upsampled, with what is added before and after. */
export function paddedSize({ upsampling, before, after }: ConvAxis, size: number): number {
  return upsampling * (size - 1) + 1 + before + after;
}

/** How many windows fit: floor((padded - span) / stride) + 1; below 1 where none does. */
export function outSizeOf(axis: ConvAxis, size: number): number {
  return Math.floor((paddedSize(axis, size) - spanOf(axis)) / axis.stride) + 1;
}

/** An ordinary convolution's axis without padding, with other values for what is given. */
export function plainAxis(size: number, given: Partial<Omit<ConvAxis, "size">> = {}): ConvAxis {
  return { size, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0, ...given };
}

/**
 * The axis of a transposed convolution as the linear map that it is: out size = (in - 1) stride - 2
 * padding + span + outputPadding.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 */
export function transposedAxis(
  kernel: { readonly size: number; readonly stride: number; readonly dilation: number },
  padding: number,
  outputPadding: number,
): ConvAxis {
  const { size, stride, dilation } = kernel;
  const before = dilation * (size - 1) - padding;
  return { size, stride: 1, dilation, upsampling: stride, before, after: before + outputPadding };
}
