import type { LinearForm } from "../../../algebra/kernel.js";
import { fromTransposed } from "../../../algebra/layers/transposed.js";
import type { Facts } from "../../../graph/facts.js";
import type { Node, Value } from "../../../graph/graph.js";
import {
  type AffineOp,
  applyRule,
  type ConvOp,
  type MatrixOp,
  type PadOp,
  type PerChannel,
  type Rules,
  type WindowOp,
} from "../../../graph/op.js";
import { pooledSize, type Shape } from "../../../graph/shapes.js";
import { float64, type PartReader, type Weights } from "../../../graph/weights.js";
import { scaleAndShift } from "../../../ops/affine.js";
import { outSizeOf, plainAxis } from "../../../ops/conv/conv-axis.js";
import { unknownAxes, unknownChannels } from "./combine-maps.js";
import {
  type ChannelsBy,
  diagonalMap,
  identityMap,
  type KernelMap,
  type LinearMap,
  leafMap,
} from "./linear-map.js";

/**
 * A linear operation that its settings make no convolution, or of which too little is known, with the rule.
 */
export interface NoMap {
  readonly kind: "none";
  readonly reason: string;
}

/**
 * What linear map a node is; undefined for what is not linear, or is no map of one value.
 * @param shape of its input, where fusing for given sizes is asked for and it is known
 */
export function mapOfNode(node: Node, facts: Facts, shape: Shape | undefined): LinearMap | NoMap | undefined {
  const [input] = node.inputs;
  return input === undefined ? undefined : applyRule(rules, node.op, input, facts, shape);
}

function none(reason: string): NoMap {
  return { kind: "none", reason };
}

const notLinear = (): undefined => undefined;

const rules: Rules<[input: Value, facts: Facts, shape: Shape | undefined], LinearMap | NoMap | undefined> = {
  identity: () => identityMap,
  conv: convMap,
  affine: affineMap,
  matrix: matrixMap,
  window: meanMap,
  adaptiveMean: notLinear,
  pad: padMap,
  map: notLinear,
  slope: notLinear,
  flatten: notLinear,
  shuffle: notLinear,
  resize: notLinear,
  norm: notLinear,
  add: notLinear,
  multiply: notLinear,
  concat: notLinear,
  opaque: notLinear,
};

function convMap(op: ConvOp): LinearMap {
  const { inChannels, outChannels, groups, axes, border, weight, bias, transposed } = op;
  const form: LinearForm = { inChannels, outChannels, groups, axes, paddingMode: border };
  const values = (): Float64Array => (transposed ? fromTransposed(float64(weight), form) : float64(weight));
  const read = bias && (() => float64(bias));
  return leafMap("channels", form, values, read, {
    source: op,
    part: transposed ? undefined : partOf(weight),
    channelsBy: op.batched === true ? "several" : "image",
  });
}

function partOf(weight: Weights): PartReader | undefined {
  return "read" in weight ? weight.part : undefined;
}

function matrixMap(op: MatrixOp, input: Value, facts: Facts): LinearMap {
  const { inFeatures, outFeatures, weight, bias } = op;
  const form: LinearForm = {
    inChannels: inFeatures,
    outChannels: outFeatures,
    axes: [],
    groups: 1,
    paddingMode: "zeros",
  };
  // The last axis of [batch, features] is its channels.
  const along = facts.rank(input) === 0 ? "channels" : "last";
  const read = bias && (() => float64(bias));
  const channelsBy = op.rank === undefined ? "matrix" : "several";
  return leafMap(along, form, () => float64(weight), read, { source: op, part: partOf(weight), channelsBy });
}

