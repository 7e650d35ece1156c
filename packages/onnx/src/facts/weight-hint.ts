import { attributesOf, type SourceNode } from "../model/graph.js";
import type { ReadExternal } from "../model/tensor.js";
import type { Dim } from "./dim.js";

/** Whether a node is a convolution of ONNX's own, transposed or not. */
export function isConvolution({ domain, type }: SourceNode): boolean {
  return domain === "" && (type === "Conv" || type === "ConvTranspose");
}

/**
 * What the shape of a convolution's weight says of its input, [batch, channels, ...sizes]: how many axes it
 * has, and its channels where they are known. Undefined: the weight is none.
 */
export function shapeReadBy(
  node: SourceNode,
  weight: readonly Dim[],
  { external }: { readonly external: ReadExternal | undefined },
): readonly (number | undefined)[] | undefined {
  const [first, second, ...sizes] = weight;
  if (sizes.length === 0) return undefined;
  const each = node.type === "Conv" ? second : first;
  const attributes = attributesOf(node, external);
  const groups = node.type === "Conv" ? attributes.int("group", 1) : 1;
  // How many groups there are may be for the caller of a function to say.
  const channels = typeof each === "number" && !attributes.refer ? each * groups : undefined;
  return [undefined, channels, ...sizes.map(() => undefined)];
}
