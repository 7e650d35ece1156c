import type { Names } from "./names.js";
import type { NewOperation } from "./new-nodes.js";

/** Where nodes are made for: their types, names, and versions. */
export interface Site {
  readonly names: Names;
  readonly opset: number;
  /** The elements' type. */
  readonly type: number;
}

/** A node whose name nothing else in the file has. */
export function operation(
  type: string,
  inputs: readonly string[],
  output: string,
  path: string,
  { names }: Pick<Site, "names">,
  attributes: NewOperation["attributes"] = {},
): NewOperation {
  return { type, name: names.fresh(`${path}.fused`), inputs, output, attributes };
}