function affineMap(op: AffineOp, input: Value, facts: Facts): LinearMap | NoMap {
  const { before, factor, after } = op;
  if (typeof before === "number" && typeof factor === "number" && typeof after === "number")
    return { kind: "scalar", factor, shift: before * factor + after };
  const channels = lengthOf(before) ?? lengthOf(factor) ?? lengthOf(after) ?? 0;
  const rank = facts.rank(input);
  const shifted = before !== 0 || after !== 0;
  // Factors alone are the same numbers on features and on images: a layer that takes both is known without
  // axes.
  const anywhere = op.unbatched === true && !shifted && channels > 1;
  if (rank === undefined && op.axis === "channels" && !anywhere) return none(unknownAxes);
  if (rank !== undefined && op.ranks?.includes(rank) === false)
    return none(`it takes no images of ${rank} axes`);
  const along = rank === 0 ? "channels" : op.axis;
  const { scale, shift } = scaleAndShift(op, channels);
  // A norm has a bias, whatever its numbers are: the layer that stands for it has one, too.
  return diagonalMap(along, along === "last" ? 0 : (rank ?? 0), scale, shifted ? shift : undefined, {
    source: op,
    channelsBy: channelsOf(op, rank),
    // What takes some numbers of axes only, and a batch with them, is a norm.
    scalesBy: op.ranks === undefined || op.unbatched === true ? "factors" : "norms",
  });
}

function channelsOf({ axis, ranks, unbatched }: AffineOp, rank: number | undefined): ChannelsBy {
  if (axis === "last") return "matrix";
  // With two axes or more, whatever takes images at all takes the same ones.
  if (rank !== undefined && rank > 1) return "image";
  if (ranks?.length === 1) return "several";
  return unbatched === true ? "factors" : "norm";
}

function lengthOf(values: PerChannel): number | undefined {
  return typeof values === "number" ? undefined : values.length;
}

function meanMap(
  op: WindowOp,
  input: Value,
  facts: Facts,
  shape: Shape | undefined,
): LinearMap | NoMap | undefined {
  const { reduce, axes, countIncludePad, ceilMode, divisor } = op;
  if (reduce !== "mean") return undefined;
  const padded = axes.some(({ before, after }) => before > 0 || after > 0);
  if (padded && !countIncludePad && divisor === undefined)
    return none("an average that does not count padding divides by less at the border");
  const hangs = ceilMode && axes.some(({ stride }) => stride !== 1);
  const fits =
    shape &&
    axes.every(
      (axis, i) => pooledSize(op, axis, shape[i + 2] as number) === outSizeOf(axis, shape[i + 2] as number),
    );
  if (hangs && !fits) return none("ceil mode lets the last window hang over the border");
  const channels = facts.channels(input);
  if (channels === undefined) return none(unknownChannels);
  const taps = axes.reduce((product, axis) => product * axis.size, 1);
  const form = { ...depthwise(channels), axes };
  const map = leafMap(
    "channels",
    form,
    () => new Float64Array(channels * taps).fill(1 / (divisor ?? taps)),
    undefined,
    { source: op, channelsBy: "image" },
  );
  return hangs ? { ...map, atGivenSizes: true } : map;
}

function padMap(op: PadOp, input: Value, facts: Facts): KernelMap | NoMap {
  const { sides, border, value } = op;
  const amounts = sides.flat();
  if (value !== 0 && border === "zeros" && amounts.some((pixels) => pixels > 0))
    return none("padding with a constant other than 0");
  if (border !== "zeros" && amounts.some((pixels) => pixels < 0))
    return none(`${border} padding with a negative amount`);
  const channels = facts.channels(input);
  if (channels === undefined) return none(unknownChannels);
  const axes = sides.map(([before, after]) => plainAxis(1, { before, after }));
  const form = { ...depthwise(channels), axes, paddingMode: border };
  return leafMap("channels", form, () => new Float64Array(channels).fill(1), undefined, {
    source: op,
    channelsBy: "image",
  });
}

function depthwise(channels: number): Omit<LinearForm, "axes"> {
  return { inChannels: channels, outChannels: channels, groups: channels, paddingMode: "zeros" };
}
