import {
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
import { type Region, type Sizes, shapeFor, sizesFor } from "./proof-shapes.js";

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
  const provenOf = (inputs: ReadonlySet<Value>): number => {
    const region: Region = {
      before: onFeatures ?? {
        inputs: [...inputs],
        nodes: coneOf([output], inputs, producers),
        outputs: [output],
      },
      after: {
        inputs: [...inputs],
        nodes: [...coneOf([...bases], inputs, producers), ...after],
        outputs: [sum],
      },
      inputs: [...inputs],
      atGivenSizes: replacement.atGivenSizes,
      onFeatures: onFeatures !== undefined,
    };
    return provenAt(region, converted, sizesFor(region), roundings.get(type) as Rounding);
  };
  const ratio = provenOf(bases);
  if (ratio <= 1 || changed.length > 0) return ratio;
  // Of x and y = x + 1 the difference is 1: what is a map of another base is computed of it, instead of
  // drawn by itself.
  const inputs = new Set([...bases].filter((base) => !isMapOf(base, bases, producers)));
  return inputs.size < bases.size ? provenOf(inputs) : ratio;
}

/** More operations than these are not looked through. */
const mostLookedAt = 64;

/** True for what is computed of others of the bases, by operations that are known. */
function isMapOf(base: Value, bases: ReadonlySet<Value>, producers: ReadonlyMap<Value, Node>): boolean {
  const seen = new Set<Value>([base]);
  for (const value of seen) {
    if (value !== base && bases.has(value)) continue;
    const node = producers.get(value);
    if (node === undefined || node.op.kind === "opaque" || seen.size > mostLookedAt) return false;
    for (const input of node.inputs) seen.add(input);
  }
  return true;
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

/** The nodes that compute values from others, in an order that can be run. */
function coneOf(
  outputs: readonly Value[],
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
  for (const output of outputs) ask(output);
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
 * Lengths are tried until this many pixels beyond four times the first: a window that does not fit by then
 * never will.
 */
const mostTries = 64;

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
