import {
  type ConvAxis,
  factsOf,
  type Graph,
  type GraphProof,
  type Node,
  proveGraphs,
  type Rounding,
  ShapeError,
  type StoredWeights,
  type Value,
} from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { DataType } from "../model/data-type.js";
import { bytesOf, decode, decodeInto, type StoredNumbers } from "../model/elements.js";
import type { StoredConvolution, StoredTerm } from "./emit/stored-term.js";
import type { Chain } from "./plan/chains.js";

/** A region as it stands, and as it is to become. */
interface Region {
  readonly before: Graph;
  readonly after: Graph;
  /** The values that both read. */
  readonly inputs: readonly Value[];
  /** True: exact at the sizes that are known only. */
  readonly atGivenSizes: boolean;
  /** True: what it reads is looked at as the features of one token. */
  readonly onFeatures: boolean;
}

/**
 * Proves one replacement on random inputs, at sizes at which outputs meet every border and none.
 * @param terms what the value is to be computed as, in the file's numbers
 * @param producers who makes each value of the graph
 * @returns the largest part of its error bound that an output met; at most 1: proven
 */
export function prove(
  { replacement, changed, onFeatures }: Chain,
  terms: readonly StoredTerm[],
  moved: ReadonlyMap<Node, Value>,
  converted: ConvertedGraph,
  producers: ReadonlyMap<Value, Node>,
  type: number,
): number {
  const { output } = replacement;
  // What is moved behind a pooling is proven together with the pooling; what only moves the features of
  // tokens is not looked at.
  const isPooled = onFeatures === undefined;
  const between = isPooled ? changed.map((value) => producers.get(value) as Node).reverse() : [];
  const reads = isPooled ? replacement.rewired.map((node) => moved.get(node) as Value) : [];
  const bases = new Set(
    [...terms.map(({ base }) => base), ...reads].filter((base) => !changed.includes(base)),
  );
  const after: Node[] = between.map((node) => {
    const other = moved.get(node);
    return other === undefined ? node : { ...node, inputs: [other] };
  });
  const added: Value[] = [];
  for (const { base, convolution } of terms) {
    if (convolution === undefined) added.push(base);
    else {
      const value = { name: "" };
      after.push({ op: convolutionOp(convolution, type), inputs: [base], outputs: [value], path: "" });
      added.push(value);
    }
  }
  const sum = { name: "" };
  after.push({ op: { kind: "add" }, inputs: added, outputs: [sum], path: "" });
  const region: Region = {
    before: onFeatures ?? { inputs: [...bases], nodes: coneOf(output, bases, producers), outputs: [output] },
    after: { inputs: [...bases], nodes: after, outputs: [sum] },
    inputs: [...bases],
    atGivenSizes: replacement.atGivenSizes,
    onFeatures: onFeatures !== undefined,
  };
  return provenAt(region, converted, sizesFor(region), roundings.get(type) as Rounding);
}

/** How weights of each type are rounded. */
const roundings: ReadonlyMap<number, Rounding> = new Map([
  [DataType.float, { unit: 2 ** -24, subnormal: 2 ** -150 }],
  [DataType.double, { unit: 2 ** -53, subnormal: 2 ** -1074 }],
  [DataType.float16, { unit: 2 ** -11, subnormal: 2 ** -25 }],
  [DataType.bfloat16, { unit: 2 ** -8, subnormal: 2 ** -134 }],
]);

/** The weights as they will stand in the file. */
function convolutionOp({ form, stored }: StoredConvolution, type: number): Node["op"] {
  const { weight, bias } = stored();
  const { axes, inChannels, outChannels, groups } = form;
  return {
    kind: "conv",
    weight: weightsIn(weight, type, [outChannels, inChannels / groups, ...axes.map(({ size }) => size)]),
    bias: bias && { shape: [outChannels], read: () => bias },
    inChannels,
    outChannels,
    groups,
    axes,
    border: "zeros",
    transposed: false,
  };
}

function weightsIn(stored: StoredNumbers, type: number, shape: readonly number[]): StoredWeights {
  return {
    shape,
    read: () => decode(bytesOf(stored), type),
    part: (start, out) => decodeInto(out, bytesOf(stored.subarray(start)), type, stored.BYTES_PER_ELEMENT),
  };
}

/** The nodes that compute a value from others, in an order that can be run. */
function coneOf(
  output: Value,
  bases: ReadonlySet<Value>,
  producers: ReadonlyMap<Value, Node>,
): readonly Node[] {
  const done = new Set<Node>();
  const out: Node[] = [];
  const open: { readonly node: Node; readonly ready: boolean }[] = [];
  const ask = (value: Value): void => {
    const node = bases.has(value) ? undefined : producers.get(value);
    if (node !== undefined && !done.has(node)) open.push({ node, ready: false });
  };
  ask(output);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, ready } = next;
    if (done.has(node)) continue;
    if (ready) {
      done.add(node);
      out.push(node);
      continue;
    }
    open.push({ node, ready: true });
    for (const input of node.inputs) ask(input);
  }
  return out;
}

/**
 * Lengths of the spatial axes to begin with, in pixels: of the last one, and of the others; the proof is made
 * at `count` sizes, each one longer.
 */
interface Sizes {
  readonly last: number;
  readonly others: number;
  readonly count: number;
}

/**
 * Lengths are tried until this many pixels beyond four times the first: a window that does not fit by then
 * never will.
 */
const mostTries = 64;

