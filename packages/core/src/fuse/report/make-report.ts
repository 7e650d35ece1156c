import { type Cost, cost, countLayers, countTensors, type LayerCost } from "../../nn/cost.js";
import { Scale } from "../../nn/layers/scale.js";
import { isAtOrBelow, type Module } from "../../nn/module.js";
import { letShow } from "../../shown.js";
import { rowMajorData } from "../../tensor/layout.js";
import {
  type Counted,
  type FusedNote,
  type Notes,
  type Refusal,
  rangeOf,
  type WeightRange,
} from "./notes.js";
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
    before: totals(whole(before), costs?.[0]),
    after: totals(whole(after), costs?.[1]),
    fused: notes.fused.map((note) => fusedSubtree(note, costs)),
    refused: distinct(notes.refused),
  };
  letShow(report, { text: reportText, brief: () => "FusionReport", html: () => undefined });
  return report;
}

/** Each refusal once: what a module that is used twice has against it holds in both places. */
function distinct(refused: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refused.map((refusal) => [JSON.stringify(refusal), refusal])).values()];
}

function whole(module: Module): Counted {
  return { paths: [""], modules: [module], meetings: [] };
}

function fusedSubtree(note: FusedNote, costs?: readonly [Cost, Cost]): FusedSubtree {
  let ranges: readonly WeightRange[] | undefined;
  return {
    path: note.path,
    sources: note.before.paths,
    before: totals(note.before, costs?.[0]),
    after: totals(note.made, costs?.[1]),
    // Branches are folded for it once more: only where somebody asks.
    get rangesBefore() {
      ranges ??= note.ranges();
      return ranges;
    },
    rangeAfter: rangeAfter(note),
    atGivenSizes: note.atGivenSizes,
  };
}

/** Of one layer, or of the layers of a sum. */
function rangeAfter({ path, made: { modules } }: FusedNote): WeightRange {
  const ranges = modules.flatMap((module) => {
    if (module instanceof Scale && typeof module.scale === "number") return rangeOf(path, [module.scale]);
    const weights = [...module.parameters()].filter(([name]) => name === "weight" || name === "scale");
    return weights.map(([, weight]) => rangeOf(path, rowMajorData(weight)));
  });
  // A sum of values as they are.
  if (ranges.length === 0) return rangeOf(path, [1]);
  return {
    path,
    min: Math.min(...ranges.map(({ min }) => min)),
    max: Math.max(...ranges.map(({ max }) => max)),
  };
}

function totals({ modules, paths, meetings }: Counted, counted?: Cost): Totals {
  const { parameters, buffers } = countTensors(modules);
  const layers = counted?.layers.filter(
    ({ path }) => meetings.includes(path) || paths.some((root) => isAtOrBelow(path, root)),
  );
  const sum = (value: (layer: LayerCost) => number): number | undefined =>
    layers?.reduce((total, layer) => total + value(layer), 0);
  return {
    parameters,
    buffers,
    weightBytes: 4 * (parameters + buffers),
    layers: modules.reduce((count, module) => count + countLayers(module), meetings.length),
    macs: sum((layer) => layer.macs),
    activationBytes: sum((layer) => layer.activationBytes),
  };
}
