import type { Constant } from "./constant.js";

type PartReader = NonNullable<Constant["part"]>;

/**
 * Rows and columns that are turned at once: all the memory that they touch stays in the first-level cache.
 */
const tile = 32;

/** A matrix, [rows, columns] row-major, as [columns, rows]. */
export function turned<Values extends Float32Array | Float64Array>(
  values: Values,
  rows: number,
  columns: number,
): Values {
  const out = new (values.constructor as new (length: number) => Values)(values.length);
  turnInto(out, rows, values, rows, columns);
  return out;
}

/**
 * Numbers of a matrix that are turned at once where it is read in parts; a smaller one is read as a whole.
 */
const together = 2 ** 20;

/**
 * Reads parts of a matrix, [rows, columns] row-major, as those of [columns, rows]: some columns at a time, so
 * that a large one is never in memory as a whole.
 * @param part reads parts of it as it is
 * @returns undefined: it is small
 */
export function turnedPart(part: PartReader, rows: number, columns: number): PartReader | undefined {
  if (rows * columns <= 2 * together) return undefined;
  const most = Math.max(1, Math.floor(together / rows));
  // One memory for all strips: what each would leave behind is as large as the part itself, and is collected
  // late.
  let values: Float64Array | undefined;
  let strip: Strip | undefined;
  const stripAt = (column: number): Strip => {
    if (strip !== undefined && column >= strip.first && column < strip.first + strip.columns) return strip;
    const first = Math.floor(column / most) * most;
    const some = Math.min(most, columns - first);
    values ??= new Float64Array(rows * most);
    const lines = new Float64Array(tile * some);
    for (let row = 0; row < rows; row += tile) {
      const count = Math.min(tile, rows - row);
      for (let i = 0; i < count; i++)
        part((row + i) * columns + first, lines.subarray(i * some, (i + 1) * some));
      turnInto(values.subarray(row), rows, lines, count, some);
    }
    strip = { first, columns: some, values };
    return strip;
  };
  return (start, out) => {
    for (let done = 0; done < out.length; ) {
      const column = Math.floor((start + done) / rows);
      const { first, values } = stripAt(column);
      const from = start + done - first * rows;
      const run = values.subarray(from, from + out.length - done);
      out.set(run, done);
      done += run.length;
    }
  };
}

/** Columns of a matrix, turned. */
interface Strip {
  readonly first: number;
  readonly columns: number;
  /** [columns, rows] */
  readonly values: Float64Array;
}

/**
 * Writes a matrix, [rows, columns], as the first `rows` of each line of a matrix whose lines are `line` long.
 */
function turnInto(
  out: Float32Array | Float64Array,
  line: number,
  values: Float32Array | Float64Array,
  rows: number,
  columns: number,
): void {
  for (let firstRow = 0; firstRow < rows; firstRow += tile) {
    const endRow = Math.min(rows, firstRow + tile);
    for (let firstColumn = 0; firstColumn < columns; firstColumn += tile) {
      const endColumn = Math.min(columns, firstColumn + tile);
      for (let column = firstColumn; column < endColumn; column++) {
        for (let row = firstRow; row < endRow; row++)
          out[column * line + row] = values[row * columns + column] as number;
      }
    }
  }
}
