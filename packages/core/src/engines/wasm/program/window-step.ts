import type { LoweredWindow, WindowSpan } from "../../lowered.js";
import type { Step } from "../machine/records.js";
import { type Buffer, imagesOf } from "./buffers.js";

const absent: readonly WindowSpan[] = [{ first: 0, count: 1, step: 1, length: 1 }];

/** Windows along depth, rows and columns; an axis that is missing has one of size 1. */
function alongAxes({ windows }: LoweredWindow): readonly [Windows, Windows, Windows] {
  const [columns = absent, rows = absent, planes = absent] = windows.toReversed();
  return [planes, rows, columns];
}

type Windows = readonly WindowSpan[];

/**
 * For every output along depth, then rows, then columns: its first pixel, how many there are, their distance,
 * and what a mean divides by.
 */
export function windowTable(node: LoweredWindow): Int32Array {
  const all = alongAxes(node).flat();
  return Int32Array.from(all.flatMap(({ first, count, step, length }) => [first, count, step, length]));
}

/** The step that pools blocks. */
export function windowStep(node: LoweredWindow, x: Buffer, out: Buffer, table: number): Step {
  const [from, to] = [x.layout(), out.layout()];
  const [planes, rows, columns] = alongAxes(node);
  const { depth, batch } = imagesOf(x.value);
  return {
    kind: "window",
    units: batch * planes.length * to.blocks,
    record: {
      x: x.at + from.origin,
      xBatchStride: depth * from.imageStride,
      xImageStride: from.imageStride,
      xBlockStride: from.blockStride,
      xRowStride: from.rowStride,
      out: out.at + to.origin,
      outImageStride: to.imageStride,
      outBlockStride: to.blockStride,
      outRowStride: to.rowStride,
      blocks: to.blocks,
      outDepth: planes.length,
      outHeight: rows.length,
      outWidth: columns.length,
      table,
      mean: node.reduce === "mean" ? 1 : 0,
    },
  };
}
