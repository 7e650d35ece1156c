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
import { partsReader, perChannelValues } from "@convfuse/core";
import { turned, turnedPart } from "../../constants/turned.js";
import type { ConvertedGraph } from "../../convert/of-graph.js";
import { tokenMoveOf, typeOf } from "./token-moves.js";

/** A norm of tokens that is to go into the matrix in front of it. */
export interface TokenNorm {
  readonly replacement: Replacement;
  /** The same on the features of one token: matrix, then norm. */
  readonly onFeatures: Graph<StoredWeights>;
  /** Who reads another value than before. */
  readonly rewired: ReadonlyMap<Node, Value>;
  /** Values that hold something else than before. */
  readonly changed: readonly Value[];
}

/**
 * Norms behind a matrix on tokens, as LeViT has them: MatMul gives [batch, tokens, features], a Reshape makes
 * [batch tokens, features] of it for BatchNormalization, and others bring the shape back, or split the
 * features into heads; or a Transpose makes [batch, features, tokens] of it. On the features of each token
 * this is a matrix and a norm, whatever stands in front of them.
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
  const surroundings = { converted, producers, readers, outputs: new Set(graph.outputs) };
  return norms.flatMap((norm) => {
    const found = around(norm, surroundings);
    if (found === undefined) return [];
    const { nodes, rewired } = found.replacement;
    return [...nodes, ...rewired].some(stays) ? [] : [found];
  });
}

interface Surroundings {
  readonly converted: ConvertedGraph;
  readonly producers: ReadonlyMap<Value, Node>;
  readonly readers: ReadonlyMap<Value, readonly Node[]>;
  readonly outputs: ReadonlySet<Value>;
}

function around(norm: Node, surroundings: Surroundings): TokenNorm | undefined {
  const { producers, readers, outputs } = surroundings;
  const [rows] = norm.inputs as [Value];
  const [normed] = norm.outputs as [Value];
  const flattening = producers.get(rows);
  const [tokens] = flattening?.inputs ?? [];
  const restoring = readers.get(normed) ?? [];
  if (flattening === undefined || tokens === undefined || restoring.length === 0) return undefined;
  const move = tokenMoveOf(flattening, restoring, surroundings.converted);
  const fits =
    move !== undefined &&
    readers.get(rows)?.length === 1 &&
    // Whoever asks for the shape only is no reader of the numbers.
    readers.get(tokens)?.every((node) => node === flattening || typeOf(node) === "Shape") &&
    ![tokens, rows, normed].some((value) => outputs.has(value)) &&
    restoring.every((node) => node.inputs[0] === normed);
  const layer = fits ? layerOf(tokens, surroundings) : undefined;
  if (move === undefined || layer === undefined) return undefined;
  const [first] = restoring as [Node, ...Node[]];
  const [result] = first.outputs as [Value];
  const { restores, keeps } = move;
  const output = restores ? result : tokens;
  /** What the norm's readers are to read. */
  const source = keeps ? rows : tokens;
  const gone = keeps ? [...layer.nodes, norm] : [...layer.nodes, flattening, norm];
  const { form, op, x } = layer;
  const blocks = (most = together): Iterable<LinearKernel> => folded(op, form, norm.op as AffineOp, most);
  const kernel = (): LinearKernel => [...blocks(Number.POSITIVE_INFINITY)][0] as LinearKernel;
  const product = { name: "" };
  return {
    replacement: {
      output,
      terms: [
        {
          base: x,
          convolution: {
            along: "last",
            channelsBy: "matrix",
            scalesBy: undefined,
            form,
            kernel,
            blocks: () => blocks(),
          },
        },
      ],
      nodes: restores ? [...gone, first] : gone,
      rewired: restores ? [] : restoring,
      atGivenSizes: false,
    },
    onFeatures: {
      inputs: [x],
      nodes: [
        { op, inputs: [x], outputs: [product], path: norm.path },
        { op: norm.op as AffineOp, inputs: [product], outputs: [output], path: norm.path },
      ],
      outputs: [output],
    },
    rewired: new Map(restores ? [] : restoring.map((node) => [node, source])),
    changed: restores ? [] : keeps ? [tokens, rows] : [tokens],
  };
}

