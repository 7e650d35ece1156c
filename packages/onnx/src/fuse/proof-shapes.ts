import { type ConvAxis, factsOf, type Graph, type Node, ShapeError, type Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";

/** A region as it stands, and as it is to become. */
export interface Region {
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
 * Lengths of the spatial axes to begin with, in pixels: of the last one, and of the others; the proof is made
 * at `count` sizes, each one longer.
 */
export interface Sizes {
  readonly last: number;
  readonly others: number;
  readonly count: number;
}

/** The sizes that say everything about a region. */
export function sizesFor({ before, after, atGivenSizes }: Region): Sizes {
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

/**
 * [channels, ...spatial] for a value that is read: lengths that differ from axis to axis, but for those that
 * are known and matter.
 */
export function shapeFor(
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
export type Lengths = Omit<Sizes, "count">;

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
