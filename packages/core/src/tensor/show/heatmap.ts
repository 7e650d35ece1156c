/** A matrix of numbers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * Colours: red below zero, blue above, in steps by a number's size to either side; grey where a number is
 * NaN.
 */
const levels = 31;
const grey = 2 * levels + 1;
const colours = grey + 1;

/**
 * The colour of a number behind its text: transparent at zero, so that text stays legible on light and dark
 * pages.
 */
export function background(value: number, largest: number): string {
  if (Number.isNaN(value)) return "rgba(128,128,128,0.5)";
  const strength = largest === 0 ? 0 : Math.min(Math.abs(value) / largest, 1) * 0.7;
  return `rgba(${value < 0 ? "214,39,40" : "31,119,180"},${Number(strength.toFixed(2))})`;
}

/** The largest finite magnitude; 0 where there is none. */
export function largestOf(matrices: readonly Matrix[]): number {
  let largest = 0;
  for (const { values } of matrices) {
    for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** The means of square blocks, each with `block` rows and columns. */
export function shrunk({ rows, columns, values }: Matrix, block: number): Matrix {
  const height = Math.ceil(rows / block);
  const width = Math.ceil(columns / block);
  const sums = new Float64Array(height * width);
  const counts = new Float64Array(height * width);
  values.forEach((value, i) => {
    const at = Math.floor(i / columns / block) * width + Math.floor((i % columns) / block);
    sums[at] = (sums[at] as number) + value;
    counts[at] = (counts[at] as number) + 1;
  });
  return { rows: height, columns: width, values: sums.map((sum, i) => sum / (counts[i] as number)) };
}

/**
 * The matrix as a picture, one pixel a number: the address of a BMP, which needs neither compression nor
 * checksums.
 */
export function picture({ rows, columns, values }: Matrix, largest: number): string {
  const width = Math.ceil(columns / 4) * 4;
  const start = 54 + colours * 4;
  const bytes = new Uint8Array(start + width * rows);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, columns, true);
  view.setInt32(22, -rows, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 8, true);
  view.setUint32(46, colours, true);
  for (let level = 0; level < colours; level++) bytes.set(colour(level), 54 + 4 * level);
  values.forEach((value, i) => {
    bytes[start + Math.floor(i / columns) * width + (i % columns)] = levelOf(value, largest);
  });
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:image/bmp;base64,${btoa(text)}`;
}

function levelOf(value: number, largest: number): number {
  if (Number.isNaN(value)) return grey;
  const share = largest === 0 ? 0 : Math.max(-1, Math.min(value / largest, 1));
  return Math.round(share * levels) + levels;
}

/** Blue, green, red, and a byte that means nothing, as a BMP has them. */
function colour(level: number): readonly [number, number, number, number] {
  if (level === grey) return [128, 128, 128, 0];
  const share = (level - levels) / levels;
  const [red, green, blue] = share < 0 ? [214, 39, 40] : [31, 119, 180];
  const faded = (full: number) => Math.round(255 - Math.abs(share) * (255 - full));
  return [faded(blue), faded(green), faded(red), 0];
}