/** A matrix on tokens, with the numbers that are added to its features, if any. */
interface Layer {
  readonly nodes: readonly Node[];
  readonly x: Value;
  readonly op: MatrixOp<StoredWeights>;
  readonly form: LinearForm;
}

/** The layer that gives some tokens; undefined: it is something else. */
function layerOf(tokens: Value, { converted, producers, readers, outputs }: Surroundings): Layer | undefined {
  const { facts, origins, scope } = converted;
  const last = producers.get(tokens);
  if (last === undefined) return undefined;
  // Before opset 7 an attribute says what is added to what.
  const added = typeOf(last) === "Add" && last.inputs.length === 1 && converted.context.opset >= 7;
  const matrix = added ? producers.get(last.inputs[0] as Value) : last;
  const [product] = matrix?.outputs ?? [];
  if (matrix === undefined || product === undefined || typeOf(matrix) !== "MatMul") return undefined;
  if (added && (readers.get(product)?.length !== 1 || outputs.has(product))) return undefined;
  const [x, weight] = (origins.get(matrix)?.inputs ?? []).map((name) => scope.lookup(name));
  const constant = weight?.constant;
  if (x === undefined || x.constant !== undefined || constant?.shape.length !== 2) return undefined;
  const [inFeatures, outFeatures] = constant.shape as [number, number];
  const bias = (added ? (origins.get(last)?.inputs ?? []) : [])
    .map((name) => scope.lookup(name).constant)
    .find((one) => one !== undefined);
  const isBias =
    bias === undefined ? !added : bias.type === constant.type && bias.shape.at(-1) === outFeatures;
  const fits = facts.get(tokens)?.shape?.at(-1) === outFeatures && x.type === constant.type && isBias;
  if (!fits || (bias?.size ?? outFeatures) !== outFeatures) return undefined;
  const turning = { rows: inFeatures, columns: outFeatures };
  const weights: StoredWeights = {
    shape: [outFeatures, inFeatures],
    read: () => turned(constant.read(), turning),
    part: constant.part && turnedPart(constant.part, turning),
  };
  return {
    nodes: added ? [matrix, last] : [matrix],
    x: x.value,
    op: {
      kind: "matrix",
      weight: weights,
      bias: bias && { shape: [outFeatures], read: () => bias.read() },
      ...{ inFeatures, outFeatures, rank: 0 },
    },
    form: {
      inChannels: inFeatures,
      outChannels: outFeatures,
      axes: [],
      groups: 1,
      paddingMode: "zeros",
    },
  };
}

/** Weights that are computed together: few enough that a cache holds them. */
const together = 2 ** 15;

/**
 * (W x + b + before) factor + after, for some features at a time.
 * @param most weights that are computed together, if a feature has no more
 */
function* folded(
  { weight, bias, inFeatures, outFeatures }: MatrixOp<StoredWeights>,
  form: LinearForm,
  { before, factor, after }: AffineOp,
  most: number,
): Generator<LinearKernel> {
  const [offsets, factors, shifts] = [before, factor, after].map((values) =>
    perChannelValues(values, outFeatures),
  ) as [Float64Array, Float64Array, Float64Array];
  const own = bias?.read();
  const biases = shifts.map(
    (value, c) => ((own?.[c] ?? 0) + (offsets[c] as number)) * (factors[c] as number) + value,
  );
  const read = partsReader(weight);
  const rows = Math.min(outFeatures, Math.max(1, Math.floor(most / inFeatures)));
  const room = new Float64Array(rows * inFeatures);
  for (let first = 0; first < outFeatures; first += rows) {
    const end = Math.min(first + rows, outFeatures);
    const values = read(first * inFeatures, end * inFeatures);
    const scaled = room.subarray(0, values.length);
    for (let row = first, i = 0; row < end; row++) {
      const factorOfRow = factors[row] as number;
      for (const next = i + inFeatures; i < next; i++) scaled[i] = (values[i] as number) * factorOfRow;
    }
    yield { ...form, outChannels: end - first, weight: scaled, bias: biases.subarray(first, end) };
  }
}
