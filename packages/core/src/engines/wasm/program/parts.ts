import type { ConvAxis, ConvGeometry } from "../../engine.js";
import type { Conv2dGeometry } from "../algorithms/as-2d.js";
import { type Phase, phasesOf, type Slices, slicesOf } from "./phases.js";

/** An ordinary convolution of images that is a part of another convolution: it computes some of its outputs, or adds to them. */
export interface Part {
  readonly geometry: Conv2dGeometry;
  /** Names what parts with the same taps of the kernel share. */
  readonly taps: string;
  /** Which of the whole kernel's taps it has, in their order. */
  readonly kernel: readonly number[];
  /** Its first image among x's, and how many images on the next one lies. */
  readonly from: number;
  readonly fromStep: number;
  /** The same among the output's images. */
  readonly to: number;
  readonly toStep: number;
  /** Where in its images its outputs lie. */
  readonly rows: Phase;
  readonly columns: Phase;
  /** True: added to what is there. */
  readonly adds: boolean;
}

/** A convolution of at most three axes as convolutions of images: x and output are batches of images, [image, depth] in this order. */
export interface Parts {
  readonly all: readonly Part[];
  /** For each axis (depth, height, width) and each place on it whether anything is computed there: elsewhere the output is the bias. */
  readonly reached: readonly (readonly boolean[])[];
}

const absent: ConvAxis = { size: 1, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0 };

/** True for what `partsOf` takes. */
export function hasParts({ axes }: ConvGeometry): boolean {
  return axes.length <= 3;
}

/** The parts of a convolution: one for each phase of height and width, and in depth for each phase and tap, which add up. */
export function partsOf(g: ConvGeometry): Parts {
  const missing = 3 - g.axes.length;
  const padded = <T>(values: readonly T[], value: T) => [...new Array<T>(missing).fill(value), ...values];
  const [depth, height, width] = padded(g.axes, absent) as [ConvAxis, ConvAxis, ConvAxis];
  const [inDepth, inHeight, inWidth] = padded(g.inSize, 1) as [number, number, number];
  const [outDepth, outHeight, outWidth] = padded(g.outSize, 1) as [number, number, number];
  const slices = depth === absent ? batchOf(g.batch) : slicesOfBatch(g.batch, depth, inDepth, outDepth);
  const rowPhases = phasesOf(height, outHeight);
  const columnPhases = phasesOf(width, outWidth);
  const all = slices.flatMap(({ tap, from, fromStep, to, toStep, count, adds }) =>
    rowPhases.flatMap((rows, i) =>
      columnPhases.map((columns, j): Part => {
        const kernel = rows.taps.flatMap((row) =>
          columns.taps.map((column) => (tap * height.size + row) * width.size + column),
        );
        const channels = { inChannels: g.inChannels, outChannels: g.outChannels, groups: g.groups };
        const geometry = {
          ...{ ...channels, batch: count, inHeight, inWidth },
          ...{ outHeight: rows.count, outWidth: columns.count },
          ...{ kernelHeight: rows.taps.length, kernelWidth: columns.taps.length },
          ...{ strideHeight: rows.stride, strideWidth: columns.stride },
          ...{ dilationHeight: rows.dilation, dilationWidth: columns.dilation },
          ...{ padTop: rows.before, padBottom: afterOf(rows, inHeight) },
          ...{ padLeft: columns.before, padRight: afterOf(columns, inWidth) },
        };
        return {
          ...{ geometry, taps: `${tap},${i},${j}`, kernel },
          ...{ from, fromStep, to, toStep, rows, columns, adds },
        };
      }),
    ),
  );
  const reachedBy = (phases: readonly Phase[], size: number) =>
    Array.from({ length: size }, (_, at) => (phases[at % phases.length] as Phase).taps.length > 0);
  const reachedDepth = new Array<boolean>(outDepth).fill(depth === absent);
  for (const { to, toStep, count } of slices) {
    for (let i = to; i < Math.min(outDepth, to + count * toStep); i += toStep) reachedDepth[i] = true;
  }
  return {
    all: all.filter(({ kernel }) => kernel.length > 0),
    reached: [reachedDepth, reachedBy(rowPhases, outHeight), reachedBy(columnPhases, outWidth)],
  };
}

/** All images of a batch at once, where there is no depth. */
function batchOf(batch: number): readonly Slices[] {
  return [{ tap: 0, from: 0, fromStep: 1, to: 0, toStep: 1, count: batch, adds: false }];
}

function slicesOfBatch(batch: number, depth: ConvAxis, inDepth: number, outDepth: number): readonly Slices[] {
  const one = phasesOf(depth, outDepth).flatMap((phase) => slicesOf(phase, inDepth));
  return Array.from({ length: batch }, (_, n) =>
    one.map((slices) => ({ ...slices, from: n * inDepth + slices.from, to: n * outDepth + slices.to })),
  ).flat();
}

/** What the last window of a phase reads behind x. */
function afterOf({ count, taps, stride, dilation, before }: Phase, inSize: number): number {
  return (count - 1) * stride + (taps.length - 1) * dilation + 1 - before - inSize;
}
