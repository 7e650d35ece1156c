import type { Table } from "./table-view.js";
import { classProperty, hasMethods, stored } from "./viewer.js";

/** The tables of apache-arrow, arquero and danfojs; those of polars bring a bundle of their own. */
export function frameTable(value: object): Table | undefined {
  if (hasMethods(value, ["getChildAt", "toArray"])) return arrowTable(value as ArrowTable);
  if (hasMethods(value, ["columnNames", "numRows", "objects"])) return arqueroTable(value as ArqueroTable);
  return danfoTable(value as DanfoFrame);
}

interface ArrowTable {
  readonly numRows?: unknown;
  readonly schema?: { readonly fields?: readonly { readonly name: string; readonly typeId: number }[] };
  getChildAt(column: number): { get(row: number): unknown } | null;
}

/** Arrow's numbers for types whose values are milliseconds. */
const times: readonly number[] = [8, 10];

function arrowTable(table: ArrowTable): Table | undefined {
  const { numRows, schema } = table;
  const fields = schema?.fields;
  if (typeof numRows !== "number" || !Array.isArray(fields)) return undefined;
  return {
    columns: fields.map(({ name }) => String(name)),
    rowCount: numRows,
    label: String,
    row: (at) =>
      fields.map(({ typeId }, column) => {
        const value = table.getChildAt(column)?.get(at);
        return typeof value === "number" && times.includes(typeId) ? isoTime(value) : value;
      }),
  };
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

interface ArqueroTable {
  columnNames(): readonly string[];
  numRows(): number;
  objects(options: {
    readonly limit: number;
    readonly offset: number;
  }): readonly { readonly [name: string]: unknown }[];
}

function arqueroTable(table: ArqueroTable): Table {
  const columns = table.columnNames();
  return {
    columns,
    rowCount: table.numRows(),
    label: String,
    // Filtered and sorted as the table is.
    row: (at) => {
      const [record] = table.objects({ limit: 1, offset: at });
      return columns.map((name) => record?.[name]);
    },
  };
}

interface DanfoFrame {
  readonly columns: readonly unknown[];
  readonly index: readonly unknown[];
  readonly values: readonly unknown[];
}

/** A DataFrame or a Series of danfojs, whose classes compute `values`, `columns` and `index`. */
function danfoTable(frame: DanfoFrame): Table | undefined {
  if (!Array.isArray(stored(frame, "$data")) || !Array.isArray(stored(frame, "$columns"))) return undefined;
  const { columns, index, values } = frame;
  if (![columns, index, values].every(Array.isArray)) return undefined;
  const row = (at: number): readonly unknown[] => {
    const cells = values[at];
    return Array.isArray(cells) ? cells : [cells];
  };
  const shape = classProperty(frame, "shape");
  return {
    columns: columns.map(String),
    rowCount: Array.isArray(shape) ? Number(shape[0]) : values.length,
    label: (at) => String(index[at]),
    row,
  };
}
