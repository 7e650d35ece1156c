import { readBytes } from "#host/files.js";
import { toBase64 } from "#host/runtime/bytes.js";
import { safeInspect } from "../errors/thrown.js";
import { imageType } from "../show/images.js";
import { alignedText, escapeHtml } from "../show/table-view.js";

const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself as the result of a cell. */
export interface Displayable {
  readonly bundle: { readonly [mime: string]: unknown };
}

function displayable(bundle: { readonly [mime: string]: unknown }): Displayable {
  // The method is hidden, so that printing the value does not show it.
  return Object.defineProperty({ bundle }, displaySymbol, { value: () => bundle });
}

function joined(text: string | TemplateStringsArray, values: readonly unknown[]): string {
  return typeof text === "string" ? text : String.raw({ raw: text }, ...values);
}

export function html(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable {
  const source = joined(text, values);
  return displayable({ "text/html": source, "text/plain": source });
}

export function markdown(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable {
  const source = joined(text, values);
  return displayable({ "text/markdown": source, "text/plain": source });
}

export function json(value: unknown): Displayable {
  return displayable({ "application/json": value, "text/plain": safeInspect(value) });
}

export function svg(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable {
  const source = joined(text, values);
  return displayable({ "image/svg+xml": source, "text/plain": source });
}

export function image(source: string | URL | Uint8Array): Displayable {
  const bytes =
    typeof source === "string" || source instanceof URL ? readBytes(source) : new Uint8Array(source);
  const mime = imageType(bytes) ?? (isSvg(bytes) ? "image/svg+xml" : undefined);
  if (mime === undefined)
    throw new TypeError(
      `jupyter.image: expects a PNG, JPEG, GIF, WebP or SVG; got ${bytes.length} bytes that start with ` +
        `[${[...bytes.subarray(0, 4)].join(", ")}]`,
    );
  const content = mime === "image/svg+xml" ? utf8(bytes) : toBase64(bytes);
  return displayable({ [mime]: content, "text/plain": `[${mime}, ${bytes.length} bytes]` });
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function isSvg(bytes: Uint8Array): boolean {
  return /^\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(utf8(bytes.subarray(0, 300)));
}

/** Nobody reads as many; rows that never end would fill the memory. */
const mostRows = 100_000;

/** Rows as an HTML table; columns are those of all rows, in the order of their first appearance. */
export function table(rows: Iterable<object>, columns?: readonly string[]): Displayable {
  const list: object[] = [];
  for (const row of rows) {
    if (list.length === mostRows) throw new RangeError(`jupyter.table: at most ${mostRows} rows; got more`);
    list.push(row);
  }
  const names = columns ?? [...new Set(list.flatMap((row) => Object.keys(row)))];
  const cells = list.map((row) =>
    names.map((name) => shown((row as { readonly [key: string]: unknown })[name])),
  );
  const head = names.map((name) => `<th>${escapeHtml(name)}</th>`).join("");
  const body = cells
    .map((row) => `<tr>${row.map((text) => `<td>${escapeHtml(text)}</td>`).join("")}</tr>`)
    .join("");
  return displayable({
    "text/html": `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
    "text/plain": alignedText([names, ...cells]),
  });
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : safeInspect(value);
}
