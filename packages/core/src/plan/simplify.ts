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

/**
 * Folds what a convolution's last step can do into it: a following per-channel scale, the sum with an earlier value, and ReLU.
 * Nothing that is used elsewhere is folded away.
 */
export function simplify(graph: LoweredGraph): LoweredGraph {
  let nodes = [...graph.nodes];
  for (let changed = true; changed; ) {
    changed = false;
    const uses = countUses(nodes, graph.output);
    const producer = new Map(nodes.map((node) => [node.out, node]));
    for (const node of nodes) {
      const merged = mergeInto(node, producer, uses, nodes);
      if (merged === undefined) continue;
      const [before, after] = merged;
      nodes = nodes.filter((one) => one !== before).map((one) => (one === node ? after : one));
      changed = true;
      break;
    }
  }
  return { ...graph, nodes };
}

function countUses(nodes: readonly LoweredNode[], output: LoweredValue): Map<LoweredValue, number> {
  const uses = new Map<LoweredValue, number>([[output, 1]]);
  for (const node of nodes) for (const value of inputsOf(node)) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

/** The earlier node that is absorbed, and the node that does both; undefined where nothing can be merged. */
function mergeInto(
  node: LoweredNode,
  producer: ReadonlyMap<LoweredValue, LoweredNode>,
  uses: ReadonlyMap<LoweredValue, number>,
  nodes: readonly LoweredNode[],
): readonly [Sums, Sums] | undefined {
  if (node.kind !== "scale") return undefined;
  const single = (value: LoweredValue): Sums | undefined => {
    const before = producer.get(value);
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
  // x + y is the residual of the convolution that makes one of them for this sum alone; of two such, of the later one, which has the other at hand.
  const order = (value: LoweredValue) => nodes.findIndex((one) => one.out === value);
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
