import type { NdArray } from "ndarray";
import { exponentText, fixedText } from "./number-text.js";

/** PyTorch's default print options. */
const decimals = 4;
const summariseAbove = 1000;
const edgeItems = 3;
const lineWidth = 80;

const prefix = "tensor(";

interface Layout {
  readonly shape: readonly number[];
  readonly summarise: boolean;
}

/** The printed numbers, as they follow each other, and the width of each. */
interface Numbers {
  readonly texts: Iterator<string>;
  readonly width: number;
}

/** The tensor as PyTorch prints it. */
export function tensorText(x: NdArray<Float32Array>): string {
  if (x.size === 0) {
    // PyTorch names the shape only where "[]" does not say it.
    return x.shape.length === 1 ? `${prefix}[])` : `${prefix}[], size=(${x.shape.join(", ")}))`;
  }
  const layout = { shape: x.shape, summarise: x.size > summariseAbove };
  const values: number[] = [];
  gather(x, layout.summarise, 0, x.offset, values);
  const { texts, width } = numberTexts(values);
  return `${prefix}${text(layout, 0, { texts: texts.values(), width })})`;
}

/** The entries of an axis that are printed; -1 stands for the dots. */
function printedIndices(size: number, summarise: boolean): number[] {
  const indices: number[] = [];
  const isCut = summarise && size > 2 * edgeItems;
  for (let i = 0; i < (isCut ? edgeItems : size); i++) indices.push(i);
  if (isCut) indices.push(-1, ...indices.map((i) => size - edgeItems + i));
  return indices;
}

function gather(
  x: NdArray<Float32Array>,
  summarise: boolean,
  axis: number,
  offset: number,
  values: number[],
): void {
  if (axis === x.shape.length) {
    values.push(x.data[offset] as number);
    return;
  }
  for (const i of printedIndices(x.shape[axis] as number, summarise)) {
    if (i >= 0) gather(x, summarise, axis + 1, offset + i * (x.stride[axis] as number), values);
  }
}

/**
 * One notation and one width for all numbers of a tensor; zeros and non-finite values have no say in either.
 */
function numberTexts(values: readonly number[]): { texts: string[]; width: number } {
  const telling = values.map((value) => Number.isFinite(value) && value !== 0);
  const magnitudes = values.filter((_, i) => telling[i]).map(Math.abs);
  // Not spread into Math.max: a tensor of many axes prints more numbers than a call takes.
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  // Without any magnitude all three are false.
  const wide = largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
  const numberText = wide
    ? (value: number) => exponentText(value, decimals)
    : magnitudes.every(Number.isInteger)
      ? (value: number) => `${fixedText(value, 0)}${Number.isFinite(value) ? "." : ""}`
      : (value: number) => fixedText(value, decimals);
  const texts = values.map(numberText);
  const width = texts.reduce((most, one, i) => (telling[i] ? Math.max(most, one.length) : most), 1);
  return { texts: texts.map((one) => one.padStart(width)), width };
}

function text(layout: Layout, axis: number, numbers: Numbers): string {
  const rank = layout.shape.length;
  if (axis === rank) return numbers.texts.next().value as string;
  const indices = printedIndices(layout.shape[axis] as number, layout.summarise);
  const indent = prefix.length + axis;
  if (axis === rank - 1) {
    const entries = indices.map((i) => (i < 0 ? " ..." : text(layout, axis + 1, numbers)));
    return `[${wrapped(entries, numbers.width, indent)}]`;
  }
  const rows = indices.map((i) => (i < 0 ? "..." : text(layout, axis + 1, numbers)));
  return `[${rows.join(`,${"\n".repeat(rank - 1 - axis)}${" ".repeat(indent + 1)}`)}]`;
}

/** The entries of one row, over as many lines as the width asks for. */
function wrapped(entries: readonly string[], width: number, indent: number): string {
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += perLine) lines.push(entries.slice(i, i + perLine).join(", "));
  return lines.join(`,\n${" ".repeat(indent + 1)}`);
}
