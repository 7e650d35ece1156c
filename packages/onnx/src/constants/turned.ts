import type { Constant } from "./constant.js";

type PartReader = NonNullable<Constant["part"]>;

/** Numbers as a file or as the algebra has them. */
type Numbers = Float64Array | Float32Array | Uint16Array;

/**
 * What is turned: [groups, rows, columns, taps], row-major, as [groups, columns, rows, taps] with the taps in
 * the opposite order. With one tap and one group that is a matrix and its transpose; with more, the weight of
 * a convolution as a transposed one has it, and the other way round.
 */
export interface Turning {
  readonly rows: number;
  readonly columns: number;
  readonly taps?: number;
  readonly groups?: number;
}

/**
 * Rows and columns that are turned at once: all the memory that they touch stays in the first-level cache.
 */
const tile = 32;

/** All of it. */
export function turned<Values extends Numbers>(values: Values, turning: Turning): Values {
  const out = new (values.constructor as new (length: number) => Values)(values.length);
  placeTurned(out, values, 0, turning);
  return out;
}

/**
 * Some rows, counted through all groups, to where they stand turned.
 * @param out all that is turned
 * @param values [rows, columns, taps], from row `first` on, whole rows
 */
export function placeTurned<Values extends Numbers>(
  out: Values,
  values: Values,
  first: number,
  { rows, columns, taps = 1 }: Turning,
): void {
  const row = columns * taps;
  const end = first + values.length / row;
  for (let at = first; at < end; ) {
    const group = Math.floor(at / rows);
    const next = Math.min(end, (group + 1) * rows);
    const to = (group * columns * rows + (at % rows)) * taps;
    const some = values.subarray((at - first) * row, (next - first) * row);
    turnInto(out.subarray(to), rows, some, { rows: next - at, columns, taps });
    at = next;
  }
}

/** Numbers that are turned at once where they are read in parts; what is smaller is read as a whole. */
const together = 2 ** 15;

/** Of a large weight more, so that what is read of a row at once is not too short. */
const mostTogether = 2 ** 20;

/** Into how many strips a weight is cut, as far as those limits let it. */
const strips = 8;

/**
 * Reads parts of what is turned: some columns at a time, so that a large weight is never in memory as a
 * whole.
 * @param part reads parts of it as it is
 * @returns undefined: it is small
 */
export function turnedPart(
  part: PartReader,
  { rows, columns, taps = 1, groups = 1 }: Turning,
): PartReader | undefined {
  const size = groups * rows * columns * taps;
  if (size <= 2 * together) return undefined;
  const line = rows * taps;
  const some = Math.min(mostTogether, Math.max(together, size / strips));
  const most = Math.min(columns, Math.max(1, Math.floor(some / line)));
  // One memory for all strips: what each would leave behind is as large as the part itself, and is collected
  // late.
  let values: Float64Array | undefined;
  let strip: Strip | undefined;
  const stripAt = (at: number): Strip => {
    if (strip !== undefined && at >= strip.first && at < strip.end) return strip;
    const group = Math.floor(at / columns);
    const column = at % columns;
    const first = column - (column % most);
    const some = Math.min(most, columns - first);
    values ??= new Float64Array(line * most);
    const lines = new Float64Array(tile * some * taps);
    for (let row = 0; row < rows; row += tile) {
      const count = Math.min(tile, rows - row);
      const start = ((group * rows + row) * columns + first) * taps;
      const read = lines.subarray(0, count * some * taps);
      if (some === columns) part(start, read);
      else
        for (let i = 0; i < count; i++)
          part(start + i * columns * taps, read.subarray(i * some * taps, (i + 1) * some * taps));
      turnInto(values.subarray(row * taps), rows, read, { rows: count, columns: some, taps });
    }
    strip = { first: group * columns + first, end: group * columns + first + some, values };
    return strip;
  };
  return (start, out) => {
    for (let done = 0; done < out.length; ) {
      const { first, end, values } = stripAt(Math.floor((start + done) / line));
      const from = start + done - first * line;
      const run = values.subarray(from, Math.min(from + out.length - done, (end - first) * line));
      out.set(run, done);
      done += run.length;
    }
  };
}

/** Columns, counted through all groups, turned. */
interface Strip {
  readonly first: number;
  readonly end: number;
  /** [columns, rows, taps] */
  readonly values: Float64Array;
}

/** Writes [rows, columns, taps] as the first `rows` of each line of what has lines of `line` times taps. */
function turnInto(
  out: Numbers,
  line: number,
  values: Numbers,
  { rows, columns, taps }: Required<Omit<Turning, "groups">>,
): void {
  for (let firstRow = 0; firstRow < rows; firstRow += tile) {
    const endRow = Math.min(rows, firstRow + tile);
    for (let firstColumn = 0; firstColumn < columns; firstColumn += tile) {
      const endColumn = Math.min(columns, firstColumn + tile);
      for (let column = firstColumn; column < endColumn; column++) {
        if (taps === 1) {
          for (let row = firstRow; row < endRow; row++)
            out[column * line + row] = values[row * columns + column] as number;
          continue;
        }
        for (let row = firstRow; row < endRow; row++) {
          const to = (column * line + row) * taps;
          const last = (row * columns + column + 1) * taps - 1;
          for (let tap = 0; tap < taps; tap++) out[to + tap] = values[last - tap] as number;
        }
      }
    }
  }
}
