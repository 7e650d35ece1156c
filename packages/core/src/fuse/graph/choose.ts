import type { Graph, Node, Value } from "../../graph/graph.js";
import type { ImageForm } from "../../graph/op.js";
import type { Candidate } from "./survey/candidate.js";
import type { Surroundings } from "./survey/surroundings.js";

/** Which values are computed in another way than their nodes say, and what is computed at all. */
export interface Choice {
  /** By value: the candidates whose sum it is, their bases being values of the graph. */
  readonly replaced: ReadonlyMap<Value, readonly Candidate[]>;
  /** Nodes that read another value than they did. */
  readonly rewired: ReadonlyMap<Node, Value>;
  /** What a rewired node has to refuse from then on: all but this. */
  readonly narrowed: ReadonlyMap<Node, ImageForm>;
  /** The nodes that are still computed. */
  readonly live: ReadonlySet<Node>;
  /** By value that is replaced: the nodes that read another value for its sake. */
  readonly rewiredFor: ReadonlyMap<Value, readonly Node[]>;
  /** By value that holds something else than it did: the one that need not be computed for that reason. */
  readonly aheadFor: ReadonlyMap<Value, Value>;
  /** What stands between the two, and holds something else too. */
  readonly passed: ReadonlySet<Value>;
}

/** Goes back from what has to exist, and takes for each value what was found best. */
export function choose(graph: Graph, around: Surroundings): Choice {
  const producers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const replaced = new Map<Value, readonly Candidate[]>();
  const rewired = new Map<Node, Value>();
  const narrowed = new Map<Node, ImageForm>();
  const rewiredFor = new Map<Value, Node[]>();
  const live = new Set<Node>();
  const aheadFor = new Map<Value, Value>();
  const instead = new Map<Value, readonly Candidate[]>();
  const passed = new Set<Value>();
  const seen = new Set<Value>();
  const open = [...graph.outputs];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const made = around.made.get(value);
    const chosen = instead.get(value) ?? made?.chosen;
    if (made?.ahead !== undefined && !instead.has(value)) {
      instead.set(made.ahead.value, made.ahead.chosen);
      aheadFor.set(made.ahead.value, value);
      for (const between of made.ahead.between) passed.add(between);
    }
    if (chosen === undefined) {
      const node = producers.get(value);
      if (node === undefined || live.has(node)) continue;
      live.add(node);
      const other = rewired.get(node);
      for (const input of other === undefined ? node.inputs : [other]) open.push(input);
      continue;
    }
    const readers: Node[] = [];
    const terms = chosen.map(
      (term): Candidate => ({ ...term, base: settled(term.base, around, { rewired, narrowed }, readers) }),
    );
    replaced.set(value, terms);
    rewiredFor.set(value, readers);
    for (const term of terms) open.push(term.base);
  }
  return { replaced, rewired, narrowed, live, rewiredFor, aheadFor, passed };
}

/** The value of the graph that a base is; what has to read another value for its sake is noted. */
function settled(
  base: Value,
  { moved, wires }: Surroundings,
  { rewired, narrowed }: { readonly rewired: Map<Node, Value>; readonly narrowed: Map<Node, ImageForm> },
  readers: Node[],
): Value {
  for (let at = moved.get(base); at !== undefined; at = moved.get(at.reads)) {
    const reads = moved.get(at.reads)?.through ?? at.reads;
    if (reads === wires.same(at.reader.inputs[0] as Value)) continue;
    rewired.set(at.reader, reads);
    if (at.narrowed !== undefined) narrowed.set(at.reader, at.narrowed);
    readers.push(at.reader);
  }
  return moved.get(base)?.through ?? base;
}
