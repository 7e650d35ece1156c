import type { ConvAxis, ConvGeometry } from "../../engine.js";

/**
 * An ordinary convolution of images [height, width], as the kernels want it. Padding may be negative: then it
 * crops.
 */
export interface Conv2dGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly groups: number;
}

const absent: ConvAxis = { size: 1, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0 };

/** True for a convolution that is one of images: of at most two axes, nowhere upsampled, nowhere cropped. */
export function isPlain2d({ axes, transposed }: ConvGeometry): boolean {
  if (axes.length > 2 || transposed) return false;
  return axes.every(({ upsampling, before, after }) => upsampling === 1 && before >= 0 && after >= 0);
}

/** The last two axes as height and width; a missing one has size 1. */
export function as2d(g: ConvGeometry): Conv2dGeometry {
  const [rows = absent, columns = absent] = g.axes.length < 2 ? [absent, ...g.axes] : g.axes.slice(-2);
  const last = (sizes: readonly number[], back: number) => sizes[sizes.length - back] ?? 1;
  return {
    batch: g.batch,
    inChannels: g.inChannels,
    inHeight: last(g.inSize, 2),
    inWidth: last(g.inSize, 1),
    outChannels: g.outChannels,
    outHeight: last(g.outSize, 2),
    outWidth: last(g.outSize, 1),
    kernelHeight: rows.size,
    kernelWidth: columns.size,
    strideHeight: rows.stride,
    strideWidth: columns.stride,
    padTop: rows.before,
    padBottom: rows.after,
    padLeft: columns.before,
    padRight: columns.after,
    dilationHeight: rows.dilation,
    dilationWidth: columns.dilation,
    groups: g.groups,
  };
}
