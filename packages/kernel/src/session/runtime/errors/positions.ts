import { applyEdits, mapOffset } from "../../edits.js";
import type { PositionMap } from "../../unit.js";

/** Counted from 1, as stack traces count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Decoded {
  readonly runs: readonly number[];
  /** Of the code that runs. */
  readonly length: number;
  readonly emitted: readonly number[];
  readonly compiled: readonly number[];
  readonly source: readonly number[];
  readonly segments: readonly (readonly Segment[])[];
}

/** A place in the emitted JavaScript and the one in the source that it came from, counted from 0. */
interface Segment {
  readonly column: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

const decoded = new WeakMap<PositionMap, Decoded>();

/** Leads a position of code that runs back to the user's text; undefined for what only the kernel wrote. */
export function sourcePosition(map: PositionMap, line: number, column: number): Position | undefined {
  const tables = tablesOf(map);
  const offset = (tables.runs[line - 1] ?? 0) + column - 1;
  const emittedAt = mapOffset(map.edits, offset);
  if (emittedAt.edit?.isOwnCall) return undefined;
  const emitted = place(tables.emitted, calleeStart(map, emittedAt.offset));
  const segments = tables.segments[emitted.line - 1];
  const segment = segments?.findLast((candidate) => candidate.column <= emitted.column - 1);
  if (!segment) return undefined;
  const compiled = (tables.compiled[segment.sourceLine] ?? 0) + segment.sourceColumn;
  return place(tables.source, mapOffset(map.sourceEdits, compiled).offset);
}

/** The same of a place where the program can stop; undefined also for statements of the kernel's own. */
export function stopPosition(map: PositionMap, line: number, column: number): Position | undefined {
  const { runs, length } = tablesOf(map);
  const offset = (runs[line - 1] ?? 0) + column - 1;
  if (offset >= length || mapOffset(map.edits, offset).edit?.isOwnCode) return undefined;
  return sourcePosition(map, line, column);
}

function tablesOf(map: PositionMap): Decoded {
  let tables = decoded.get(map);
  if (!tables) {
    const code = applyEdits(map.emitted, map.edits);
    tables = {
      runs: lineStarts(code),
      length: code.length,
      emitted: lineStarts(map.emitted),
      compiled: lineStarts(applyEdits(map.source, map.sourceEdits)),
      source: lineStarts(map.source),
      segments: decodeMappings(map.sourceMap),
    };
    decoded.set(map, tables);
  }
  return tables;
}

/**
 * What the user wrote for a stretch of the code that runs; without its types where the ends cannot be told.
 */
export function sourceText(map: PositionMap, code: string): string | undefined {
  const start = applyEdits(map.emitted, map.edits).indexOf(code);
  if (start < 0) return undefined;
  const tables = tablesOf(map);
  const [from, to] = [start, start + code.length].map((offset) => mapOffset(map.edits, offset).offset) as [
    number,
    number,
  ];
  const [first, last] = [from, to].map((offset) => {
    const { line, column } = place(tables.emitted, offset);
    const segment = tables.segments[line - 1]?.findLast((candidate) => candidate.column === column - 1);
    if (!segment) return undefined;
    const compiled = (tables.compiled[segment.sourceLine] ?? 0) + segment.sourceColumn;
    return mapOffset(map.sourceEdits, compiled).offset;
  });
  return first !== undefined && last !== undefined && first < last
    ? map.source.slice(first, last)
    : map.emitted.slice(from, to);
}

/** V8 places a call of `(0, f)` behind the callee, and one of `f` at its start. */
function calleeStart(map: PositionMap, offset: number): number {
  const callee = map.edits.find((edit) => edit.end === offset && edit.text.startsWith("(0, "));
  return callee ? callee.start : offset;
}

function place(starts: readonly number[], offset: number): Position {
  const line = starts.findLastIndex((start) => start <= offset);
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Reads the base-64 numbers of a version 3 source map with one source. */
function decodeMappings(sourceMap: string): readonly (readonly Segment[])[] {
  const { mappings } = JSON.parse(sourceMap || '{"mappings":""}') as { readonly mappings: string };
  let sourceLine = 0;
  let sourceColumn = 0;
  return mappings.split(";").map((line) => {
    let column = 0;
    const segments: Segment[] = [];
    for (const text of line.split(",")) {
      const [step, , lineStep, columnStep] = decodeNumbers(text);
      if (step === undefined) continue;
      column += step;
      if (lineStep === undefined || columnStep === undefined) continue;
      sourceLine += lineStep;
      sourceColumn += columnStep;
      segments.push({ column, sourceLine, sourceColumn });
    }
    return segments;
  });
}

function decodeNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = base64Digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
