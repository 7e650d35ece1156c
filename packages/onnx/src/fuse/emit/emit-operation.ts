import { type AffineOp, type Op, type PerChannel, perChannelValues } from "@convfuse/core";
import { encode } from "../../model/elements.js";
import type { NewTensor } from "../../write/new-tensor.js";
import type { Emitted, NewOperation } from "./new-nodes.js";
import { integers, operation, type Site } from "./site.js";

/**
 * Makes nodes for one operation of those that a node of the file is made of, where the others are gone (a Sub
 * whose second input was folded into a convolution is an Add now).
 * @param rank the number of axes of what flows
 */
export function emitOperation(
  op: Op,
  inputs: readonly string[],
  output: string,
  rank: number,
  path: string,
  site: Site,
): Emitted {
  const [x] = inputs as [string, ...string[]];
  switch (op.kind) {
    case "add":
      return { operations: additions(inputs, output, path, site), tensors: [] };
    case "flatten":
      return { operations: [operation("Flatten", [x], output, path, site, { axis: 1 })], tensors: [] };
    case "adaptiveMean":
      return { operations: [operation("GlobalAveragePool", [x], output, path, site)], tensors: [] };
    case "affine":
      return emitAffine(op, x, output, rank, path, site);
    case "concat":
      return { operations: [operation("Concat", inputs, output, path, site, { axis: 1 })], tensors: [] };
    case "pad":
      return emitPad(op.sides, x, output, path, site);
    case "identity":
      return { operations: [operation("Identity", [x], output, path, site)], tensors: [] };
    default:
      throw new TypeError(`a node of the file has no part that is ${op.kind}`);
  }
}

/** Zeros around an image. */
function emitPad(
  sides: readonly (readonly [before: number, after: number])[],
  x: string,
  output: string,
  path: string,
  site: Site,
): Emitted {
  const all = [[0, 0], [0, 0], ...sides] as const;
  const pads = [...all.map(([before]) => before), ...all.map(([, after]) => after)];
  if (site.opset < 11)
    return { operations: [operation("Pad", [x], output, path, site, { pads })], tensors: [] };
  const tensor = integers(pads, `${path}.fused.pads`, site);
  return { operations: [operation("Pad", [x, tensor.name], output, path, site)], tensors: [tensor] };
}

/** Sums of two, one after the other. */
export function additions(
  inputs: readonly string[],
  output: string,
  path: string,
  site: Site,
): NewOperation[] {
  const [first, ...rest] = inputs as [string, ...string[]];
  let sum = first;
  return rest.map((name, i) => {
    const result = i === rest.length - 1 ? output : site.names.fresh(`${output}.sum`);
    const added = operation("Add", [sum, name], result, path, site);
    sum = result;
    return added;
  });
}

function emitAffine(
  { before, factor, after }: AffineOp,
  x: string,
  output: string,
  rank: number,
  path: string,
  site: Site,
): Emitted {
  if (before === 0 && factor === -1 && after === 0) {
    return { operations: [operation("Neg", [x], output, path, site)], tensors: [] };
  }
  const steps: readonly (readonly [type: string, values: PerChannel, nothing: number])[] = [
    ["Add", before, 0],
    ["Mul", factor, 1],
    ["Add", after, 0],
  ];
  const needed = steps.filter(([, values, nothing]) => values !== nothing);
  const operations: NewOperation[] = [];
  const tensors: NewTensor[] = [];
  let input = x;
  for (const [i, [type, values]] of needed.entries()) {
    const result = i === needed.length - 1 ? output : site.names.fresh(`${output}.step`);
    const tensor = perChannelTensor(values, rank, path, site);
    const attributes: NewOperation["attributes"] = site.opset < 7 ? { broadcast: 1, axis: 1 } : {};
    operations.push(operation(type, [input, tensor.name], result, path, site, attributes));
    tensors.push(tensor);
    input = result;
  }
  return { operations, tensors };
}

function perChannelTensor(
  values: PerChannel,
  rank: number,
  path: string,
  { names, type, opset }: Site,
): NewTensor {
  const numbers = typeof values === "number" ? perChannelValues(values, 1) : values;
  const trailing = opset < 7 ? 0 : Math.max(rank - 2, 0);
  const dims = [numbers.length, ...new Array<number>(trailing).fill(1)];
  const bytes = encode(numbers, type);
  const name = names.fresh(`${path}.fused.constant`);
  return { name, type, dims, length: bytes.length, make: () => [bytes] };
}
