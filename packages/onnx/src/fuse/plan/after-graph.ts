import type {
  FusedConvolution,
  FusedTerm,
  Graph,
  Node,
  Op,
  PerChannel,
  Replacement,
  StoredWeights,
  Value,
} from "@convfuse/core";
import { isDiagonal } from "./form.js";
import { producersOf } from "./live.js";
import { type Stood, stoodIn } from "./stood.js";

/**
 * What a graph is once replacements are made in it, as operations whose numbers are computed when they are
 * asked for.
 */
export interface AfterGraph {
  readonly graph: Graph<StoredWeights>;
  /** For a node that stays but reads another value: the node that it was. */
  readonly stayed: ReadonlyMap<Node, Node>;
  /** For a node that is new: the replacement that it is a part of. */
  readonly parts: ReadonlyMap<Node, Replacement>;
  /**
   * For a value that only the new nodes of one replacement know: the term that it holds, undefined where it
   * is a part of one.
   */
  readonly inner: ReadonlyMap<Value, FusedTerm | undefined>;
}

/**
 * @param live the nodes that are still computed
 * @param rewired nodes that read another value than they did
 */
export function afterGraph(
  graph: Graph<StoredWeights>,
  replacements: readonly Replacement[],
  rewired: ReadonlyMap<Node, Value>,
  live: ReadonlySet<Node>,
): AfterGraph {
  const replaced = new Map(replacements.map((one) => [one.output, one]));
  const producers = producersOf(graph);
  const nodes: Node<StoredWeights>[] = [];
  const stayed = new Map<Node, Node>();
  const parts = new Map<Node, Replacement>();
  const inner = new Map<Value, FusedTerm | undefined>();
  for (const node of graph.nodes) {
    const replacement = node.outputs.map((value) => replaced.get(value)).find((one) => one !== undefined);
    if (replacement !== undefined) {
      for (const made of nodesOf(replacement, node.path, inner, stoodIn(replacement, producers))) {
        nodes.push(made);
        parts.set(made, replacement);
      }
    } else if (live.has(node)) {
      const other = rewired.get(node);
      const now = other === undefined ? node : { ...node, inputs: [other, ...node.inputs.slice(1)] };
      if (now !== node) stayed.set(now, node);
      nodes.push(now);
    }
  }
  return { graph: { ...graph, nodes }, stayed, parts, inner };
}

/** The new nodes of one replacement, as the file is to have them. */
function nodesOf(
  { output, terms }: Replacement,
  path: string,
  inner: Map<Value, FusedTerm | undefined>,
  stood: Stood,
): readonly Node<StoredWeights>[] {
  const nodes: Node<StoredWeights>[] = [];
  const add = (op: Op<StoredWeights>, inputs: readonly Value[], value: Value): Value => {
    nodes.push({ op, inputs, outputs: [value], path });
    return value;
  };
  const values = terms.map((term) => {
    const { base, convolution } = term;
    if (convolution === undefined) return base;
    const ops = opsOf(convolution, stood);
    return ops.reduce((x, op, i) => {
      const isLast = i === ops.length - 1;
      const value = isLast && terms.length === 1 ? output : { name: "" };
      if (value !== output) inner.set(value, isLast ? term : undefined);
      return add(op, [x], value);
    }, base);
  });
  if (values.length > 1 || values[0] !== output)
    add({ kind: values.length > 1 ? "add" : "identity" }, values, output);
  return nodes;
}

/** The operations of one convolution. */
function opsOf(convolution: FusedConvolution, stood: Stood): readonly Op<StoredWeights>[] {
  const { form, along, kernel } = convolution;
  const { inChannels, outChannels, groups, axes, paddingMode } = form;
  if (isDiagonal(form)) {
    const { weight, bias } = kernel();
    const plain = { kind: "affine", before: 0, axis: along, ranks: undefined } as const;
    const [factor, after] = [uniform(weight), bias === undefined ? 0 : uniform(bias)];
    const scale = { ...plain, factor, after: 0 };
    const shift = { ...plain, factor: 1, after };
    if (after === 0) return [scale];
    if (factor === 1) return [shift];
    if (stood.norm && along !== "last")
      return [{ ...plain, before: new Float64Array(groups), factor, after }];
    return [scale, shift];
  }
  const sizes = axes.map(({ size }) => size);
  const weight = stored([outChannels, inChannels / groups, ...sizes], () => kernel().weight);
  const bias = stored([outChannels], () => kernel().bias ?? new Float64Array(outChannels));
  if (axes.length > 0) {
    const layout = { inChannels, outChannels, groups, axes, border: paddingMode, transposed: false };
    return [{ kind: "conv", weight, bias, ...layout }];
  }
  const features = { inFeatures: inChannels, outFeatures: outChannels };
  return [{ kind: "matrix", weight, bias, ...features, rank: along === "last" ? undefined : 0 }];
}

function stored(shape: readonly number[], read: () => Float64Array): StoredWeights {
  return { shape, read };
}

/** One number where all are equal. */
function uniform(values: Float64Array): PerChannel {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : values;
}
