import type {
  AffineOp,
  Graph,
  LinearForm,
  LinearKernel,
  MatrixOp,
  Node,
  Replacement,
  StoredWeights,
  Value,
} from "@convfuse/core";
import { perChannelValues } from "@convfuse/core";
import { gathered } from "../constants/indexing.js";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { equalShapes } from "../facts/dim.js";

/** A norm of tokens that is to go into the matrix in front of it. */
export interface TokenNorm {
  readonly replacement: Replacement;
  /** The same on the features of one token: matrix, then norm. */
  readonly onFeatures: Graph<StoredWeights>;
}

/**
 * Norms behind a matrix on tokens, as LeViT has them: MatMul gives [batch, tokens, features], a Reshape makes [batch tokens, features] of it
 * for BatchNormalization, and another one brings the shape back. On the features of each token this is a matrix and a norm, whatever stands
 * in front of them.
 */
export function tokenNorms(
  converted: ConvertedGraph,
  producers: ReadonlyMap<Value, Node>,
  stays: (node: Node) => boolean,
): readonly TokenNorm[] {
  const { graph, origins } = converted;
  const norms = graph.nodes.filter(
    (node) => node.op.kind === "affine" && origins.get(node)?.type === "BatchNormalization",
  );
  if (norms.length === 0) return [];
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const outputs = new Set(graph.outputs);
  return norms.flatMap((norm) => {
    const found = around(norm, converted, producers, readers, outputs);
    return found === undefined || found.replacement.nodes.some(stays) ? [] : [found];
  });
}

function around(
  norm: Node,
  converted: ConvertedGraph,
  producers: ReadonlyMap<Value, Node>,
  readers: ReadonlyMap<Value, readonly Node[]>,
  outputs: ReadonlySet<Value>,
): TokenNorm | undefined {
  const { facts, origins, scope } = converted;
  const [rows] = norm.inputs as [Value];
  const [normed] = norm.outputs as [Value];
  const flattening = producers.get(rows);
  const [tokens] = flattening?.inputs ?? [];
  const matrix = tokens && producers.get(tokens);
  const restoring = readers.get(normed)?.[0];
  if (flattening === undefined || tokens === undefined || matrix === undefined || restoring === undefined)
    return undefined;
  const [result] = restoring.outputs;
  const typeOf = (node: Node): string => (node.op.kind === "opaque" ? node.op.name : "");
  const fits =
    ["Reshape", "Flatten"].includes(typeOf(flattening)) &&
    typeOf(matrix) === "MatMul" &&
    typeOf(restoring) === "Reshape" &&
    restoring.inputs[0] === normed &&
    readers.get(normed)?.length === 1 &&
    readers.get(rows)?.length === 1 &&
    // Whoever asks for the shape only is no reader of the numbers.
    readers.get(tokens)?.every((node) => node === flattening || typeOf(node) === "Shape") &&
    ![tokens, rows, normed].some((value) => outputs.has(value));
  if (!fits || result === undefined) return undefined;
  const [shape, flat, restored] = [tokens, rows, result].map((value) => facts.get(value)?.shape);
  const [x, weight] = (origins.get(matrix)?.inputs ?? []).map((name) => scope.lookup(name));
  const features = shape?.at(-1);
  if (shape === undefined || x?.constant !== undefined || x === undefined || weight?.constant === undefined)
    return undefined;
  const { constant } = weight;
  const [inFeatures, outFeatures] = constant.shape as [number, number];
  const keepsFeatures = flat?.length === 2 && flat[1] === features && equalShapes(shape, restored);
  if (!keepsFeatures || constant.shape.length !== 2 || outFeatures !== features || x.type !== constant.type)
    return undefined;
  const stored: StoredWeights = {
    shape: [outFeatures, inFeatures],
    read: () => gathered(constant.read(), [outFeatures, inFeatures], [1, outFeatures]),
  };
  const op: MatrixOp<StoredWeights> = {
    kind: "matrix",
    weight: stored,
    bias: undefined,
    inFeatures,
    outFeatures,
    rank: 0,
  };
  const form: LinearForm = {
    inChannels: inFeatures,
    outChannels: outFeatures,
    axes: [],
    groups: 1,
    paddingMode: "zeros",
  };
  const kernel = (): LinearKernel => ({
    ...form,
    ...folded(stored.read(), norm.op as AffineOp, outFeatures),
  });
  const product = { name: "" };
  return {
    replacement: {
      output: result,
      terms: [{ base: x.value, convolution: { along: "last", form, kernel } }],
      nodes: [matrix, flattening, norm, restoring],
      rewired: [],
      atGivenSizes: false,
    },
    onFeatures: {
      inputs: [x.value],
      nodes: [
        { op, inputs: [x.value], outputs: [product], path: matrix.path },
        { op: norm.op as AffineOp, inputs: [product], outputs: [result], path: norm.path },
      ],
      outputs: [result],
    },
  };
}

/** (W x + before) factor + after. */
function folded(
  weight: Float64Array,
  { before, factor, after }: AffineOp,
  features: number,
): Pick<LinearKernel, "weight" | "bias"> {
  const [offsets, factors, shifts] = [before, factor, after].map((values) =>
    perChannelValues(values, features),
  ) as [Float64Array, Float64Array, Float64Array];
  const depth = weight.length / features;
  const scaled = new Float64Array(weight.length);
  for (let row = 0; row < features; row++) {
    const factorOfRow = factors[row] as number;
    for (let i = row * depth; i < (row + 1) * depth; i++) scaled[i] = (weight[i] as number) * factorOfRow;
  }
  return {
    weight: scaled,
    bias: shifts.map((value, c) => (offsets[c] as number) * (factors[c] as number) + value),
  };
}
