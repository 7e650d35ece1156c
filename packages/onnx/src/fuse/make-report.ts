import { type Node, partsReader, type Weights } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { elementSize } from "../model/data-type.js";
import type { SourceModel } from "../model/model.js";
import type { ModelEdits } from "../write/edits.js";
import { modelPieces } from "../write/model-pieces.js";
import type { NewTensor } from "../write/new-tensor.js";
import { skeletonOf } from "../write/skeleton.js";
import { inside } from "../write/store.js";
import type { Chain } from "./chains.js";
import type { Emitted } from "./new-nodes.js";
import type { OnnxRefusal, OnnxRegion, OnnxReport, OnnxWeightRange } from "./report.js";
import { reportText } from "./report-text.js";
import { widen } from "./stored-kernel.js";
import type { StoredTerm } from "./stored-term.js";
import { bytesOutside, totalsOf } from "./totals.js";

/** What was done, and what was not. */
interface Done {
  readonly regions: readonly OnnxRegion[];
  readonly refusals: readonly OnnxRefusal[];
  readonly putBack: readonly OnnxRefusal[];
}

/** The report on a model before and after its edits. */
export function reportOf(
  source: SourceModel,
  edits: ModelEdits,
  done: Done,
  inputShapes: Readonly<Record<string, readonly number[]>>,
): OnnxReport {
  const before = totalsOf(source, source.message.bytes.length + bytesOutside(source), inputShapes);
  const bytes = modelPieces(source, edits, inside).length + bytesOutside(source, edits);
  const after = edits.size === 0 ? before : totalsOf(skeletonOf(source, edits), bytes, inputShapes);
  const report = { before, after, ...done };
  return { ...report, toString: () => reportText(report) };
}

/** What a report says of a region that was replaced. */
export function regionOf(
  { origins }: ConvertedGraph,
  { replacement: { nodes, atGivenSizes }, onFeatures }: Chain,
  terms: readonly StoredTerm[],
  { operations, tensors }: Emitted,
  ratio: number | undefined,
  output: string,
): OnnxRegion {
  const held = onFeatures?.nodes ?? nodes;
  const weights = held.flatMap(({ op }) => (op.kind === "conv" || op.kind === "matrix" ? [op.weight] : []));
  return {
    output,
    nodes: [...new Set(nodes.map((node) => origins.get(node)))].map(
      (node) => node?.name || (node?.outputs[0] ?? ""),
    ),
    becomes: operations.map(({ type }) => type),
    parameters: {
      before: held.reduce((sum, { op }) => sum + numbersOf(op), 0),
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

function numbersOf(op: Node["op"]): number {
  const size = (shape: readonly number[] | undefined): number =>
    shape === undefined ? 0 : shape.reduce((product, length) => product * length, 1);
  if (op.kind === "conv" || op.kind === "matrix") return size(op.weight.shape) + size(op.bias?.shape);
  if (op.kind !== "affine") return 0;
  return [op.before, op.factor, op.after].reduce<number>(
    (sum, values) => sum + (typeof values === "number" ? 0 : values.length),
    0,
  );
}

function elements({ length, type }: NewTensor): number {
  return length / (elementSize(type) as number);
}

/** So many weights are looked at together: a cache holds them. */
const together = 2 ** 15;

function extremesOf(weights: Weights): OnnxWeightRange {
  const read = partsReader(weights);
  const size = weights.shape.reduce((product, length) => product * length, 1);
  const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (let start = 0; start < size; start += together)
    widen(range, read(start, Math.min(start + together, size)));
  return range;
}

function rangeOf(ranges: readonly OnnxWeightRange[]): OnnxWeightRange {
  const min = Math.min(...ranges.map((range) => range.min));
  const max = Math.max(...ranges.map((range) => range.max));
  return min <= max ? { min, max } : { min: 0, max: 0 };
}
