import { type ConvNode, type Graph, inputsOf, type Node, type Value } from "../engines/lowered.js";

/**
 * Folds what a convolution's last step can do into it: a following per-channel scale, the sum with an earlier value, and ReLU.
 * Nothing that is used elsewhere is folded away.
 */
export function simplify(graph: Graph): Graph {
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

function countUses(nodes: readonly Node[], output: Value): Map<Value, number> {
  const uses = new Map<Value, number>([[output, 1]]);
  for (const node of nodes) for (const value of inputsOf(node)) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

/** The earlier node that is absorbed, and the node that does both; undefined where nothing can be merged. */
function mergeInto(
  node: Node,
  producer: ReadonlyMap<Value, Node>,
  uses: ReadonlyMap<Value, number>,
  nodes: readonly Node[],
): readonly [Node, Node] | undefined {
  if (node.op !== "conv" || !isPerChannel(node)) return undefined;
  const single = (value: Value | undefined): ConvNode | undefined => {
    const before = value === undefined ? undefined : producer.get(value);
    return before?.op === "conv" && uses.get(before.out) === 1 && !before.relu ? before : undefined;
  };
  const label = (before: ConvNode) => `${before.label} + ${node.label}`;
  const before = single(node.x);
  if (before !== undefined && before.residual === undefined && node.residual === undefined) {
    const both = isPlain(node) ? before : scaled(before, node);
    return [before, { ...both, out: node.out, relu: node.relu, path: before.path, label: label(before) }];
  }
  if (!isPlain(node)) return undefined;
  if (before !== undefined && node.residual === undefined) {
    return [before, { ...before, out: node.out, relu: node.relu, label: label(before) }];
  }
  if (node.residual === undefined) return undefined;
  // A sum of two: a convolution that is computed for it alone adds the other to its result, the later one if both could.
  const order = (value: Value) => nodes.findIndex((one) => one.out === value);
  const both = [node.x, node.residual].sort((a, b) => order(b) - order(a)) as [Value, Value];
  if (both[0] === both[1]) return undefined;
  for (const [i, value] of both.entries()) {
    const computed = single(value);
    if (computed === undefined || computed.residual !== undefined) continue;
    const residual = both[1 - i] as Value;
    return [computed, { ...computed, out: node.out, residual, relu: node.relu, label: label(computed) }];
  }
  return undefined;
}

function isPerChannel(node: ConvNode): boolean {
  const { geometry: g } = node;
  const pointwise = g.axes.every(
    ({ size, stride, before, after }) => size === 1 && stride === 1 && before === 0 && after === 0,
  );
  return pointwise && g.groups > 1 && g.groups === g.inChannels && g.groups === g.outChannels;
}

/** True for x itself: scale 1, no shift. */
function isPlain(node: ConvNode): boolean {
  const channels = node.out.shape[1];
  return node.bias === undefined && node.weight.every((scale, c) => scale === 1 || c >= channels);
}

/** The convolution with its outputs scaled and shifted, folded in float64 and rounded once. */
function scaled(conv: ConvNode, by: ConvNode): ConvNode {
  const perOutput = conv.weight.length / conv.geometry.outChannels;
  const weight = Float64Array.from(
    conv.weight,
    (w, i) => w * (by.weight[Math.floor(i / perOutput)] as number),
  );
  const bias = Float64Array.from(
    { length: conv.geometry.outChannels },
    (_, o) => (conv.bias?.[o] ?? 0) * (by.weight[o] as number) + (by.bias?.[o] ?? 0),
  );
  return { ...conv, weight, bias };
}
