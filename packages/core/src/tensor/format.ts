import { exponentText, fixedText } from "./number-text.js";
import { assertTensor, type Tensor } from "./tensor.js";

/** PyTorch's default print options. */
const decimals = 4;
const summariseAbove = 1000;
const edgeItems = 3;
const lineWidth = 80;

const prefix = "tensor(";

/** How all numbers of one tensor are written: one notation and one width for all of them. */
interface Style {
  readonly notation: "whole" | "fixed" | "exponent";
  readonly width: number;
}

/**
 * The tensor as PyTorch prints it: four decimals in columns, whole numbers as `1.`, one notation for all values,
 * scientific where they span more than a factor 1000 or leave 1e-4 to 1e8, and only the edges above 1000 values.
 *
 * @param x float32, any shape and strides
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_printoptions.html
 * @example
 * format(tensor([[1, 2], [3, 4]]));
 * // tensor([[1., 2.],
 * //         [3., 4.]])
 */
export function format(x: Tensor): string {
  assertTensor("format", "x", x);
  if (x.size === 0) {
    // PyTorch names the shape only where "[]" does not say it.
    return x.shape.length === 1 ? `${prefix}[])` : `${prefix}[], size=(${x.shape.join(", ")}))`;
  }
  const summarise = x.size > summariseAbove;
  const style = styleOf([...printedValues(x, summarise, 0, x.offset)]);
  return `${prefix}${text(x, summarise, style, 0, x.offset)})`;
}

/** The entries of an axis that are printed; -1 stands for the dots. */
function printedIndices(size: number, summarise: boolean): number[] {
  if (!summarise || size <= 2 * edgeItems) return Array.from({ length: size }, (_, i) => i);
  const first = Array.from({ length: edgeItems }, (_, i) => i);
  return [...first, -1, ...first.map((i) => size - edgeItems + i)];
}

function* printedValues(x: Tensor, summarise: boolean, axis: number, offset: number): Generator<number> {
  if (axis === x.shape.length) {
    yield x.data[offset] as number;
    return;
  }
  for (const i of printedIndices(x.shape[axis] as number, summarise)) {
    if (i >= 0) yield* printedValues(x, summarise, axis + 1, offset + i * (x.stride[axis] as number));
  }
}

/** Zeros and non-finite values have no say in it. */
function styleOf(values: readonly number[]): Style {
  const telling = values.filter((value) => Number.isFinite(value) && value !== 0);
  if (telling.length === 0) return { notation: "whole", width: 1 };
  const magnitudes = telling.map(Math.abs);
  const largest = magnitudes.reduce((a, b) => Math.max(a, b));
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b));
  const wide = largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
  const notation = wide ? "exponent" : telling.every(Number.isInteger) ? "whole" : "fixed";
  const width = Math.max(...telling.map((value) => numberText(value, { notation, width: 0 }).length));
  return { notation, width };
}

function numberText(value: number, style: Style): string {
  const { notation, width } = style;
  if (notation === "exponent") return exponentText(value, decimals).padStart(width);
  if (notation === "fixed") return fixedText(value, decimals).padStart(width);
  return `${fixedText(value, 0)}${Number.isFinite(value) ? "." : ""}`.padStart(width);
}

function text(x: Tensor, summarise: boolean, style: Style, axis: number, offset: number): string {
  const rank = x.shape.length;
  if (axis === rank) return numberText(x.data[offset] as number, style);
  const at = (i: number): number => offset + i * (x.stride[axis] as number);
  const indices = printedIndices(x.shape[axis] as number, summarise);
  const indent = prefix.length + axis;
  if (axis === rank - 1) {
    const entries = indices.map((i) => (i < 0 ? " ..." : numberText(x.data[at(i)] as number, style)));
    return `[${wrapped(entries, style, indent)}]`;
  }
  const rows = indices.map((i) => (i < 0 ? "..." : text(x, summarise, style, axis + 1, at(i))));
  return `[${rows.join(`,${"\n".repeat(rank - 1 - axis)}${" ".repeat(indent + 1)}`)}]`;
}

/** The entries of one row, over as many lines as the width asks for. */
function wrapped(entries: readonly string[], style: Style, indent: number): string {
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (style.width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += perLine) lines.push(entries.slice(i, i + perLine).join(", "));
  return lines.join(`,\n${" ".repeat(indent + 1)}`);
}
