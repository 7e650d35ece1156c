import { resizeRank } from "../ops/resize-axis.js";
import type { EqualNumbers } from "./equal-numbers.js";
import type { Graph, Value } from "./graph.js";
import { Inference, type NodeValues, tell } from "./inference.js";
import { applyRule, joinsChannels, type PerChannel, type Rules } from "./op.js";
import type { PartialShape } from "./shapes.js";

/** What is known of a value without running anything; undefined: nothing tells. */
export interface Facts {
  /** The number of spatial axes; 0: features, [batch, channels]. */
  rank(value: Value): number | undefined;
  /** The size of axis 1. */
  channels(value: Value): number | undefined;
  /** The size of the last axis. */
  features(value: Value): number | undefined;
  /** True: all spatial axes have size 1, as after global pooling. */
  isOnePixel(value: Value): boolean;
  /** True: it has a batch axis, since the network would refuse an image without one. */
  isBatched(value: Value): boolean;
}

/**
 * Infers ranks, channels and features of every value: from what reads it and what makes it, from its siblings
 * in a sum, from the other parts of a concatenation, and from given shapes. Where nodes contradict each
 * other, the value stays unknown.
 *
 * @param graph a network without shapes
 * @param shapes [batch, channels, ...spatial] of some values, as far as they are known
 * @returns what can be asked of each value of the graph
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * const y = graph.add({ kind: "identity" }, [x], "skip");
 * factsOf(graph.finish([y]), new Map([[x, [1, 2, undefined, undefined]]])).channels(y); // 2
 */
export function factsOf(graph: Graph, shapes: ReadonlyMap<Value, PartialShape> = new Map()): Facts {
  const inference = new Inference();
  for (const [value, shape] of shapes) inference.give(inference.id(value), shape);
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op.kind === "opaque" || op.kind === "multiply") continue;
    const ids = [...inputs, ...outputs].map((value) => inference.id(value));
    applyRule(rules, op, { ids, input: ids[0] as number, output: ids[inputs.length] as number }, inference);
  }
  inference.solve();
  return inference;
}

function image(values: NodeValues, known: Inference, rank: number): void {
  known.sameImage(values);
  known.ranks.set(values.input, rank);
}

function tellLength(numbers: EqualNumbers, id: number, values: PerChannel): void {
  if (typeof values !== "number") numbers.set(id, values.length);
}

const rules: Rules<[values: NodeValues, known: Inference], void> = {
  identity: (_op, values, known) => known.sameShape(values),
  conv: (op, values, known) => {
    const { input, output } = values;
    known.sameRank(values);
    known.ranks.set(input, op.axes.length);
    known.channelCounts.set(input, op.inChannels);
    known.channelCounts.set(output, op.outChannels);
    if (op.batched === true) known.markBatched(input);
    const keepsPixels = op.axes.every(({ size, before, after }) => size === 1 && before === 0 && after === 0);
    if (keepsPixels && known.isPixel(input)) known.markPixel(output);
  },
  affine: (op, values, known) => {
    known.sameShape(values);
    if (op.ranks?.length === 1) {
      tell(known.ranks, values.input, op.ranks[0]);
      if (op.unbatched !== true) known.markBatched(values.input);
    }
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    const perChannel = [op.before, op.factor, op.after];
    for (const one of perChannel) tellLength(numbers, values.input, one);
    if (perChannel.some((one) => typeof one !== "number" && one.length > 1)) known.markWide(values.input);
  },
  matrix: (op, values, known) => {
    known.sameRank(values);
    tell(known.ranks, values.input, op.rank);
    known.featureCounts.set(values.input, op.inFeatures);
    known.featureCounts.set(values.output, op.outFeatures);
    known.matrix(values);
    if (op.inFeatures > 1) known.markWide(values.input);
  },
  window: (op, values, known) => image(values, known, op.axes.length),
  adaptiveMean: (op, values, known) => {
    image(values, known, op.outputSize.length);
    tell(known.featureCounts, values.output, op.outputSize.at(-1));
    if (op.outputSize.every((size) => size === 1)) known.markPixel(values.output);
  },
  pad: (op, values, known) => image(values, known, op.sides.length),
  map: (_op, values, known) => known.sameShape(values),
  slope: (op, values, known) => {
    known.sameShape(values);
    // One slope serves any number of channels.
    const slopes = op.weight.shape[0] as number;
    if (slopes > 1) known.channelCounts.set(values.input, slopes);
  },
  flatten: (op, values, known) => {
    const { input, output } = values;
    if (op.images !== undefined) {
      known.ranks.set(input, op.images.rank);
      known.channelCounts.set(input, op.images.channels);
      known.markBatched(input);
    }
    known.ranks.set(output, 0);
    known.flattening(values);
    if (known.isPixel(input)) known.channelCounts.unite(input, output);
  },
  shuffle: (op, values, known) => {
    known.sameRank(values);
    known.ranks.set(values.input, 2);
    known.equation([
      [values.input, -1],
      [values.output, op.factor ** 2],
    ]);
  },
  resize: (op, values, known) => {
    known.sameImage(values);
    tell(known.ranks, values.input, resizeRank(op));
  },
  norm: (op, values, known) => {
    known.sameShape(values);
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    numbers.set(values.input, op.channels);
    if (op.axis === "channels") known.markBatched(values.input);
    if (op.channels > 1) known.markWide(values.input);
  },
  add: (_op, values, known) => known.sameShape(values),
  multiply: () => undefined,
  concat: (op, values, known) => {
    known.sameRank(values);
    known.equation(
      values.ids.map((id) => [id, id === values.output ? -1 : 1] as const),
      () => joinsChannels(op, known.ranks.get(values.output)),
    );
  },
  opaque: () => undefined,
};
