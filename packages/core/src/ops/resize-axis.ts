/** What becomes of an axis of an image: its size times a factor, rounded down, or a given size in pixels. */
export type AxisResize = { readonly factor: number } | { readonly size: number };

/** A change of an image's size in its fullest form. */
export interface Resize {
  readonly mode: "nearest" | "linear";
  /** One an axis of the image, or one for all axes however many there are. */
  readonly to: AxisResize | readonly AxisResize[];
  readonly alignCorners: boolean;
}

/** What becomes of each of an image's `rank` axes. */
export function resizeAxes({ to }: Pick<Resize, "to">, rank: number): readonly AxisResize[] {
  return isList(to) ? to : new Array<AxisResize>(Math.max(rank, 0)).fill(to);
}

/** The number of axes that a change of size is for; undefined: however many an image has. */
export function resizeRank({ to }: Pick<Resize, "to">): number | undefined {
  return isList(to) ? to.length : undefined;
}

function isList(to: Resize["to"]): to is readonly AxisResize[] {
  return Array.isArray(to);
}

/** The size that an axis gets, in pixels. */
export function resizedSize(axis: AxisResize, size: number): number {
  return "size" in axis ? axis.size : Math.floor(size * axis.factor);
}

/**
 * For each output of an axis the two pixels that it lies between, and how far it is on the way to the second,
 * from 0 to 1.
 */
export type Taps = readonly (readonly [first: number, second: number, share: number])[];

/**
 * Where the outputs of an axis of `size` pixels lie.
 * @param rank how many axes the image has: PyTorch's places on height and width are others than on 1 and 3
 *   axes
 * @see PyTorch's aten/src/ATen/native/UpSample.h, whose places follow from the factor that was given and not
 *   from the sizes
 */
export function tapsOf({ mode, alignCorners }: Resize, axis: AxisResize, size: number, rank: number): Taps {
  const outputs = resizedSize(axis, size);
  const step = "size" in axis ? size / outputs : 1 / axis.factor;
  return Array.from({ length: outputs }, (_, i) => {
    if (mode === "nearest") {
      const pixel = nearestPixel(i, step, size, outputs, rank);
      return [pixel, pixel, 0];
    }
    // So it is with any factor that leaves the size: floor(3 x 1.3) = 3.
    if (outputs === size) return [i, i, 0];
    const corners = outputs > 1 ? (i * (size - 1)) / (outputs - 1) : 0;
    const place = alignCorners ? corners : Math.max(0, (i + 0.5) * step - 0.5);
    const first = Math.min(Math.floor(place), size - 1);
    return [first, Math.min(first + 1, size - 1), Math.min(place - first, 1)];
  });
}

/**
 * PyTorch computes the place in float32; on height and width not where the size stays or doubles, whatever
 * the factor.
 */
function nearestPixel(output: number, step: number, size: number, outputs: number, rank: number): number {
  if (rank === 2 && outputs === size) return output;
  if (rank === 2 && outputs === 2 * size) return output >> 1;
  return Math.min(Math.floor(Math.fround(output * Math.fround(step))), size - 1);
}
