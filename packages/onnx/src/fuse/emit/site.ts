import { DataType, elementSize } from "../../model/data-type.js";
import { encode } from "../../model/elements.js";
import type { NewTensor } from "../../write/new-tensor.js";
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

/** A list of int64, under a name that begins as asked. */
export function integers(values: readonly number[], name: string, { names }: Pick<Site, "names">): NewTensor {
  return {
    name: names.fresh(name),
    type: DataType.int64,
    dims: [values.length],
    length: values.length * (elementSize(DataType.int64) as number),
    make: () => [encode(Float64Array.from(values), DataType.int64)],
  };
}
