import type { OnnxRefusal, OnnxRegion, OnnxReport, OnnxTotals, OnnxWeightRange } from "./report.js";

/** Names that are written out of those that share a reason; the report itself has all. */
const namesShown = 3;

/**
 * How reasons of nodes begin that have nothing beside them that they could be merged with, which is nobody's
 * loss.
 */
const nothingNear = "nothing to merge with";

/** The report as a table and lists, in lines of 80 columns where names are not longer. */
export function reportText(report: Omit<OnnxReport, "toString">): string {
  const { regions, putBack, refusals } = report;
  const parts = [totalsTable(report), regionsTable(regions)];
  if (putBack.length > 0) parts.push(grouped("put back, and so as before", putBack));
  if (refusals.length > 0) parts.push(grouped("not fused", refusals));
  return parts.join("\n\n");
}

const labels: Readonly<Record<Exclude<keyof OnnxTotals, "notCounted">, string>> = {
  nodes: "nodes",
  convolutions: "convolutions",
  norms: "norms",
  parameters: "parameters",
  bytes: "bytes",
  multiplyAdds: "multiply-adds",
};

function totalsTable({ before, after }: Pick<OnnxReport, "before" | "after">): string {
  const rows = (Object.keys(labels) as (keyof typeof labels)[]).flatMap((key) => {
    const [old, now] = [before[key], after[key]];
    return old === undefined || now === undefined ? [] : [[labels[key], count(old), count(now)]];
  });
  const totals = table([["", "before", "after"], ...rows], ["left", "right", "right"]);
  if (before.multiplyAdds === undefined || before.notCounted.length === 0) return totals;
  const rest = `multiply-adds of ${before.notCounted.map(shown).join(", ")} are not counted`;
  return [totals, ...wrapped(rest, "")].join("\n");
}

function regionsTable(regions: readonly OnnxRegion[]): string {
  if (regions.length === 0) return "nothing to fuse";
  const ratios = regions.map(({ worstRatio }) => worstRatio);
  const proven = ratios.some((ratio) => ratio === undefined)
    ? "not verified"
    : `proven: the largest difference met is ${percent(largest(ratios as number[]))} of its error bound`;
  const rows = regions.map(({ nodes, becomes, output, weights, atGivenSizes }) => [
    `  ${shown(placeOf(nodes) || output)}`,
    `${nodes.length} -> ${becomes.join(" + ")}`,
    `${range(weights.before)} -> ${range(weights.after)}${atGivenSizes ? "  (at the given sizes only)" : ""}`,
  ]);
  const title = `${regions.length} ${regions.length === 1 ? "region" : "regions"} fused, ${proven}`;
  return `${title}\n${table([["  place", "nodes", "weights"], ...rows], ["left", "left", "left"])}`;
}

/**
 * What the names of a region's nodes have in common, up to the end of a part: where it lies in the network.
 */
function placeOf(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  if (rest.length === 0) return first;
  const parts = first.split("/");
  const shared = parts.findIndex((part, i) => rest.some((name) => name.split("/")[i] !== part));
  return parts.slice(0, shared < 0 ? parts.length : shared).join("/");
}

/**
 * Places by reason; reasons that differ only in names and numbers are shown once, as the first place has
 * them.
 */
function grouped(title: string, places: readonly OnnxRefusal[]): string {
  const byReason = groupBy(places, ({ reason }) => kindOf(reason));
  const lines = [...byReason.values()].flatMap((same) => {
    const names = same.slice(0, namesShown).map(({ path }) => shown(path));
    const more = same.length > names.length ? `, and ${same.length - names.length} more` : "";
    return [...wrapped(shown(same[0]?.reason ?? ""), "  "), `    ${names.join(", ")}${more}`];
  });
  return [title, ...lines].join("\n");
}

/** Words in lines of 80 columns. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)} ${word}`;
    if (longer === undefined || longer.length > 80) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A name without what would begin a line or command a terminal: a file may come from anywhere. */
function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

function kindOf(reason: string): string {
  return reason.startsWith(nothingNear) ? nothingNear : reason.replaceAll(/"[^"]*"|\d+/g, "");
}

function table(rows: readonly (readonly string[])[], align: readonly ("left" | "right")[]): string {
  const widths = align.map((_, i) => largest(rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell[align[i] === "left" ? "padEnd" : "padStart"](widths[i] as number))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * 1,234,567. The platform's own formatting loads its tables of languages first, which takes longer than all
 * the rest of a report.
 */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function range({ min, max }: OnnxWeightRange): string {
  return `${number(min)} to ${number(max)}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}

/** Of a list of any length, which arguments of a function are not. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
