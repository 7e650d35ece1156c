import type { ConvAxis, ConvGeometry } from "../../engine.js";
import type { Conv2dGeometry } from "../algorithms/as-2d.js";
import { type Phase, phasesOf, type Slices, slicesOf } from "./phases.js";

/**
 * An ordinary convolution of images that is a part of another convolution: it computes some of its outputs,
 * or adds to them.
 */
export interface Part {
  readonly geometry: Conv2dGeometry;
  /** Names what parts with the same taps of the kernel share. */
  readonly taps: string;
  /** Names what parts of the same shape share: all but which taps they have. */
  readonly shape: string;
  /** Its taps by their numbers in the whole kernel; undefined: a tap of weight 0. */
  readonly kernel: readonly (number | undefined)[];
  /** Its first image among x's, and how many images on the next one lies. */
  readonly from: number;
  readonly fromStep: number;
  /** Its first image among the output's, and how many images on the next one lies. */
  readonly to: number;
  readonly toStep: number;
  /** Where in its images its outputs lie. */
  readonly rows: Phase;
  readonly columns: Phase;
  /** True: added to what is there; false: these sums begin here, with the bias. */
  readonly adds: boolean;
  /** True: no later part adds to these outputs; said only where it is asked for. */
  readonly ends: boolean;
}

const absent: ConvAxis = { size: 1, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0 };

/** The most axes that a convolution may have to be made of parts. */
export const mostAxes = 3;

/**
 * A convolution of at most three axes as convolutions of images, [image, depth] in this order: one for each
 * phase of height and width, and in depth for each phase and tap, which add up. Together they compute every
 * output; those that no tap reaches, by a tap of weight 0.
 * @param relu true: something is done to whole sums, so that parts that end them are told apart
 */
export function partsOf(g: ConvGeometry, relu: boolean): readonly Part[] {
  const missing = mostAxes - g.axes.length;
  const padded = <T>(values: readonly T[], value: T) => [...new Array<T>(missing).fill(value), ...values];
  const [depth, height, width] = padded(g.axes, absent) as [ConvAxis, ConvAxis, ConvAxis];
  const [inDepth, inHeight, inWidth] = padded(g.inSize, 1) as [number, number, number];
  const [outDepth, outHeight, outWidth] = padded(g.outSize, 1) as [number, number, number];
  const slices = missing > 0 ? batchOf(g.batch) : slicesOfBatch(g.batch, depth, inDepth, outDepth, relu);
  const rowPhases = phasesOf(height, outHeight);
  const columnPhases = phasesOf(width, outWidth);
  const channels = { inChannels: g.inChannels, outChannels: g.outChannels, groups: g.groups };
  return slices.flatMap(({ tap, count, ...slice }) =>
    rowPhases.flatMap((rows, i) =>
      columnPhases.map((columns, j): Part => {
        const images = { ...channels, batch: count, inHeight, inWidth };
        const kernel =
          tap === undefined
            ? []
            : rows.taps.flatMap((row) =>
                columns.taps.map((column) => (tap * height.size + row) * width.size + column),
              );
        const place = { ...slice, rows, columns };
        if (kernel.length === 0) {
          const geometry = { ...images, ...emptyWindow(rows.count, columns.count) };
          return { ...place, geometry, taps: "none", shape: `none,${i},${j},${count}`, kernel: [undefined] };
        }
        const geometry = {
          ...{ ...images, outHeight: rows.count, outWidth: columns.count },
          ...{ kernelHeight: rows.taps.length, kernelWidth: columns.taps.length },
          ...{ strideHeight: rows.stride, strideWidth: columns.stride },
          ...{ dilationHeight: rows.dilation, dilationWidth: columns.dilation },
          ...{ padTop: rows.before, padBottom: afterOf(rows, inHeight) },
          ...{ padLeft: columns.before, padRight: afterOf(columns, inWidth) },
        };
        return { ...place, geometry, taps: `${tap},${i},${j}`, shape: `${i},${j},${count}`, kernel };
      }),
    ),
  );
}

/**
 * Where no tap meets x: every output reads the one pixel of the border before the first, which is 0, and so
 * nothing that may be infinite.
 */
function emptyWindow(outHeight: number, outWidth: number) {
  return {
    ...{ outHeight, outWidth, kernelHeight: 1, kernelWidth: 1, strideHeight: 0, strideWidth: 0 },
    ...{ dilationHeight: 1, dilationWidth: 1, padTop: 1, padBottom: 0, padLeft: 1, padRight: 0 },
  };
}

/** All images of a batch at once, where there is no depth. */
function batchOf(batch: number): readonly Slices[] {
  return [{ tap: 0, from: 0, fromStep: 1, to: 0, toStep: 1, count: batch, adds: false, ends: true }];
}

function slicesOfBatch(
  batch: number,
  depth: ConvAxis,
  inDepth: number,
  outDepth: number,
  relu: boolean,
): readonly Slices[] {
  const one = phasesOf(depth, outDepth).flatMap((phase) => slicesOf(phase, inDepth, relu));
  return Array.from({ length: batch }, (_, n) =>
    one.map((slices) => ({ ...slices, from: n * inDepth + slices.from, to: n * outDepth + slices.to })),
  ).flat();
}

/** What the last window of a phase reads behind x. */
function afterOf({ count, taps, stride, dilation, before }: Phase, inSize: number): number {
  return (count - 1) * stride + (taps.length - 1) * dilation + 1 - before - inSize;
}
