import type { Op } from "../../../graph/op.js";
import { rowMajorData } from "../../../tensor/layout.js";
import type { Tensor } from "../../../tensor/tensor.js";

/** What batch normalisation holds. */
export interface BatchStatistics {
  readonly typeName: string;
  readonly eps: number;
  readonly training: boolean;
  /** gamma, [features] */
  readonly weight: Tensor | undefined;
  /** beta, [features] */
  readonly bias: Tensor | undefined;
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
}

/** Batch normalisation as (x - mean) gamma / sqrt(var + eps) + beta; opaque in training mode, where x itself decides. */
export function normalisation(norm: BatchStatistics, ranks: readonly number[]): Op {
  if (norm.training) {
    const reason = "in training mode it normalises with the batch's own statistics";
    return { kind: "opaque", name: norm.typeName, reason, children: [] };
  }
  const at = rowMajorData(norm.runningVar).findIndex((variance) => !(variance + norm.eps > 0));
  if (at >= 0) {
    const reason = `variance + eps must be above 0; got channel=${at}, variance=${norm.runningVar.get(at) + norm.eps}`;
    return { kind: "opaque", name: norm.typeName, reason, children: [] };
  }
  const gamma = norm.weight && rowMajorData(norm.weight);
  const variances = new Float64Array(rowMajorData(norm.runningVar));
  return {
    kind: "affine",
    before: new Float64Array(rowMajorData(norm.runningMean)).map((mean) => -mean),
    factor: variances.map((variance, c) => (gamma?.[c] ?? 1) / Math.sqrt(variance + norm.eps)),
    after: norm.bias === undefined ? 0 : new Float64Array(rowMajorData(norm.bias)),
    axis: "channels",
    ranks,
  };
}
