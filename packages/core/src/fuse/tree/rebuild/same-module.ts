import { operationOf } from "../../../nn/layer.js";
import type { Module } from "../../../nn/module.js";
import { rowMajorData } from "../../../tensor/layout.js";

/** Whether two modules are alike to the last bit: layers, options, tensors. */
export function sameModule(a: Module, b: Module): boolean {
  if (a === b) return true;
  if (a.constructor !== b.constructor || String(a) !== String(b) || imagesOf(a) !== imagesOf(b)) return false;
  const [tensors, others] = [a, b].map((module) => [...module.parameters(), ...module.buffers()]);
  return (tensors ?? []).every(([name, tensor], i) => {
    const [otherName, other] = others?.[i] ?? [];
    if (name !== otherName || other === undefined || tensor.size !== other.size) return false;
    const values = rowMajorData(other);
    return rowMajorData(tensor).every((value, at) => Object.is(value, values[at]));
  });
}

/** The images that a flattening takes, which it does not print. */
function imagesOf(module: Module): string {
  const op = operationOf(module);
  return op?.kind === "flatten" ? JSON.stringify(op.images ?? null) : "";
}
