import { type Graph, GraphBuilder, type Node, type Value } from "../../graph/graph.js";
import type { Op } from "../../graph/op.js";
import type { Weights } from "../../graph/weights.js";
import { type Composition, isConnected } from "../../nn/composition.js";
import { operationOf } from "../../nn/layer.js";
import { joinPath, type Module } from "../../nn/module.js";

/** One use of a module in a network: what it reads and gives there, and what it is made of. */
export interface Place {
  readonly module: Module;
  /** Its name in what it is a part of; "" for the whole. */
  readonly name: string;
  /** Its dotted name. */
  readonly path: string;
  readonly input: Value;
  readonly output: Value;
  /**
   * The node of a layer, or where the wires of a composition meet last; undefined: nothing is computed here.
   */
  readonly node: Node | undefined;
  /** The numbers of the first node in it, and of the first one behind it. */
  readonly first: number;
  readonly end: number;
  /** Of a composition whose wires are known: its children, in the order in which the wires meet them. */
  readonly parts: readonly Place[];
}

/** Whether a place computes anything. */
export function isSomething({ first, end }: Place): boolean {
  return end > first;
}

/** A module as a graph, and where everything in it stands. */
export interface Lowered {
  readonly graph: Graph;
  readonly root: Place;
}

/**
 * The graph of a module tree. What does nothing (an `Identity`, a factor of 1) is no node: its output is its
 * input. A module that says nothing of itself is one opaque node.
 */
export function lower(module: Module): Lowered {
  const lowering = new Lowering();
  const root = lowering.place(module, "", "", lowering.builder.input("input"));
  return { graph: lowering.builder.finish([root.output]), root };
}

class Lowering {
  readonly builder: GraphBuilder<Weights> = new GraphBuilder<Weights>();
  /** A module that is used twice is one operation in both places. */
  readonly #ops = new Map<Module, Op>();
  #nodes = 0;

  place(module: Module, name: string, path: string, input: Value): Place {
    const first = this.#nodes;
    if (isConnected(module)) return this.#composition(module, name, path, input);
    const op = this.#ops.get(module) ?? operationOf(module) ?? unknown(module);
    this.#ops.set(module, op);
    const node = isNothing(op) ? undefined : this.#add(op, [input], path);
    const output = node?.outputs[0] ?? input;
    return { module, name, path, input, output, node, first, end: this.#nodes, parts: [] };
  }

  #composition(module: Composition, name: string, path: string, input: Value): Place {
    const first = this.#nodes;
    const children = module.children();
    const parts: Place[] = [];
    let node: Node | undefined;
    const output = module.connect<Value>(input, {
      child: (childName, value) => {
        const part = this.place(
          children.get(childName) as Module,
          childName,
          joinPath(path, childName),
          value,
        );
        parts.push(part);
        return part.output;
      },
      meet: (op, values) => {
        if (values.length === 1 && op.kind !== "add" && op.kind !== "concat") return values[0] as Value;
        node = this.#add(op, values, path);
        return node.outputs[0] as Value;
      },
    });
    return { module, name, path, input, output, node, first, end: this.#nodes, parts };
  }

  #add(op: Op, inputs: readonly Value[], path: string): Node {
    const node = { op, inputs, outputs: [{ name: path }], path };
    this.builder.addNode(node);
    this.#nodes++;
    return node;
  }
}

function unknown(module: Module): Op {
  const reason = "its forward is its own, and nothing says what it computes";
  return { kind: "opaque", name: module.typeName, reason, children: [] };
}

/** True if the output is the input. */
function isNothing(op: Op): boolean {
  switch (op.kind) {
    case "identity":
      return true;
    case "affine":
      return op.factor === 1 && op.before === 0 && op.after === 0;
    case "pad":
      return op.sides.flat().every((pixels) => pixels === 0);
    default:
      return false;
  }
}
