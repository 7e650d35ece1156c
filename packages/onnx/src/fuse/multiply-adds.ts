import type { FusedTerm, LinearForm, Node, Replacement, Value } from "@convfuse/core";
import { contextOf, functionKey } from "../convert/context.js";
import { type ConvertedGraph, convertGraph } from "../convert/of-graph.js";
import type { Dim } from "../facts/dim.js";
import { attributesOf } from "../model/graph.js";
import type { SourceModel } from "../model/model.js";
import { isDiagonal } from "./plan/form.js";

/** Multiply-adds of a network's own graph. */
export interface MultiplyAdds {
  /** Undefined: a size is missing. */
  readonly multiplyAdds: number | undefined;
  /** Types of operators that multiply too, but nothing here tells how often. */
  readonly notCounted: readonly string[];
}

/** Of one operation; the type of its operator where nothing tells. */
type Work = number | undefined | string;

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
  const works = converted.graph.nodes.flatMap((node): readonly Work[] => {
    const [output] = node.outputs;
    const replacement = output && change?.replaced.get(output);
    if (output !== undefined && replacement !== undefined)
      return replacement.terms.map((term) => ofTerm(term, output, converted));
    return change === undefined || change.live.has(node) ? [ofNode(node, converted)] : [];
  });
  const notCounted = new Set<string>();
  let sum: number | undefined = 0;
  for (const work of works) {
    if (typeof work === "string") notCounted.add(work);
    else sum = sum === undefined || work === undefined ? undefined : sum + work;
  }
  return { multiplyAdds: sum, notCounted: [...notCounted].sort() };
}

function ofNode(node: Node, converted: ConvertedGraph): Work {
  const { op, inputs, outputs } = node;
  switch (op.kind) {
    case "matrix":
      return times(sizeOf(outputs[0], converted), op.inFeatures);
    case "conv":
      return ofForm(op, inputs[0], outputs[0], converted);
    case "opaque":
      return ofOpaque(node, converted);
    default:
      return 0;
  }
}

/** Operators of ONNX's own that multiply as often as it takes more than shapes to say. */
const others: ReadonlySet<string> = new Set(
  "Attention ConvInteger DeformConv Einsum GRU If LSTM Loop MatMulInteger QLinearConv QLinearMatMul RNN Scan".split(
    " ",
  ),
);

/**
 * Of what is no operation of the graph: a matrix times tokens, activations times each other, weights that
 * the network computes. What is not of ONNX's own may be anything.
 */
function ofOpaque(node: Node, { origins, scope, context }: ConvertedGraph): Work {
  const source = origins.get(node);
  if (source === undefined) return 0;
  const { domain, type, inputs, outputs } = source;
  if (domain !== "" || others.has(type) || context.functions.has(functionKey(domain, type))) return type;
  const shapeOf = (name = ""): readonly Dim[] | undefined => scope.lookup(name).shape;
  const [a, b, out] = [shapeOf(inputs[0]), shapeOf(inputs[1]), shapeOf(outputs[0])];
  switch (type) {
    case "MatMul":
      return counted(out, a?.slice(-1)) ?? type;
    case "Gemm": {
      const isTurned = attributesOf(source, context.external).int("transA", 0) !== 0;
      return counted(out, a && [a[isTurned ? 0 : 1] as Dim]) ?? type;
    }
    case "Conv":
      return counted(out, b?.slice(1)) ?? type;
    case "ConvTranspose":
      return counted(a, b?.slice(1)) ?? type;
    default:
      return 0;
  }
}

/** As many as there are numbers, each with so many products; undefined: a size is not known. */
function counted(
  numbers: readonly Dim[] | undefined,
  products: readonly Dim[] | undefined,
): number | undefined {
  if (numbers === undefined || products === undefined) return undefined;
  const sizes = [...numbers, ...products];
  return sizes.every((size) => typeof size === "number")
    ? (sizes as readonly number[]).reduce((product, size) => product * size, 1)
    : undefined;
}

/** Each term of a sum has the sum's shape. */
function ofTerm({ base, convolution }: FusedTerm, output: Value, converted: ConvertedGraph): Work {
  if (convolution === undefined || isDiagonal(convolution.form)) return 0;
  const { form, along } = convolution;
  // A matrix times tokens, where nothing may tell their number.
  if (along === "last") return times(sizeOf(output, converted), form.inChannels) ?? "MatMul";
  return ofForm(form, base, output, converted);
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
  input: Value | undefined,
  output: Value | undefined,
  converted: ConvertedGraph,
): number | undefined {
  const taps = axes.reduce((product, { size }) => product * size, 1);
  return axes.some(({ upsampling }) => upsampling > 1)
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