function sizesFor({ before, after, atGivenSizes }: Region): Sizes {
  const pixels = pixelsFlattened(before);
  if (pixels !== undefined) return { last: pixels, others: 1, count: 1 };
  const axes = [...before.nodes, ...after.nodes].flatMap(({ op }) => ("axes" in op ? op.axes : []));
  const span = (axis: ConvAxis): number => Math.ceil((axis.dilation * (axis.size - 1) + 1) / axis.upsampling);
  const longest = Math.max(1, ...axes.map(span));
  // What fits at one size may hang over at the next: as many sizes as there are remainders.
  const count = Math.min(4, Math.max(1, ...axes.map(({ stride }) => stride)));
  // Half a kernel reaches every tap from one side or the other. On one axis some outputs are to meet no
  // border, unless that is many times the work.
  const half = Math.ceil((longest + 1) / 2);
  return { last: longest <= 7 ? longest : half, others: half, count: atGivenSizes ? 1 : count };
}

/**
 * Where pixels of a value become features of a matrix behind: as many as that one counts on, in a row, since
 * nothing in front of it but what is done to each pixel is part of the region. Undefined: any number of
 * pixels will do.
 */
function pixelsFlattened(before: Graph): number | undefined {
  const flattenings = before.nodes.filter(({ op }) => op.kind === "flatten");
  if (flattenings.length === 0) return undefined;
  const facts = factsOf(before);
  for (const { inputs, outputs } of flattenings) {
    const [input, output] = [inputs[0] as Value, outputs[0] as Value];
    const [channels, features] = [facts.channels(input), facts.channels(output)];
    if (channels !== undefined && features !== undefined && !facts.isOnePixel(input))
      return features / channels;
  }
  return undefined;
}

function provenAt(
  region: Region,
  converted: ConvertedGraph,
  { last, others, count }: Sizes,
  rounding: Rounding,
): number {
  let worst = 0;
  let tried = 0;
  for (let more = 0; tried < count && more < 4 * last + mostTries; more++) {
    let proof: GraphProof;
    try {
      const shapes = new Map(
        region.inputs.map((value) => [
          value,
          shapeFor(value, region, converted, { last: last + more, others: others + more }),
        ]),
      );
      proof = proveGraphs(region.before, region.after, shapes, rounding, more + 1);
    } catch (error) {
      // Too small for a window in the region: a larger one is tried.
      if (error instanceof ShapeError) continue;
      throw error;
    }
    tried++;
    worst = Math.max(worst, proof.worstRatio);
  }
  return tried === 0 ? Number.POSITIVE_INFINITY : worst;
}

/**
 * [channels, ...spatial] for a value that is read: lengths that differ from axis to axis, but for those that
 * are known and matter.
 */
function shapeFor(
  value: Value,
  region: Region,
  converted: ConvertedGraph,
  lengths: Lengths,
): readonly number[] {
  const shape = converted.facts.get(value)?.shape;
  const [, channels, ...spatial] = shape ?? [];
  if (shape === undefined || typeof channels !== "number" || region.onFeatures)
    return shapeByReader(value, region, shape?.length, lengths);
  // What was pooled to one pixel is one pixel, and matrices behind it count on that.
  const isOnePixel = spatial.every((dim) => dim === 1);
  return [
    channels,
    ...spatial.map((dim, axis) =>
      isOnePixel || region.atGivenSizes ? fixed(dim) : lengthOf(axis, spatial.length, lengths),
    ),
  ];
}

/** Lengths of the spatial axes in one try. */
type Lengths = Omit<Sizes, "count">;

function lengthOf(axis: number, rank: number, { last, others }: Lengths): number {
  return axis === rank - 1 ? last : others;
}

function fixed(dim: number | string): number {
  if (typeof dim === "number") return dim;
  throw new ShapeError("fuseOnnx", "a size that the proof needs is not known");
}

/** As many as say that nothing happened by chance. */
const anyNumbers = 7;

/** How many channels the numbers of a norm, of factors or of what is added are for. */
function channelsOf({ op }: Node): readonly number[] {
  if (op.kind !== "affine") return [];
  return [op.before, op.factor, op.after].flatMap((values) =>
    typeof values === "number" ? [] : [values.length],
  );
}

/** True of what knows no channels. */
function isByNumber({ op }: Node): boolean {
  if (op.kind !== "affine") return op.kind === "add" || op.kind === "identity";
  return [op.before, op.factor, op.after].every((values) => typeof values === "number");
}

/**
 * The shape that the first convolution or matrix that reads a value asks for, or what all numbers a channel
 * that are in the region.
 * @param rank how many axes the value has, with the batch
 */
function shapeByReader(
  value: Value,
  { before, after }: Region,
  rank: number | undefined,
  lengths: Lengths,
): readonly number[] {
  const nodes = [...before.nodes, ...after.nodes];
  for (const { op, inputs } of nodes) {
    if (!inputs.includes(value)) continue;
    if (op.kind === "conv")
      return [op.inChannels, ...op.axes.map((_, axis) => lengthOf(axis, op.axes.length, lengths))];
    if (op.kind === "matrix") return [op.inFeatures];
  }
  // Factors and numbers that are added do the same to whatever flows: a number, or anything else.
  if (nodes.every(isByNumber)) return [anyNumbers];
  const [channels, ...others] = new Set(nodes.flatMap(channelsOf));
  if (channels !== undefined && others.length === 0 && rank !== undefined) {
    const axes = Array.from({ length: rank - 2 }, (_, axis) => axis);
    return [channels, ...axes.map((axis) => lengthOf(axis, axes.length, lengths))];
  }
  throw new ShapeError("fuseOnnx", "the shape that the proof needs is not known");
}
