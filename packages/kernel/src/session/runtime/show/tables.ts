import { safeInspect } from "../errors/thrown.js";
import { frameTable } from "./frames.js";
import { computed, type Table, tableBundle, tableHtml } from "./table-view.js";
import { type Bundle, isRecord } from "./viewer.js";

/** The first records, and as many of the last, are looked at for what they are and have. */
const sample = 100;

/** Tables of data packages; maps and arrays of records, whose text stays what Node prints. */
export function dataBundle(value: object): Bundle | undefined {
  const frame = frameTable(value);
  if (frame) return tableBundle(frame);
  const table = Array.isArray(value)
    ? recordsTable(value)
    : value instanceof Map
      ? mapTable(value)
      : undefined;
  return table && { "text/html": tableHtml(table), "text/plain": safeInspect(value) };
}

function recordsTable(list: readonly unknown[]): Table | undefined {
  const columns = columnsOf(list);
  if (!columns) return undefined;
  return {
    columns,
    rowCount: list.length,
    label: String,
    row: (at) => columns.map((name) => read(list[at], name)),
  };
}

function mapTable(map: ReadonlyMap<unknown, unknown>): Table | undefined {
  if (map.size === 0) return undefined;
  const entries = [...map];
  const values = entries.map(([, value]) => value);
  const columns = columnsOf(values);
  if (!columns && values.slice(0, sample).some(isNested)) return undefined;
  if (!columns)
    return { columns: ["key", "value"], rowCount: map.size, label: String, row: (at) => entries[at] ?? [] };
  return {
    columns: ["key", ...columns],
    rowCount: map.size,
    label: String,
    row: (at) => [entries[at]?.[0], ...columns.map((name) => read(values[at], name))],
  };
}

/** The names that plain records have; undefined where there are none, or other values among them. */
function columnsOf(values: readonly unknown[]): readonly string[] | undefined {
  const looked = values.length > 2 * sample ? [...values.slice(0, sample), ...values.slice(-sample)] : values;
  // Unlike `every`, this meets the holes of a sparse array.
  for (let at = 0; at < looked.length; at++) if (!isRecord(looked[at])) return undefined;
  const names = new Set((looked as readonly object[]).flatMap((record) => Object.keys(record)));
  return names.size === 0 ? undefined : [...names];
}

/** Whether a value has parts of its own, which a cell of a table would hide. */
function isNested(value: unknown): boolean {
  return (
    (typeof value === "object" && value !== null && !(value instanceof Date)) || typeof value === "function"
  );
}

/** A record's value; one that a getter would compute is not asked for. */
function read(record: unknown, name: string): unknown {
  if (!isRecord(record)) return undefined;
  const property = Object.getOwnPropertyDescriptor(record, name);
  return property && !("value" in property) ? computed : property?.value;
}
