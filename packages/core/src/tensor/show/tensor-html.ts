import type { NdArray } from "ndarray";
import { background, largestOf, type Matrix, picture, shrunk } from "./heatmap.js";

/**
 * The most rows, and the most columns, of a matrix that is shown as a table of numbers; a larger one is a
 * picture.
 */
const mostCells = 12;
/**
 * The most rows, and the most columns, of a picture, alone or beside others: of a larger matrix it shows the
 * means of square blocks.
 */
const mostPixels = { alone: 128, beside: 64 };
/** The most matrices of a tensor that are shown. */
const mostMatrices = 16;

/**
 * The matrices of the tensor's last two axes as tables of numbers on a heat map, or as pictures where they
 * are large: blue above zero, red below, on one scale for all. Undefined for a single number and for none,
 * where text says it all.
 */
export function tensorHtml(x: NdArray<Float32Array>): string | undefined {
  if (x.shape.length === 0 || x.size === 0) return undefined;
  const leading = x.shape.slice(0, -2);
  const count = leading.reduce((product, size) => product * size, 1);
  const most = count === 1 ? mostPixels.alone : mostPixels.beside;
  const longest = Math.max(...x.shape.slice(-2));
  const isTable = longest <= mostCells;
  const block = isTable ? 1 : Math.ceil(longest / most);
  const indices = Array.from({ length: Math.min(count, mostMatrices) }, (_, i) => indexOf(i, leading));
  const matrices = indices.map((index) => shrunk(matrixAt(x, index), block));
  const largest = largestOf(matrices);
  const drawn = matrices.map((matrix, i) => {
    const title = leading.length === 0 ? "" : `<div>[${indices[i]?.join(", ")}]</div>`;
    return `<div>${title}${isTable ? table(matrix, largest) : image(matrix, largest, most)}</div>`;
  });
  if (count > mostMatrices) drawn.push(`<div>... ${count - mostMatrices} more</div>`);
  const scale = `blue: up to ${short(largest)}, red: down to ${short(-largest)}`;
  const means = block === 1 ? "" : `; a pixel is the mean of ${block} x ${block} values`;
  return (
    `<div>tensor of shape [${x.shape.join(", ")}]; ${scale}${means}</div>` +
    `<div style="display:flex;flex-wrap:wrap;gap:12px">${drawn.join("")}</div>`
  );
}

/** The index on each leading axis of the i-th matrix, the last one running fastest. */
function indexOf(i: number, leading: readonly number[]): number[] {
  const index: number[] = [];
  let rest = i;
  for (const size of leading.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

function matrixAt(x: NdArray<Float32Array>, index: readonly number[]): Matrix {
  const [columns = 1, rows = 1] = x.shape.toReversed();
  const [across = 0, down = 0] = x.stride.toReversed();
  const start = index.reduce((offset, one, axis) => offset + one * (x.stride[axis] as number), x.offset);
  const values = Float64Array.from(
    { length: rows * columns },
    (_, i) => x.data[start + Math.floor(i / columns) * down + (i % columns) * across] as number,
  );
  return { rows, columns, values };
}

function table({ rows, columns, values }: Matrix, largest: number): string {
  const cell = (value: number): string =>
    `<td style="text-align:right;background-color:${background(value, largest)}">${short(value)}</td>`;
  const row = (_: unknown, i: number): string =>
    `<tr>${Array.from(values.subarray(i * columns, (i + 1) * columns), cell).join("")}</tr>`;
  return `<table>${Array.from({ length: rows }, row).join("")}</table>`;
}

function image(matrix: Matrix, largest: number, most: number): string {
  const scale = Math.max(1, Math.floor(most / Math.max(matrix.rows, matrix.columns)));
  const [width, height] = [matrix.columns, matrix.rows].map((pixels) => Math.max(12, pixels * scale));
  const style = `width:${width}px;height:${height}px;image-rendering:pixelated`;
  return `<img alt="heat map" style="${style}" src="${picture(matrix, largest)}">`;
}

/** Four digits, as far as they say anything. */
function short(value: number): string {
  return Number.isFinite(value)
    ? String(Number(value.toPrecision(4)))
    : String(value).replace("Infinity", "inf");
}
