import type { Node, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { inOrder } from "../convert/order.js";
import type { SourceNode } from "../model/graph.js";
import { isDelimited } from "../wire/message.js";
import { delimited, joined, type Pieces, spliced } from "../wire/pieces.js";
import type { NewTensor } from "../write/new-tensor.js";
import { emitMove } from "./emit/emit-move.js";
import { emitOperation } from "./emit/emit-operation.js";
import type { Emitted } from "./emit/new-nodes.js";
import { editsOf } from "./left-over.js";
import { type Remains, remains } from "./plan/live.js";
import type { EditedGraph, Instead, Rewriting } from "./rewriting.js";

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
  readonly #instead = new Map<SourceNode, readonly Instead[]>();
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
    const [instead, tensors] = [this.#instead, this.#tensors];
    return editsOf(this.#converted, this.#rewriting, { instead, tensors, live: this.#remains.live });
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
}

/** A node whose first input has another name. */
function withInput({ message }: SourceNode, name: string): Pieces {
  const first = message.fields.findIndex((field) => isDelimited(field, 1));
  const renamed = delimited(1, joined([new TextEncoder().encode(name)]));
  return spliced(message, { replaced: new Map([[first, [renamed]]]) });
}
