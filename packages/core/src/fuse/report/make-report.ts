import { type Cost, cost, countLayers, countTensors, type LayerCost } from "../../nn/cost.js";
import type { Module } from "../../nn/module.js";
import { letShow } from "../../shown.js";
import { rowMajorData } from "../../tensor/layout.js";
import { type FusedNote, type Notes, rangeOf, type WeightRange } from "./notes.js";
import type { FusedSubtree, FusionReport, Totals } from "./report.js";
import { reportText } from "./report-text.js";

/** Counts both sides, in all and for every subtree that became one layer. */
export function fusionReport(
  before: Module,
  after: Module,
  notes: Notes,
  inputShape?: readonly number[],
): FusionReport {
  const costs = inputShape && ([cost(before, inputShape), cost(after, inputShape)] as const);
  const report = {
    inputShape: inputShape && [...inputShape],
    before: totals([before], [""], costs?.[0]),
    after: totals([after], [""], costs?.[1]),
    fused: notes.fused.map((note) => fusedSubtree(note, costs)),
    refused: notes.refused,
  };
  letShow(report, { text: reportText, brief: () => "FusionReport", html: () => undefined });
  return report;
}

function fusedSubtree(note: FusedNote, costs?: readonly [Cost, Cost]): FusedSubtree {
  let ranges: readonly WeightRange[] | undefined;
  return {
    path: note.path,
    sources: note.sources,
    before: totals(note.before, note.sources, costs?.[0]),
    after: totals([note.after], [note.path], costs?.[1]),
    // Branches are folded for it once more: only where somebody asks.
    get rangesBefore() {
      ranges ??= note.ranges();
      return ranges;
    },
    rangeAfter: rangeAfter(note),
    atGivenSizes: note.atGivenSizes,
  };
}

/** Of one layer, or of the convolutions of a sum. */
function rangeAfter({ path, after }: FusedNote): WeightRange {
  const weights = [...after.parameters()].filter(([name]) => /(^|\.)weight$/.test(name));
  const ranges = weights.map(([, weight]) => rangeOf(path, rowMajorData(weight)));
  return {
    path,
    min: Math.min(...ranges.map(({ min }) => min)),
    max: Math.max(...ranges.map(({ max }) => max)),
  };
}

function totals(modules: readonly Module[], paths: readonly string[], counted?: Cost): Totals {
  const { parameters, buffers } = countTensors(modules);
  const layers = counted?.layers.filter((layer) => paths.some((path) => isBelow(layer.path, path)));
  const sum = (value: (layer: LayerCost) => number): number | undefined =>
    layers?.reduce((total, layer) => total + value(layer), 0);
  return {
    parameters,
    buffers,
    weightBytes: 4 * (parameters + buffers),
    layers: modules.reduce((count, module) => count + countLayers(module), 0),
    macs: sum((layer) => layer.macs),
    activationBytes: sum((layer) => layer.activationBytes),
  };
}

function isBelow(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}.`);
}
