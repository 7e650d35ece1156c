import { isPointwise } from "../../../algebra/kernel.js";
import type { Facts } from "../../../graph/facts.js";
import type { Node, Value } from "../../../graph/graph.js";
import type { FlattenOp, ImageForm } from "../../../graph/op.js";
import { type LinearMap, onFeatures, repeated } from "../maps/linear-map.js";
import { meetings, noWork, plus } from "../maps/work.js";
import type { Candidate, Made } from "./candidate.js";
import { totalOf } from "./extend.js";
import type { Surroundings } from "./surroundings.js";

// The mean over all pixels and flattening commute with what does the same to every pixel: the mean of W x + b
// is W mean(x) + b. So what is read behind them can also be computed from a value that would be there if they
// read what such a map reads.

/** A map as it is behind a node, which may have to refuse more then; or why it stays in front of it. */
type Passed = string | undefined | { readonly map: LinearMap; readonly narrowed?: ImageForm };

/** The mean over all pixels of an image of `rank` axes. */
export function surveyMean(
  node: Node,
  input: Value,
  output: Value,
  rank: number,
  around: Surroundings,
): Made {
  return surveyMoved(node, input, output, rank, around, ({ map }) => ({ map }));
}

/**
 * Pixels that become features. Of one pixel a channel becomes a feature; of several it becomes as many, which
 * factors and shifts a channel are done to just as well. Of [channels, 1, 1] flattening makes a batch, where
 * only a factor for all does the same.
 * @param isGiven whether the shape of the input is known, and need be exact at that one only
 */
export function surveyFlattening(
  node: Node,
  op: FlattenOp,
  input: Value,
  output: Value,
  facts: Facts,
  isGiven: boolean,
  around: Surroundings,
): Made | undefined {
  const isBatched = op.unbatched !== true || facts.isBatched(input);
  const isOnePixel = facts.isOnePixel(input);
  const [channels, features] = [facts.channels(input), facts.channels(output)];
  const pixels = channels === undefined || features === undefined ? undefined : features / channels;
  const several =
    around.wires.reads(output) === 1 && isByFeature(around.wires.reader(output)) ? pixels : undefined;
  const made = surveyMoved(node, input, output, 0, around, ({ map }) => {
    if (map.kind === "scalar") return { map };
    if (isOnePixel) return isBatched || isGiven ? { map: onFeatures(map, !isBatched) } : needsBatch;
    const isWhole = several !== undefined && Number.isInteger(several);
    if (!isWhole || channels === undefined || map.scalesBy === undefined) return undefined;
    const atGivenSizes = map.scalesBy === "factors" && !isBatched;
    if (atGivenSizes && !isGiven) return needsBatch;
    // Nothing behind it tells one channel of six pixels from two of three.
    const narrowed = { channels, rank: map.form.axes.length };
    return { map: repeated(map, several, atGivenSizes), narrowed };
  });
  return isOnePixel || made.candidates.length > 0 || made.why !== undefined ? made : undefined;
}

/** Whether a node has a number for each feature anyway. */
function isByFeature(node: Node | undefined): boolean {
  if (node?.op.kind === "affine") {
    const { before, factor, after } = node.op;
    return [before, factor, after].some((values) => typeof values !== "number");
  }
  return node?.op.kind === "matrix";
}

/** @param passed what becomes of a way to the input */
function surveyMoved(
  node: Node,
  input: Value,
  output: Value,
  rank: number,
  around: Surroundings,
  passed: (way: Candidate) => Passed,
): Made {
  const ways = around.wires.reads(input) === 1 ? (around.made.get(input)?.candidates ?? []) : [];
  let why: string | undefined;
  const candidates = ways.filter(isMovable).flatMap((way): readonly Candidate[] => {
    const behind = passed(way);
    if (behind === undefined || typeof behind === "string") {
      why ??= behind;
      return [];
    }
    const { map, narrowed } = behind;
    const channels = map.kind === "scalar" ? around.baseFacts(output).channels : map.form.inChannels;
    const base: Value = { name: output.name };
    around.moved.set(base, {
      through: output,
      reader: node,
      reads: way.base,
      facts: { channels: channels ?? around.baseFacts(way.base).channels, rank, shape: undefined },
      narrowed,
      total: plus(around.total({ ...way, own: noWork, floor: noWork }), meetings(1)),
    });
    return [{ ...way, base, map, uses: 1 }];
  });
  const total = plus(totalOf(input, around), meetings(1));
  return { candidates, chosen: undefined, best: undefined, terms: undefined, total, why };
}

const needsBatch =
  'the layers before it stay there: an image without its batch axis is flattened to [channels, pixels] (sizes: "given" with a batched inputShape would move them)';

function isMovable({ map, uses, shared }: Candidate): boolean {
  return (
    !shared && uses > 0 && (map.kind === "scalar" || (map.along === "channels" && isPointwise(map.form)))
  );
}
