import { now } from "../../now.js";
import { ownerId } from "../../runtime/runs.js";
import { write } from "../../runtime/streams.js";
import { formatWithOptions, inspect } from "./inspect.js";

type Values = readonly unknown[];

/** `console` as Node has it: what it prints goes to the cell that calls it. */
export function replaceConsole(): void {
  let indent = "";
  const counts = new Map<string, number>();
  const starts = new Map<string, number>();
  const print = (name: "stdout" | "stderr", text: string): void => {
    const lines = indent === "" ? text : text.replace(/^/gm, indent);
    write(ownerId(), name, `${lines}\n`);
  };
  const format = (values: Values): string => formatWithOptions({}, ...(values as [unknown, ...unknown[]]));
  const out = (...values: Values): void => print("stdout", format(values));
  const error = (...values: Values): void => print("stderr", format(values));
  const elapsed = (label: string): string => {
    const milliseconds = now() - (starts.get(label) ?? now());
    return milliseconds < 1000
      ? `${label}: ${Number(milliseconds.toFixed(3))}ms`
      : `${label}: ${(milliseconds / 1000).toFixed(3)}s`;
  };
  const group = (...values: Values): void => {
    if (values.length > 0) out(...values);
    indent += "  ";
  };
  const replacement = {
    log: out,
    info: out,
    debug: out,
    error,
    warn: error,
    trace: (...values: Values) => error(`Trace${values.length > 0 ? `: ${format(values)}` : ""}`),
    dir: (value: unknown, options?: object) =>
      print("stdout", inspect(value, { customInspect: false, ...options })),
    dirxml: out,
    assert: (condition?: unknown, ...values: Values) => {
      if (condition) return;
      if (typeof values[0] === "string") error(`Assertion failed: ${values[0]}`, ...values.slice(1));
      else error("Assertion failed", ...values);
    },
    group,
    groupCollapsed: group,
    groupEnd: () => {
      indent = indent.slice(2);
    },
    count: (label = "default") => {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      out(`${label}: ${count}`);
    },
    countReset: (label = "default") => {
      counts.delete(label);
    },
    time: (label = "default") => {
      starts.set(label, now());
    },
    timeLog: (label = "default", ...values: Values) => out(elapsed(label), ...values),
    timeEnd: (label = "default") => {
      out(elapsed(label));
      starts.delete(label);
    },
    table: (value: unknown, columns?: readonly string[]) => {
      const text = tableText(value, columns);
      if (text === undefined) out(value);
      else print("stdout", text);
    },
    clear: () => {},
  };
  Object.assign(console, replacement);
}

/** A value as `console.table` draws it; undefined for what is no table. */
function tableText(value: unknown, columns: readonly string[] | undefined): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const isMap = value instanceof Map;
  const isSet = value instanceof Set;
  const entries: readonly (readonly [unknown, unknown])[] = isMap
    ? [...value].map((entry, at) => [at, entry] as const)
    : isSet
      ? [...value].map((item, at) => [at, item] as const)
      : Object.entries(value);
  const cell = (item: unknown): string =>
    inspect(item, { maxArrayLength: 3, breakLength: Number.POSITIVE_INFINITY, depth: 0 });
  const head = [isMap || isSet ? "(iteration index)" : "(index)"];
  const keys: string[] = [...(columns ?? [])];
  let hasValues = false;
  if (!columns && !isMap)
    for (const [, item] of entries)
      if (typeof item === "object" && item !== null) {
        for (const key of Object.keys(item)) if (!keys.includes(key)) keys.push(key);
      } else hasValues = true;
  const rows = entries.map(([index, item]) => {
    if (isMap) return [String(index), ...(item as [unknown, unknown]).map(cell)];
    const isRecord = typeof item === "object" && item !== null;
    const record = item as { readonly [key: string]: unknown };
    const cells = keys.map((key) => (isRecord && Object.hasOwn(record, key) ? cell(record[key]) : ""));
    return [String(index), ...cells, ...(hasValues ? [isRecord ? "" : cell(item)] : [])];
  });
  head.push(...(isMap ? ["Key", "Values"] : keys), ...(hasValues ? ["Values"] : []));
  const widths = head.map(
    (title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length)) + 2,
  );
  const line = (row: readonly string[]): string =>
    `│${row.map((text, at) => ` ${text.padEnd((widths[at] ?? 0) - 1)}`).join("│")}│`;
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  return [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...rows.map(line), rule("└", "┴", "┘")].join(
    "\n",
  );
}
