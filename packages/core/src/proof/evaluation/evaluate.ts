import { isConnected } from "../../nn/composition.js";
import { operationOf } from "../../nn/layer.js";
import type { Module } from "../../nn/module.js";
import { evaluateOp } from "./evaluate-op.js";
import { float32Layers, narrowed, type Wide, widened } from "./wide.js";

/**
 * Computes a module in float64, layer by layer as it stands, folding nothing; beside each value the most by
 * which float32 layers that sum in float64 can be off, by running error analysis: every layer rounds its
 * outputs, and every weight was rounded once.
 *
 * A layer that is not known runs in float32, and nothing is said of its error.
 * @throws {ShapeError} if the module does not accept x
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3
 */
export function evaluate(module: Module, x: Wide): Wide {
  if (isConnected(module)) {
    const children = module.children();
    return module.connect(x, {
      child: (name, input) => evaluate(children.get(name) as Module, input),
      meet: (op, inputs) => evaluateOp(op, inputs, float32Layers),
    });
  }
  const op = operationOf(module);
  if (op !== undefined && op.kind !== "opaque") return evaluateOp(op, [x], float32Layers);
  const out = widened(module.forward(narrowed(x)));
  out.errors.fill(Number.POSITIVE_INFINITY);
  return out;
}
