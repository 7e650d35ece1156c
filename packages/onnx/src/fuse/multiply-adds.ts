import type { FusedTerm, LinearForm, Node, Replacement, Value } from "@convfuse/core";
import { contextOf } from "../convert/context.js";
import { type ConvertedGraph, convertGraph } from "../convert/of-graph.js";
import type { SourceModel } from "../model/model.js";
import { isDiagonal } from "./plan/form.js";

/** Multiply-adds of a network's own graph; undefined: a size is missing. */
export type MultiplyAdds = number | undefined;

/** What becomes of a graph. */
interface Change {
  /** The nodes that are still computed. */
  readonly live: ReadonlySet<Node>;
  /** By the value that is computed in another way. */
  readonly replaced: ReadonlyMap<Value, Replacement>;
}

/** Of a network as it stands, at sizes of its inputs. */
export function multiplyAddsAt(
  model: SourceModel,
  inputShapes: Readonly<Record<string, readonly number[]>>,
): MultiplyAdds {
  return multiplyAddsOf(convertGraph(model.graph.value, contextOf(model, model.opset, inputShapes)));
}

/** Of a graph as it stands, or once it is changed: no other value has another shape for it. */
export function multiplyAddsOf(converted: ConvertedGraph, change?: Change): MultiplyAdds {
  const works = converted.graph.nodes.flatMap((node): readonly MultiplyAdds[] => {
    const [output] = node.outputs;
    const replacement = output && change?.replaced.get(output);
    if (output !== undefined && replacement !== undefined)
      return replacement.terms.map((term) => ofTerm(term, output, converted));
    return change === undefined || change.live.has(node) ? [ofNode(node, converted)] : [];
  });
  let sum = 0;
  for (const work of works) {
    if (work === undefined) return undefined;
    sum += work;
  }
  return sum;
}

function ofNode({ op, inputs, outputs }: Node, converted: ConvertedGraph): MultiplyAdds {
  if (op.kind === "matrix") return times(sizeOf(outputs[0], converted), op.inFeatures);
  return op.kind === "conv" ? ofForm(op, op.transposed, inputs[0], outputs[0], converted) : 0;
}

/** Each term of a sum has the sum's shape. */
function ofTerm({ base, convolution }: FusedTerm, output: Value, converted: ConvertedGraph): MultiplyAdds {
  if (convolution === undefined || isDiagonal(convolution.form)) return 0;
  const { form, along } = convolution;
  // Matrices that tokens are multiplied by are no operation of the graph, and not counted where they stand
  // either.
  if (along === "last") return 0;
  const isTransposed = form.axes.some(({ upsampling }) => upsampling > 1);
  return ofForm(form, isTransposed, base, output, converted);
}

/**
 * A transposed convolution uses its kernel once for each number that it reads, others once for each that they
 * give.
 */
function ofForm(
  {
    axes,
    inChannels,
    outChannels,
    groups,
  }: Pick<LinearForm, "axes" | "inChannels" | "outChannels" | "groups">,
  isTransposed: boolean,
  input: Value | undefined,
  output: Value | undefined,
  converted: ConvertedGraph,
): MultiplyAdds {
  const taps = axes.reduce((product, { size }) => product * size, 1);
  return isTransposed
    ? times(sizeOf(input, converted), (outChannels / groups) * taps)
    : times(sizeOf(output, converted), (inChannels / groups) * taps);
}

function sizeOf(value: Value | undefined, { facts }: ConvertedGraph): number | undefined {
  const shape = value && facts.get(value)?.shape;
  return shape?.every((dim) => typeof dim === "number")
    ? (shape as readonly number[]).reduce((product, dim) => product * dim, 1)
    : undefined;
}

function times(a: number | undefined, b: number): number | undefined {
  return a === undefined ? undefined : a * b;
}
