import { partsReader, type Weights } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import type { Scope } from "../convert/scope.js";
import { elementSize, isFloat } from "../model/data-type.js";
import type { SourceNode } from "../model/graph.js";
import type { SourceModel } from "../model/model.js";
import type { ModelEdits } from "../write/edits.js";
import { modelPieces } from "../write/model-pieces.js";
import type { NewTensor } from "../write/new-tensor.js";
import { skeletonOf } from "../write/skeleton.js";
import { inside } from "../write/store.js";
import type { Emitted } from "./emit/new-nodes.js";
import { widenRange } from "./emit/stored-kernel.js";
import type { StoredTerm } from "./emit/stored-term.js";
import type { MultiplyAdds } from "./multiply-adds.js";
import type { Chain } from "./plan/chains.js";
import type { OnnxRefusal, OnnxRegion, OnnxReport, OnnxTotals, OnnxWeightRange } from "./report/report.js";
import { reportText } from "./report/report-text.js";
import { bytesOutside, totalsOf } from "./report/totals.js";

/** What was done, and what was not. */
interface Done {
  readonly regions: readonly OnnxRegion[];
  readonly refusals: readonly OnnxRefusal[];
  readonly putBack: readonly OnnxRefusal[];
}

/**
 * The report on a model before and after its edits.
 * @param work the multiply-adds of the model as it was, or as it is to become
 */
export function reportOf(
  source: SourceModel,
  edits: ModelEdits,
  done: Done,
  work: (model: SourceModel, isBefore: boolean) => MultiplyAdds,
): OnnxReport {
  const totals = (model: SourceModel, bytes: number): OnnxTotals => ({
    ...totalsOf(model, bytes),
    ...work(model, model === source),
  });
  const before = totals(source, source.message.bytes.length + bytesOutside(source));
  const bytes = modelPieces(source, edits, inside).length + bytesOutside(source, edits);
  const after = edits.size === 0 ? before : totals(skeletonOf(source, edits), bytes);
  const report = { before, after, ...done };
  return { ...report, toString: () => reportText(report) };
}

/** What a report says of a region that was replaced. */
export function regionOf(
  { origins, scope }: ConvertedGraph,
  { replacement: { nodes, atGivenSizes }, onFeatures }: Chain,
  terms: readonly StoredTerm[],
  { operations, tensors }: Emitted,
  ratio: number | undefined,
  output: string,
): OnnxRegion {
  const weights = (onFeatures?.nodes ?? nodes).flatMap(({ op }) =>
    op.kind === "conv" || op.kind === "matrix" ? [op.weight] : [],
  );
  const replaced = new Set(nodes.map((node) => origins.get(node)));
  return {
    output,
    nodes: [...replaced].map((node) => node?.name || (node?.outputs[0] ?? "")),
    becomes: operations.map(({ type }) => type),
    parameters: {
      before: heldBy(replaced, scope),
      after: tensors.reduce((sum, one) => sum + elements(one), 0),
    },
    weights: {
      before: rangeOf(weights.map(extremesOf)),
      after: rangeOf(
        terms.flatMap(({ convolution }) => (convolution === undefined ? [] : [convolution.stored().range])),
      ),
    },
    joinsBranches: nodes.some(({ op }) => op.kind === "add" || op.kind === "concat"),
    atGivenSizes,
    worstRatio: ratio,
  };
}

/** How many numbers the nodes of a region read that the file holds, those that several of them read once. */
function heldBy(nodes: ReadonlySet<SourceNode | undefined>, scope: Scope): number {
  const names = new Set([...nodes].flatMap((node) => node?.inputs ?? []).filter((name) => name !== ""));
  return [...names].reduce((sum, name) => {
    const { constant, type } = scope.lookup(name);
    return constant === undefined || !isFloat(type) ? sum : sum + sizeOf(constant.shape);
  }, 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function elements({ length, type }: NewTensor): number {
  return length / (elementSize(type) as number);
}

/** Weights that are looked at together: few enough for a cache. */
const together = 2 ** 15;

function extremesOf(weights: Weights): OnnxWeightRange {
  const read = partsReader(weights);
  const size = sizeOf(weights.shape);
  const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (let start = 0; start < size; start += together)
    widenRange(range, read(start, Math.min(start + together, size)));
  return range;
}

function rangeOf(ranges: readonly OnnxWeightRange[]): OnnxWeightRange {
  const min = Math.min(...ranges.map((range) => range.min));
  const max = Math.max(...ranges.map((range) => range.max));
  return min <= max ? { min, max } : { min: 0, max: 0 };
}
