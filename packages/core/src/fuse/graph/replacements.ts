import type { LinearForm, LinearKernel } from "../../algebra/kernel.js";
import type { Graph, Node, Value } from "../../graph/graph.js";
import type { ChannelAxis } from "../../graph/op.js";
import type { Shape } from "../../graph/shapes.js";
import { type ConvAxis, paddedSize, spanOf } from "../../ops/conv/conv-axis.js";
import type { Choice } from "./choose.js";
import { blocksOfMap } from "./maps/kernel-blocks.js";
import {
  type ChannelsBy,
  isIdentity,
  type KernelMap,
  type LinearMap,
  type ScalesBy,
  scalarAs,
} from "./maps/linear-map.js";
import { kernelOfMap } from "./maps/map-numbers.js";
import type { Candidate } from "./survey/candidate.js";
import type { Surroundings } from "./survey/surroundings.js";

/** A convolution that is to be computed: its form now, its numbers when asked. */
export interface FusedConvolution {
  /** Which axis holds the channels: the second of an image, the last of features. */
  readonly along: ChannelAxis;
  /**
   * Which layers of a module tree say where the channels are. `"several"`: they agree on
   * [batch, channels, ...spatial] alone, so what stands for them has to refuse values of other axes.
   */
  readonly channelsBy: ChannelsBy;
  /** Of what only scales and shifts channels: whether norms went into it. */
  readonly scalesBy: ScalesBy;
  /** All of it but the numbers. */
  readonly form: LinearForm;
  /** Computes weight and bias in float64, each time anew. */
  kernel(): LinearKernel;
  /**
   * The same as kernels of some output channels each, one behind the other, so that large weights need not be
   * in memory as a whole.
   */
  blocks(): Iterable<LinearKernel>;
}

/** One term of what a value is computed as. */
export interface FusedTerm {
  /** A value that has to exist: an input, the output of a node that stays, or of another replacement. */
  readonly base: Value;
  /** Undefined: the base itself is added, times the factor. */
  readonly convolution: FusedConvolution | undefined;
  /**
   * What the base is multiplied by where it is no convolution, if the options allow for factors. Left out: 1.
   */
  readonly factor?: number;
}

/** A value that is computed in another way than its node says. */
export interface Replacement {
  /** What is computed in another way. */
  readonly output: Value;
  /** It is the sum of these; one: a plain convolution. */
  readonly terms: readonly FusedTerm[];
  /**
   * The nodes that became superfluous by it, in the graph's order: also one that stood behind it, where the
   * value holds something else now so that nobody needs that node.
   */
  readonly nodes: readonly Node[];
  /**
   * The nodes that read another value for its sake; what stands between them and the output holds something
   * else then.
   */
  readonly rewired: readonly Node[];
  /** True: exact at the given shapes only. */
  readonly atGivenSizes: boolean;
}

/** What each value that is computed in another way is computed as. */
export function replacementsOf(
  regions: ReadonlyMap<Value, readonly Node[]>,
  choice: Choice,
  around: Surroundings,
  shapes: ReadonlyMap<Value, Shape>,
): readonly Replacement[] {
  const replacements: Replacement[] = [];
  for (const output of regions.keys()) {
    const terms = choice.replaced.get(output) ?? [];
    replacements.push({
      output,
      terms: terms.map((term) => termOf(term, around, shapes)),
      nodes: regions.get(output) ?? [],
      rewired: choice.rewiredFor.get(output) ?? [],
      atGivenSizes: terms.some(({ map }) => map.kind === "kernel" && map.atGivenSizes),
    });
  }
  return replacements;
}

/**
 * By value that is replaced, in the graph's order: what it was computed by and nothing else is any more, each
 * node in one region only.
 */
export function regionsOf(
  graph: Graph,
  { replaced, live, rewiredFor, aheadFor }: Choice,
): ReadonlyMap<Value, readonly Node[]> {
  const producers = new Map<Value, Node>();
  const places = new Map<Node, number>();
  for (const [place, node] of graph.nodes.entries()) {
    places.set(node, place);
    for (const output of node.outputs) producers.set(output, node);
  }
  const claimed = new Set<Node>(live);
  const regions = new Map<Value, readonly Node[]>();
  for (const { outputs } of graph.nodes) {
    const [output] = outputs;
    if (output === undefined || !replaced.has(output)) continue;
    const region: Node[] = [];
    const moved = (rewiredFor.get(output) ?? []).flatMap((node) => node.inputs);
    const behind = aheadFor.get(output);
    const open = [...moved, ...(behind === undefined ? [] : [behind]), output];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const node = producers.get(value);
      const isOwn = value === output || value === behind;
      if (node === undefined || claimed.has(node) || (!isOwn && replaced.has(value))) continue;
      claimed.add(node);
      region.push(node);
      for (const input of node.inputs) open.push(input);
    }
    regions.set(
      output,
      region.sort((a, b) => (places.get(a) as number) - (places.get(b) as number)),
    );
  }
  return regions;
}

function termOf(
  { base, map }: Candidate,
  around: Surroundings,
  shapes: ReadonlyMap<Value, Shape>,
): FusedTerm {
  if (isIdentity(map)) return { base, convolution: undefined };
  if (around.isFactor(map)) return { base, convolution: undefined, factor: map.factor };
  const kernelMap = map.kind === "kernel" ? map : factorOf(map, base, around);
  const { along, atGivenSizes, scalesBy } = kernelMap;
  // What was flattened has a batch and features, and nothing else.
  const isFlat = around.wires.producer(base)?.op.kind === "flatten";
  const channelsBy = isFlat ? undefined : kernelMap.channelsBy;
  const shape = atGivenSizes ? shapes.get(base) : undefined;
  const form = shape === undefined ? kernelMap.form : trimmed(kernelMap.form, shape);
  const kernel = (): LinearKernel => ({ ...kernelOfMap(kernelMap), axes: form.axes });
  return {
    base,
    convolution: { along, channelsBy, scalesBy, form, kernel, blocks: () => blocksOfMap(kernelMap) },
  };
}

function factorOf(
  map: LinearMap & { readonly kind: "scalar" },
  base: Value,
  around: Surroundings,
): KernelMap {
  const { channels = 0, rank = 0 } = around.baseFacts(base);
  const like = { along: "channels", form: { axes: Array.from({ length: rank }) } };
  return scalarAs(map, channels, like as unknown as KernelMap);
}

/** A form with no more padding behind the image than the given size needs. */
function trimmed(form: LinearForm, shape: Shape): LinearForm {
  return { ...form, axes: form.axes.map((axis, i) => trimmedAxis(axis, shape[i + 2] as number)) };
}

function trimmedAxis(axis: ConvAxis, size: number): ConvAxis {
  const least = axis.after - ((paddedSize(axis, size) - spanOf(axis)) % axis.stride);
  return { ...axis, after: least < 0 ? Math.min(axis.after, 0) : least };
}
