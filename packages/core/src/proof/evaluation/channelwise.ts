/** The values of one image in float64, and one bound a channel on how far each of them may be off. */
export interface Channelwise {
  /** [channels, ...spatial] */
  readonly shape: readonly number[];
  /** row-major */
  readonly values: Float64Array;
  /** [channels]; not negative */
  readonly errors: Float64Array;
}

/**
 * How weights were rounded before they are used: each to a multiple of its magnitude times `unit`, or to the
 * grid of subnormal numbers.
 */
export interface Rounding {
  /** Half a unit in the last place, relative; 0: not rounded at all. */
  readonly unit: number;
  /** Half the distance of subnormal numbers. */
  readonly subnormal: number;
}

/** Weights that are used as they are. */
export const exact: Rounding = { unit: 0, subnormal: 0 };

/** The relative error of a number of additions and multiplications in float64, generously. */
export function gamma64(operations: number): number {
  return (operations + 4) * 2 ** -52;
}

/** How many places an image has in each channel. */
export function areaOf({ shape }: Pick<Channelwise, "shape">): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** The largest magnitude in each channel. */
export function peaksOf(x: Pick<Channelwise, "shape" | "values">): Float64Array {
  const area = areaOf(x);
  return Float64Array.from({ length: x.shape[0] as number }, (_, channel) => {
    let most = 0;
    for (let i = channel * area; i < (channel + 1) * area; i++)
      most = Math.max(most, Math.abs(x.values[i] as number));
    return most;
  });
}
