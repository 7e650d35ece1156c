import { type ConvAxis, outSizeOf, paddedSize, spanOf } from "../conv/conv-axis.js";

/** A window of a pooling on one axis. */
export interface Window {
  /** The pixels of the image in it: from `first` on, before `end`, `step` apart. */
  readonly first: number;
  readonly end: number;
  readonly step: number;
  /** Its length with padding, but without what ceil mode lets hang over. */
  readonly padded: number;
}

/** The only window of an axis that an image does not have. */
const whole: readonly Window[] = [{ first: 0, end: 1, step: 1, padded: 1 }];

/** All windows of an axis; none where the axis is too short for one. */
export function windowsOf(axis: ConvAxis, size: number, ceilMode: boolean): readonly Window[] {
  const { stride, dilation, before, after } = axis;
  const span = spanOf(axis);
  return Array.from({ length: Math.max(0, windowCount(axis, size, ceilMode)) }, (_, i) => {
    const start = i * stride - before;
    const stop = Math.min(start + span, size + after);
    // The first tap inside the image.
    const first = start < 0 ? start + Math.ceil(-start / dilation) * dilation : start;
    return { first, end: Math.min(stop, size), step: dilation, padded: stop - start };
  });
}

/**
 * How many windows there are: in ceil mode also one that hangs over the end, if it begins inside the image or
 * the padding before it.
 */
function windowCount(axis: ConvAxis, size: number, ceilMode: boolean): number {
  if (!ceilMode) return outSizeOf(axis, size);
  const { stride, before } = axis;
  const windows = Math.ceil((paddedSize(axis, size) - spanOf(axis)) / stride) + 1;
  return (windows - 1) * stride >= size + before ? windows - 1 : windows;
}

/**
 * Windows that divide an axis evenly: window i of n covers the pixels from floor(i size / n) up to
 * ceil((i + 1) size / n).
 */
export function evenWindows(count: number, size: number): readonly Window[] {
  return Array.from({ length: count }, (_, i) => {
    const [first, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    return { first, end, step: 1, padded: end - first };
  });
}

/** Windows and image as a volume's: axes that are missing in front have size 1. */
export function asVolume(
  windows: readonly (readonly Window[])[],
  size: readonly number[],
): {
  readonly windows: readonly [Windows, Windows, Windows];
  readonly size: readonly [number, number, number];
} {
  const missing = 3 - size.length;
  return {
    windows: [...repeatedWhole(missing), ...windows] as unknown as [Windows, Windows, Windows],
    size: [...new Array<number>(missing).fill(1), ...size] as unknown as [number, number, number],
  };
}

type Windows = readonly Window[];

function repeatedWhole(count: number): Windows[] {
  return new Array<Windows>(count).fill(whole);
}
