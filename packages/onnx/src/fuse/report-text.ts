import type { OnnxReport, OnnxTotals } from "./report.js";

/** The report as a few lines of text. */
export function reportText({
  before,
  after,
  regions,
  refusals,
  putBack,
}: Omit<OnnxReport, "toString">): string {
  const rows = (Object.keys(labels) as (keyof OnnxTotals)[]).flatMap((key) => {
    const [old, now] = [before[key], after[key]];
    return old === undefined || now === undefined ? [] : [`${labels[key]}: ${old} -> ${now}`];
  });
  const head = regions.length === 0 ? "nothing to fuse" : `${regions.length} regions fused`;
  return [
    head,
    ...rows,
    ...regions.map(
      ({ nodes, becomes, output }) => `${nodes.join(" + ")} -> ${becomes.join(" + ")} (${output})`,
    ),
    ...putBack.map(({ path, reason }) => `put back: ${path}: ${reason}`),
    ...refusals.map(({ path, reason }) => `not fused: ${path}: ${reason}`),
  ].join("\n");
}

const labels: Readonly<Record<keyof OnnxTotals, string>> = {
  nodes: "nodes",
  convolutions: "convolutions",
  norms: "norms",
  parameters: "parameters",
  bytes: "bytes",
  multiplyAdds: "multiply-adds",
};
