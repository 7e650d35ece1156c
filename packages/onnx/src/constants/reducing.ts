import type { Call } from "../facts/call.js";
import { reducedAxes } from "../facts/moved-shapes.js";
import { isFloat } from "../model/data-type.js";
import { computedConstant, sizeOf } from "./constant.js";
import { broadcastStrides, gathered } from "./indexing.js";
import type { ConstantRule } from "./rule.js";

/** Sums, means and norms over axes, as weight normalisation has them. */
export const reducing: Readonly<Record<string, ConstantRule>> = {
  ReduceSum: reduction((values) => values.reduce((sum, x) => sum + x, 0)),
  ReduceMean: reduction((values) => values.reduce((sum, x) => sum + x, 0) / values.length),
  ReduceL1: reduction((values) => values.reduce((sum, x) => sum + Math.abs(x), 0)),
  ReduceL2: reduction((values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))),
  ReduceSumSquare: reduction((values) => values.reduce((sum, x) => sum + x * x, 0)),
};

function reduction(of: (values: Float64Array) => number): ConstantRule {
  return (call: Call) => {
    const constant = call.inputs[0]?.constant;
    if (constant === undefined || !isFloat(constant.type) || constant.size === 0) return undefined;
    const axes = reducedAxes(call, constant.shape.length);
    if (axes === undefined) return undefined;
    const keeps = call.attributes.int("keepdims", 1) !== 0;
    const shape = constant.shape.flatMap((size, axis) => (!axes.has(axis) ? [size] : keeps ? [1] : []));
    const rest = constant.shape.filter((_, axis) => !axes.has(axis));
    const inner = constant.shape.filter((_, axis) => axes.has(axis));
    const length = sizeOf(inner);
    const strides = broadcastStrides(constant.shape, constant.shape);
    const order = [
      ...strides.filter((_, axis) => !axes.has(axis)),
      ...strides.filter((_, axis) => axes.has(axis)),
    ];
    return computedConstant(constant.type, shape, [constant], () => {
      const sorted = gathered(constant.read(), [...rest, ...inner], order);
      return Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
        of(sorted.subarray(i * length, (i + 1) * length)),
      );
    });
  };
}
