import type { NewTensor } from "../../write/new-tensor.js";
import { emitConvolution } from "./emit-convolution.js";
import type { Emitted, NewOperation } from "./new-nodes.js";
import { operation, type Site } from "./site.js";
import type { StoredTerm } from "./stored-term.js";

/** Makes the nodes that compute a sum of convolutions. */
export function emitTerms(
  terms: readonly StoredTerm[],
  output: string,
  path: string,
  site: Site,
  nameOf: (term: StoredTerm) => string,
): Emitted {
  const operations: NewOperation[] = [];
  const tensors: NewTensor[] = [];
  const only = terms.length === 1;
  const added = terms.map((term) => {
    const { convolution } = term;
    if (convolution === undefined) return nameOf(term);
    const result = only ? output : site.names.fresh(`${output}.term`);
    const made = emitConvolution(convolution, nameOf(term), result, path, site);
    operations.push(...made.operations);
    tensors.push(...made.tensors);
    return result;
  });
  const [first, ...rest] = added as [string, ...string[]];
  if (only && operations.length === 0) {
    operations.push(operation("Identity", [first], output, path, site));
  }
  let sum = first;
  for (const [i, name] of rest.entries()) {
    const result = i === rest.length - 1 ? output : site.names.fresh(`${output}.sum`);
    operations.push(operation("Add", [sum, name], result, path, site));
    sum = result;
  }
  return { operations, tensors };
}
