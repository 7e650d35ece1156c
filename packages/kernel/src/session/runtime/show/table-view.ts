import { safeInspect } from "../errors/thrown.js";
import type { Bundle } from "./viewer.js";

/** Rows and columns, read only where they are shown. */
export interface Table {
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** What stands in front of a row. */
  label(row: number): string;
  /** A row's cells, in the order of the columns. */
  row(row: number): readonly unknown[];
}

/**
 * Of a longer table the first and the last rows are shown, half of this number each; of a wider one the first
 * columns.
 */
const mostRows = 60;
const mostColumns = 40;
/** The most characters of a cell. */
const longestCell = 120;

/** A computed property, whose value nobody has asked for. */
export const computed: unique symbol = Symbol("computed");

interface Shown {
  readonly heads: readonly string[];
  /** A gap where rows are left out. */
  readonly rows: readonly ({ readonly label: string; readonly cells: readonly string[] } | "gap")[];
  /** How large the whole is, where not all of it is shown. */
  readonly note: string | undefined;
}

export function tableHtml(table: Table): string {
  const { heads, rows, note } = shown(table);
  const head = heads.map((text) => `<th>${escapeHtml(text)}</th>`).join("");
  const body = rows.map((row) => {
    const { label, cells } = row === "gap" ? { label: "...", cells: heads.map(() => "...") } : row;
    return `<tr><th>${escapeHtml(label)}</th>${cells.map((text) => `<td>${escapeHtml(text)}</td>`).join("")}</tr>`;
  });
  return (
    `<table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join("")}</tbody></table>` +
    (note === undefined ? "" : `<p>${note}</p>`)
  );
}

export function tableText(table: Table): string {
  const { heads, rows, note } = shown(table);
  const lines = [
    ["", ...heads],
    ...rows.map((row) => (row === "gap" ? ["...", ...heads.map(() => "...")] : [row.label, ...row.cells])),
  ];
  return `${alignedText(lines)}${note === undefined ? "" : `\n${note}`}`;
}

export function tableBundle(table: Table): Bundle {
  return { "text/html": tableHtml(table), "text/plain": tableText(table) };
}

/** Lines of cells below each other. */
export function alignedText(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines)
    line.forEach((text, at) => {
      widths[at] = Math.max(widths[at] ?? 0, text.length);
    });
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shown(table: Table): Shown {
  const { rowCount } = table;
  const columnCount = table.columns.length;
  const isLong = rowCount > mostRows;
  const isWide = columnCount > mostColumns;
  const row = (at: number) => {
    const cells = table.row(at).slice(0, mostColumns).map(cellText);
    return { label: table.label(at), cells: isWide ? [...cells, "..."] : cells };
  };
  const range = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => row(from + index));
  const half = mostRows / 2;
  const heads = table.columns.slice(0, mostColumns);
  return {
    heads: isWide ? [...heads, "..."] : heads,
    rows: isLong ? [...range(0, half), "gap", ...range(rowCount - half, rowCount)] : range(0, rowCount),
    note: isLong || isWide ? `${rowCount} rows x ${columnCount} columns` : undefined,
  };
}

/** A cell's value in a line. */
export function cellText(value: unknown): string {
  if (value === undefined) return "";
  const text =
    value === computed
      ? "[Getter]"
      : typeof value === "string"
        ? value
        : typeof value === "bigint"
          ? String(value)
          : safeInspect(value, {
              depth: 1,
              maxArrayLength: 10,
              maxStringLength: longestCell,
              breakLength: Infinity,
            });
  const line = text.replace(/\s*\n\s*/g, " ");
  return line.length > longestCell ? `${line.slice(0, longestCell)}...` : line;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
