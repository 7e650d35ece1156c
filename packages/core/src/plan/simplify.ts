import {
  inputsOf,
  type LoweredConv,
  type LoweredGraph,
  type LoweredNode,
  type LoweredScale,
  type LoweredValue,
} from "../engines/lowered.js";

/** A node that can take something more upon its sums. */
type Sums = LoweredConv | LoweredScale;

/** The node that computes a value, and its place in the order of computing. */
interface Producer {
  readonly node: LoweredNode;
  readonly place: number;
}

/**
 * Folds what a convolution's last step can do into it: a following per-channel scale, the sum with an earlier
 * value, and ReLU. Nothing that is used elsewhere is folded away.
 *
 * One walk is enough: a node takes the one before it into its own place, and what stands between reads
 * neither.
 */
export function simplify(graph: LoweredGraph): LoweredGraph {
  const uses = countUses(graph.nodes, graph.output);
  const producers = new Map<LoweredValue, Producer>();
  for (const [place, given] of graph.nodes.entries()) {
    let node = given;
    for (let merged = mergeInto(node, producers, uses); merged; merged = mergeInto(node, producers, uses)) {
      const [before, both] = merged;
      producers.delete(before.out);
      node = both;
    }
    producers.set(node.out, { node, place });
  }
  return { ...graph, nodes: [...producers.values()].map(({ node }) => node) };
}

function countUses(nodes: readonly LoweredNode[], output: LoweredValue): Map<LoweredValue, number> {
  const uses = new Map<LoweredValue, number>([[output, 1]]);
  for (const node of nodes) for (const value of inputsOf(node)) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

/** The earlier node that is absorbed, and the node that does both; undefined where nothing can be merged. */
function mergeInto(
  node: LoweredNode,
  producers: ReadonlyMap<LoweredValue, Producer>,
  uses: ReadonlyMap<LoweredValue, number>,
): readonly [Sums, Sums] | undefined {
  if (node.kind !== "scale") return undefined;
  const single = (value: LoweredValue): Sums | undefined => {
    const before = producers.get(value)?.node;
    const sums = before?.kind === "conv" || before?.kind === "scale" ? before : undefined;
    return sums !== undefined && uses.get(sums.out) === 1 && !sums.relu ? sums : undefined;
  };
  const { out, relu } = node;
  const label = (before: Sums) => `${before.label} + ${node.label}`;
  const isPlain = node.scale === undefined && node.shift === undefined;
  const before = single(node.x);
  if (before !== undefined && node.residual === undefined && (isPlain || before.residual === undefined)) {
    const both = isPlain ? before : scaled(before, node);
    return [before, { ...both, out, relu, label: label(before) }];
  }
  const { residual } = node;
  if (!isPlain || residual === undefined || node.x === residual) return undefined;
  // x + y: the last convolution whose only reader is this sum takes the other value as its residual.
  const order = (value: LoweredValue) => producers.get(value)?.place ?? -1;
  const both = [node.x, residual].sort((a, b) => order(b) - order(a)) as [LoweredValue, LoweredValue];
  for (const [i, value] of both.entries()) {
    const computed = single(value);
    if (computed === undefined || computed.residual !== undefined) continue;
    return [computed, { ...computed, out, residual: both[1 - i], relu, label: label(computed) }];
  }
  return undefined;
}

/** The sums scaled and shifted, folded in float64 and rounded once. */
function scaled(before: Sums, by: LoweredScale): Sums {
  const scaleOf = (channel: number) => by.scale?.[channel] ?? 1;
  const shiftOf = (channel: number) => by.shift?.[channel] ?? 0;
  if (before.kind === "scale") {
    const channels = before.out.shape[1] as number;
    const each = (value: (channel: number) => number) =>
      Float64Array.from({ length: channels }, (_, c) => value(c));
    return {
      ...before,
      scale: each((c) => (before.scale?.[c] ?? 1) * scaleOf(c)),
      shift: each((c) => (before.shift?.[c] ?? 0) * scaleOf(c) + shiftOf(c)),
    };
  }
  const { outChannels } = before.geometry;
  const perOutput = before.weight.length / outChannels;
  const weight = Float64Array.from(before.weight, (w, i) => w * scaleOf(Math.floor(i / perOutput)));
  const bias = Float64Array.from(
    { length: outChannels },
    (_, o) => (before.bias?.[o] ?? 0) * scaleOf(o) + shiftOf(o),
  );
  return { ...before, weight, bias };
}
