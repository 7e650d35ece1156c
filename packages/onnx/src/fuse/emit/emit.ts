import type { NewTensor } from "../../write/new-tensor.js";
import type { Stood } from "../plan/stood.js";
import { emitConvolution } from "./emit-convolution.js";
import { additions } from "./emit-operation.js";
import type { Emitted, NewOperation } from "./new-nodes.js";
import { operation, type Site } from "./site.js";
import type { StoredTerm } from "./stored-term.js";

/**
 * Makes the nodes that compute a sum of convolutions.
 * @param stood what they take the place of
 */
export function emitTerms(
  terms: readonly StoredTerm[],
  output: string,
  path: string,
  site: Site,
  stood: Stood,
  nameOf: (term: StoredTerm) => string,
): Emitted {
  const operations: NewOperation[] = [];
  const tensors: NewTensor[] = [];
  const only = terms.length === 1;
  const added = terms.map((term) => {
    const { convolution } = term;
    if (convolution === undefined) return nameOf(term);
    const result = only ? output : site.names.fresh(`${output}.term`);
    const made = emitConvolution(convolution, nameOf(term), result, path, site, stood);
    operations.push(...made.operations);
    tensors.push(...made.tensors);
    return result;
  });
  if (added.length > 2 && stood.longSum) operations.push(operation("Sum", added, output, path, site));
  else if (added.length > 1) operations.push(...additions(added, output, path, site));
  else if (operations.length === 0) operations.push(operation("Identity", added, output, path, site));
  return { operations, tensors };
}
