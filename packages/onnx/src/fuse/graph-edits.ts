import type { Node, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { inOrder } from "../convert/order.js";
import { encode } from "../model/elements.js";
import type { SourceNode } from "../model/graph.js";
import { freeNames, givenNames, namesReadBy } from "../model/read-names.js";
import { isDelimited } from "../wire/message.js";
import { delimited, joined, type Pieces, spliced } from "../wire/pieces.js";
import type { GraphEdits, NewNode } from "../write/edits.js";
import { nodeMessage } from "../write/messages.js";
import type { NewTensor } from "../write/new-tensor.js";
import { emitMove } from "./emit/emit-move.js";
import { emitOperation } from "./emit/emit-operation.js";
import type { Emitted, NewOperation } from "./emit/new-nodes.js";
import type { Site } from "./emit/site.js";
import { type Accepted, type Remains, remains } from "./plan/live.js";

/** What a graph is to become. */
export interface Rewriting extends Accepted {
  /** What computes each replaced value. */
  readonly emitted: ReadonlyMap<Value, Emitted>;
  /** The names of values; those without one in the file get one when they are asked for. */
  readonly nameOf: (value: Value) => string;
  /** Values whose contents are other ones than they were, under the same name. */
  readonly changed: ReadonlySet<string>;
  readonly siteOf: (value: Value) => Site;
  /** Names that graphs in attributes read from outside, as they will be. */
  readonly freeAfter: ReadonlyMap<SourceNode, ReadonlySet<string>>;
  /** True: new tensors are to be initializers; false: Constant nodes. */
  readonly asInitializers: boolean;
  /** True: initializers have to be inputs as well. */
  readonly asInputs: boolean;
}

/**
 * The edits of one graph, the names that it reads from outside once they are made, and what is left of it.
 */
export interface EditedGraph {
  readonly edits: GraphEdits;
  readonly free: ReadonlySet<string>;
  /** The nodes of the graph of operations that are still computed. */
  readonly live: ReadonlySet<Node>;
}

/** What becomes of each node: new operations stand where the one stood that gave their output. */
export function editGraph(converted: ConvertedGraph, rewriting: Rewriting): EditedGraph {
  return new Editing(converted, rewriting).finish();
}

class Editing {
  readonly #converted: ConvertedGraph;
  readonly #rewriting: Rewriting;
  readonly #remains: Remains;
  /** Values within nodes that something else is to read, so that they have to be computed by themselves. */
  readonly #exposed: Set<Value>;
  /** What stands for a node; a node that is not here stays. */
  readonly #instead = new Map<
    SourceNode,
    readonly (NewOperation | { readonly spliced: Pieces; readonly reads: readonly string[] })[]
  >();
  readonly #tensors = new Map<SourceNode, readonly NewTensor[]>();

  constructor(converted: ConvertedGraph, rewriting: Rewriting) {
    this.#converted = converted;
    this.#rewriting = rewriting;
    this.#remains = remains(converted, rewriting);
    const needed = [...rewriting.replaced.values()].flatMap(({ terms }) => terms.map(({ base }) => base));
    this.#exposed = new Set([...needed, ...rewriting.rewired.values()].filter(({ name }) => name === ""));
  }

  finish(): EditedGraph {
    // Readers first: one that is written anew may read what stands within a node before it.
    for (const node of inOrder(this.#converted.source).toReversed()) this.#decide(node);
    this.#dropAliases();
    return this.#withoutLeftovers();
  }

  #decide(source: SourceNode): void {
    const made = this.#converted.made.get(source) ?? [];
    if (made.length === 0) return;
    const { emitted, rewired } = this.#rewriting;
    const { live, canStay } = this.#remains;
    const isWhole = made.every(
      (node, i) =>
        live.has(node) && (i === made.length - 1 || !node.outputs.some((value) => this.#exposed.has(value))),
    );
    const other = rewired.get(made[0] as Node);
    const isMovable = other === undefined || this.#readsItself(source, made[0] as Node);
    // What a Reshape is to make may have been told by the shape of what is gone: then it is written anew, as
    // an Identity or a Flatten.
    const inputs = other === undefined ? source.inputs : source.inputs.slice(1);
    if (isWhole && isMovable && canStay({ ...source, inputs })) {
      if (other !== undefined) {
        const name = this.#rewriting.nameOf(other);
        this.#instead.set(source, [
          { spliced: withInput(source, name), reads: [name, ...source.inputs.slice(1)] },
        ]);
      }
      return;
    }
    const parts = made.flatMap((node): readonly Emitted[] => {
      const [output] = node.outputs;
      const replacement = output && emitted.get(output);
      if (replacement !== undefined) return [replacement];
      return live.has(node) && output !== undefined ? [this.#operation(node, output)] : [];
    });
    this.#instead.set(
      source,
      parts.flatMap(({ operations }) => operations),
    );
    this.#tensors.set(
      source,
      parts.flatMap(({ tensors }) => tensors),
    );
  }

  /** True if an operation reads what its node reads in the file, and not what that is a move of. */
  #readsItself({ inputs }: SourceNode, { inputs: [read] }: Node): boolean {
    return inputs[0] !== undefined && this.#converted.scope.lookup(inputs[0]).value === read;
  }

  /**
   * Where a value within a node is computed by itself, it has the name of one that is the same; that needs no
   * node then.
   */
  #dropAliases(): void {
    const { aliases, made } = this.#converted;
    const given = new Set(
      [...this.#instead.values()].flatMap((all) =>
        all.flatMap((one) => ("output" in one ? [one.output] : [])),
      ),
    );
    const named = new Map([...aliases].map(([value, { name }]) => [name, value]));
    for (const [source, [operation]] of made) {
      const [output] = operation?.outputs ?? [];
      const value = output && named.get(output.name);
      if (value === undefined || operation?.inputs[0] !== value) continue;
      if (!given.has(output?.name ?? "") || this.#rewriting.emitted.has(output as Value)) continue;
      this.#instead.set(source, []);
    }
  }

  #operation(node: Node, output: Value): Emitted {
    const { rewired, nameOf, siteOf } = this.#rewriting;
    const other = rewired.get(node);
    const reads = other === undefined ? node.inputs : [other];
    for (const value of reads) if (value.name === "") this.#exposed.add(value);
    const inputs = reads.map(nameOf);
    const move = this.#converted.moves.get(node);
    if (move !== undefined) return emitMove(move, inputs, nameOf(output), node.path, siteOf(output));
    const rank = this.#converted.facts.get(node.inputs[0] as Value)?.shape?.length ?? 4;
    return emitOperation(node.op, inputs, nameOf(output), rank, node.path, siteOf(output));
  }

  /** The edits, without constants and initializers that were read and are read no more. */
  #withoutLeftovers(): EditedGraph {
    const { source, made, scope } = this.#converted;
    const { freeAfter, asInitializers, asInputs, changed } = this.#rewriting;
    const isConstant = (node: SourceNode): boolean => made.get(node)?.length === 0;
    const before = namesReadBy(source.nodes);
    const used = new Set<string>();
    for (const { value } of source.outputs) used.add(value.name);
    const given = new Set<string>();
    for (const node of source.nodes) {
      if (isConstant(node)) continue;
      const instead = this.#instead.get(node);
      if (instead === undefined) {
        for (const name of node.inputs) used.add(name);
        for (const name of freeAfter.get(node) ?? freeNamesOf(node)) used.add(name);
        for (const name of node.outputs) given.add(name);
        continue;
      }
      for (const one of instead) {
        for (const name of "spliced" in one ? one.reads : one.inputs) used.add(name);
        if ("spliced" in one) for (const name of node.outputs) given.add(name);
        else given.add(one.output);
      }
    }
    const gone = new Set(
      source.nodes
        .filter((node) => !isConstant(node))
        .flatMap(({ outputs }) => outputs.filter((name) => !given.has(name))),
    );
    const nodes = new Map<number, readonly NewNode[]>();
    const tensors: NewTensor[] = [];
    // A constant is kept if something reads it that is kept; readers stand behind it.
    for (const node of inOrder(source).filter(isConstant).reverse()) {
      const wasRead = node.outputs.some((name) => before.has(name));
      if (wasRead && !node.outputs.some((name) => used.has(name))) {
        nodes.set(node.field, []);
        for (const name of node.outputs) gone.add(name);
      } else if (node.inputs.some((name) => gone.has(name))) {
        nodes.set(node.field, [constantNode(node, scope.lookup(node.outputs[0] as string).constant)]);
      } else {
        for (const name of node.inputs) used.add(name);
      }
    }
    for (const node of source.nodes) {
      const instead = this.#instead.get(node);
      if (instead === undefined) continue;
      const own = this.#tensors.get(node) ?? [];
      if (asInitializers) tensors.push(...own);
      const constants = asInitializers
        ? []
        : own.map((tensor): NewNode => ({ constant: tensor, node: tensor.name }));
      nodes.set(node.field, [
        ...constants,
        ...instead.map((one) => ("spliced" in one ? one.spliced : nodeMessage(one))),
      ]);
    }
    const initializersGone = new Set(
      [...source.initializers.keys()].filter(
        // One that a caller may override is an input, and stays.
        (name) => before.has(name) && !used.has(name) && scope.lookup(name).constant !== undefined,
      ),
    );
    // Rather no file than one that nobody can run.
    const missing = [...used].find((name) => gone.has(name));
    if (missing !== undefined) throw new TypeError(`"${missing}" would be read, and nothing would give it`);
    const edits: GraphEdits = {
      nodes,
      initializersGone,
      valuesGone: new Set([...gone, ...changed]),
      tensors,
      asInputs,
    };
    const own = givenNames(source);
    for (const { name } of [...this.#tensors.values()].flat()) given.add(name);
    const free = new Set([...used].filter((name) => name !== "" && !own.has(name) && !given.has(name)));
    return { edits, free, live: this.#remains.live };
  }
}

function freeNamesOf({ bodies }: SourceNode): readonly string[] {
  return bodies.flatMap(({ graph }) => [...freeNames(graph)]);
}

/** A node whose first input has another name. */
function withInput({ message }: SourceNode, name: string): Pieces {
  const first = message.fields.findIndex((field) => isDelimited(field, 1));
  const renamed = delimited(1, joined([new TextEncoder().encode(name)]));
  return spliced(message, { replaced: new Map([[first, [renamed]]]) });
}

/** A constant that was computed from the type or the shape of a value that is gone. */
function constantNode(
  node: SourceNode,
  constant: ReturnType<ConvertedGraph["scope"]["lookup"]>["constant"],
): NewNode {
  if (constant === undefined) throw new TypeError(`${node.name} gives no constant`);
  const bytes = encode(constant.read(), constant.type);
  const tensor = {
    name: node.outputs[0] as string,
    type: constant.type,
    dims: constant.shape,
    length: bytes.length,
    make: () => [bytes],
  };
  return { constant: tensor, node: node.name };
}
