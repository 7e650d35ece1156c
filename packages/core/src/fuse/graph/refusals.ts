import type { Graph, Node, Value } from "../../graph/graph.js";
import { type Op, type OpKind, opName } from "../../graph/op.js";
import type { Choice } from "./choose.js";
import { branchesDiffer } from "./survey/sums.js";
import type { Surroundings } from "./survey/surroundings.js";
import { partsDiffer, type Unmapped } from "./survey/survey.js";

/** A place where nothing was fused, and why. */
export interface GraphRefusal {
  /** The path of the node whose output is not merged with what follows, or of the one that stays as it is. */
  readonly path: string;
  /** Why, in a sentence's part for people. */
  readonly reason: string;
  /** What stays: one node with the sums in it, or the last one of a region and what reads it. */
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
  const between = new Set<Value>();
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (output === undefined || !(choice.live.has(node) || choice.replaced.has(output))) continue;
    const rule = unmapped.get(node);
    if (rule !== undefined) refuse(node.path, rule, [node]);
    const made = around.made.get(output);
    if (made === undefined) continue;
    if (made.why !== undefined && !choice.passed.has(output)) {
      const nodes = withInnerSums(node, around);
      refuse(node.path, whyNotOne(made.why, nodes, unmapped, around), nodes);
    }
    // What stands here now, and why it does not reach beyond what it reads.
    for (const { base, stop } of made.chosen ?? (made.best === undefined ? [] : [made.best])) {
      const before = around.wires.producer(around.moved.get(base)?.through ?? base);
      if (before === undefined || stop === undefined || between.has(base)) continue;
      between.add(base);
      if (around.made.get(base)?.why !== stop)
        refuse(before.path, `not merged with what follows: ${stop}`, [before, node]);
    }
  }
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (output === undefined || !choice.live.has(node) || explained.has(node)) continue;
    if (around.made.get(output)?.best !== undefined) refuse(node.path, alone(node, around), [node]);
  }
  return refusals;
}

/**
 * Where branches only seem to start from different values, since one of them ends in what stays: which one
 * does, and why.
 */
function whyNotOne(why: string, nodes: readonly Node[], unmapped: Unmapped, { wires }: Surroundings): string {
  if (why !== branchesDiffer && why !== partsDiffer) return why;
  for (const input of nodes.flatMap((node) => node.inputs)) {
    const branch = wires.producer(wires.same(input));
    const rule = branch && unmapped.get(branch);
    if (rule !== undefined) return `its branch ${branch?.path} stays: ${rule}`;
  }
  return why;
}

/** A node, and the additions in it that were looked at with it. */
function withInnerSums(node: Node, { wires }: Surroundings): readonly Node[] {
  const nodes: Node[] = [];
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    nodes.push(at);
    for (const input of at.op.kind === "add" ? at.inputs.map(wires.same) : []) {
      const inner = wires.isInnerSum(input) ? wires.producer(input) : undefined;
      if (inner !== undefined) open.push(inner);
    }
  }
  return nodes;
}

/** Of a linear node that nothing else was said of. */
function alone(node: Node, { wires }: Surroundings): string {
  const [input, output] = [node.inputs[0] as Value, node.outputs[0] as Value];
  const before = wires.producer(wires.same(input));
  const after = wires.reader(output);
  const start = before === undefined ? "an input" : inWords(before.op);
  const end = after === undefined ? "an output" : inWords(after.op);
  return `nothing to merge with: it stands between ${start} and ${end}`;
}

function inWords(op: Op): string {
  const words: Partial<Record<OpKind, string>> = {
    add: "a sum",
    adaptiveMean: "a pooling",
    affine: "a norm",
    concat: "a concatenation",
    conv: "a convolution",
    flatten: "a flattening",
    matrix: "a linear layer",
    multiply: "a product",
    norm: "a normalisation by its input",
    pad: "a padding",
    resize: "an upsampling",
    shuffle: "a pixel shuffle",
    slope: "PReLU",
    window: "a pooling",
  };
  return words[op.kind] ?? opName(op);
}
