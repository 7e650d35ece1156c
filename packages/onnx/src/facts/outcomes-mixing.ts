import { DataType } from "../model/data-type.js";
import { type Call, frontAxis, shapeOf } from "./call.js";
import { broadcastShape, type Dim } from "./dim.js";
import type { Outcome } from "./fact.js";
import { reducedAxes } from "./moved-shapes.js";
import type { OutcomeRule } from "./outcome-rule.js";

const reductions =
  "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare".split(
    " ",
  );

/** Products of matrices, reductions. */
export const mixing: Readonly<Record<string, OutcomeRule>> = {
  Gemm: (call) => {
    const [a, b] = [shapeOf(call, 0), shapeOf(call, 1)];
    const type = call.inputs[0]?.type ?? call.inputs[1]?.type;
    if (a?.length !== 2 || b?.length !== 2) return [{ type }];
    const rows = a[call.attributes.int("transA", 0) === 0 ? 0 : 1] as Dim;
    const columns = b[call.attributes.int("transB", 0) === 0 ? 1 : 0] as Dim;
    return [{ type, shape: [rows, columns] }];
  },

  MatMul: (call) => {
    const [a, b] = [shapeOf(call, 0), shapeOf(call, 1)];
    const type = call.inputs[0]?.type ?? call.inputs[1]?.type;
    if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return [{ type }];
    const front = broadcastShape(call.dims, [a.slice(0, -2), b.slice(0, -2)]);
    return [{ type, shape: [...front, a.at(-2) as Dim, b.at(-1) as Dim] }];
  },

  ...Object.fromEntries(reductions.map((name) => [name, (call: Call) => [reduced(call)]])),
  ArgMax: (call) => [indices(call)],
  ArgMin: (call) => [indices(call)],
};

function reduced(call: Call): Outcome {
  const type = call.inputs[0]?.type;
  const shape = shapeOf(call, 0);
  const axes = shape && reducedAxes(call, shape.length);
  if (shape === undefined || axes === undefined) return { type };
  const keeps = call.attributes.int("keepdims", 1) !== 0;
  return { type, shape: shape.flatMap((dim, axis) => (!axes.has(axis) ? [dim] : keeps ? [1] : [])) };
}

function indices(call: Call): Outcome {
  const shape = shapeOf(call, 0);
  const axis = shape && frontAxis(call.attributes.int("axis", 0), shape.length);
  if (shape === undefined || axis === undefined) return {};
  const keeps = call.attributes.int("keepdims", 1) !== 0;
  return { type: DataType.int64, shape: keeps ? shape.with(axis, 1) : shape.toSpliced(axis, 1) };
}
