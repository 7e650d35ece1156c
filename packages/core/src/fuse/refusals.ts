import type { Graph, Node, Value } from "../graph/graph.js";
import { opName } from "../graph/op.js";
import type { Surroundings } from "./candidates.js";
import type { Choice } from "./choose.js";
import type { Unmapped } from "./survey.js";

/** A place where nothing was fused, and why. */
export interface GraphRefusal {
  /** The path of the node whose output is not merged with what follows, or of the one that stays as it is. */
  readonly path: string;
  readonly reason: string;
  /** What stays: one node, or the last one of a region and what reads it. */
  readonly nodes: readonly Node[];
}

/** One reason for every linear node that was not merged, and for every place between two regions. */
export function refusalsOf(
  graph: Graph,
  choice: Choice,
  unmapped: Unmapped,
  around: Surroundings,
): readonly GraphRefusal[] {
  const refusals: GraphRefusal[] = [];
  const explained = new Set<Node>();
  const refuse = (path: string, reason: string, nodes: readonly Node[]): void => {
    refusals.push({ path, reason, nodes });
    for (const node of nodes) explained.add(node);
  };
  const stays = (value: Value): boolean => choice.replaced.has(value) || isLive(value);
  const isLive = (value: Value): boolean => {
    const node = around.wires.producer(value);
    return node !== undefined && choice.live.has(node);
  };
  const between = new Set<Value>();
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (output === undefined || !stays(output)) continue;
    const made = around.made.get(output);
    const rule = unmapped.get(node);
    if (rule !== undefined) refuse(node.path, rule, [node]);
    if (made === undefined || !isLinear(node)) continue;
    if (node.op.kind === "add" || node.op.kind === "concat") {
      if (made.why !== undefined) refuse(node.path, made.why, [node]);
      continue;
    }
    // The value that what stands here now reads.
    const base = choice.replaced.get(output)?.[0]?.base ?? around.wires.same(node.inputs[0] as Value);
    const before = around.wires.producer(base);
    if (before === undefined || between.has(base) || !isLinear(before) || around.wires.isFixed(before))
      continue;
    if (!around.made.has(base)) continue;
    between.add(base);
    const why = made.why ?? readElsewhere(base);
    if (why !== around.made.get(base)?.why)
      refuse(before.path, `not merged with what follows: ${why}`, [before, node]);
  }
  for (const node of graph.nodes) {
    if (!choice.live.has(node) || explained.has(node) || !isAlone(node, around)) continue;
    refuse(node.path, aloneBetween(node, around), [node]);
  }
  return refusals;
}

function readElsewhere({ name }: Value): string {
  return `"${name}" is read elsewhere too`;
}

/** A linear node that nothing was said of. */
function isAlone(node: Node, around: Surroundings): boolean {
  const [output] = node.outputs;
  return output !== undefined && isLinear(node) && around.made.has(output);
}

function isLinear({ op }: Node): boolean {
  switch (op.kind) {
    case "conv":
    case "affine":
    case "matrix":
    case "pad":
    case "add":
    case "concat":
      return true;
    case "window":
      return op.reduce === "mean";
    default:
      return false;
  }
}

function aloneBetween(node: Node, { wires }: Surroundings): string {
  const [input, output] = [node.inputs[0] as Value, node.outputs[0] as Value];
  const before = wires.producer(wires.same(input));
  const after = wires.reader(output);
  const start = before === undefined ? "an input" : opName(before.op);
  const end = after === undefined ? "an output" : opName(after.op);
  return `nothing to merge with: it stands between ${start} and ${end}`;
}
