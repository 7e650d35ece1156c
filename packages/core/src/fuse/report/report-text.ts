import type { FusionReport, Totals } from "./report.js";

/**
 * The report as text, in lines of at most 80 characters (but for long names): what changed as a table, then
 * each fused subtree, then each refused one.
 */
export function reportText(report: Omit<FusionReport, "toString">): string {
  const { inputShape, before, after, fused, refused } = report;
  const lines = [
    ...table(
      ["", "before", "after"],
      rows(before, after, inputShape !== undefined).map(([name, a, b]) => [name, count(a), count(b)]),
    ),
    ...(inputShape ? [`for one input of [${inputShape.join(", ")}]`] : []),
    "",
    `fused: ${fused.length} ${fused.length === 1 ? "subtree" : "subtrees"}`,
    ...table(
      ["subtree", "layers", "parameters", "weights"],
      fused.flatMap(({ path, before: a, after: b, rangesBefore, rangeAfter }) => [
        [
          shown(path),
          `${a.layers} -> ${b.layers}`,
          `${count(a.parameters)} -> ${count(b.parameters)}`,
          interval(rangeAfter),
        ],
        ...rangesBefore.map((range) => [`  from ${shown(range.path)}`, "", "", interval(range)]),
      ]),
    ),
    ...atGivenSizes(report),
    `refused: ${refused.length} ${refused.length === 1 ? "subtree" : "subtrees"}`,
    ...refused.flatMap(({ path, reason }) => wrapped(`  ${shown(path)}: ${reason}`)),
  ];
  return lines.join("\n");
}

/** Which of the fused subtrees are exact at the given inputShape only. */
function atGivenSizes({ fused }: Pick<FusionReport, "fused">): readonly string[] {
  const places = fused.filter((one) => one.atGivenSizes).map(({ path }) => shown(path));
  return places.length === 0 ? [] : wrapped(`exact at that input's sizes only: ${places.join(", ")}`);
}

const lineWidth = 80;

/** A line broken between words, what follows indented further. */
function wrapped(line: string): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(/(?<=\S) /)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lineWidth)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `    ${word}`);
  }
  return lines;
}

type Row = readonly [name: string, before: number, after: number];

function rows(before: Totals, after: Totals, counted: boolean): readonly Row[] {
  const always: readonly Row[] = [
    ["layers", before.layers, after.layers],
    ["parameters", before.parameters, after.parameters],
    ["buffers", before.buffers, after.buffers],
    ["weight bytes", before.weightBytes, after.weightBytes],
  ];
  if (!counted) return always;
  return [
    ...always,
    ["MACs", before.macs as number, after.macs as number],
    ["activation bytes", before.activationBytes as number, after.activationBytes as number],
  ];
}

/** Columns as wide as they need; the first one flush left, numbers flush right. */
function table(header: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  if (body.length === 0) return [];
  const all = [header, ...body];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
      )
      .join("  ")
      .trimEnd(),
  );
}

function shown(path: string): string {
  return path === "" ? "(whole)" : path;
}

function interval({ min, max }: { readonly min: number; readonly max: number }): string {
  return `[${short(min)}, ${short(max)}]`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A whole number with its thousands apart. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
