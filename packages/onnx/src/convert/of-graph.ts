import { FormatError, type Graph, type Node, type Op, type StoredWeights, type Value } from "@convfuse/core";
import { evaluateConstant } from "../constants/evaluate.js";
import type { Call } from "../facts/call.js";
import type { Fact, Outcome } from "../facts/fact.js";
import { outcomesOf } from "../facts/outcomes.js";
import { isConvolution, shapeReadBy } from "../facts/weight-hint.js";
import { attributesOf, type Body, type SourceGraph, type SourceNode } from "../model/graph.js";
import { namesReadBy } from "../model/read-names.js";
import { askersOf } from "./askers.js";
import { type Context, functionKey, isKnownOpset } from "./context.js";
import { inOrder } from "./order.js";
import { type Conversion, isRefused, type WrittenMove } from "./rule.js";
import { Scope } from "./scope.js";
import { Views } from "./views.js";

/** A graph of a file as a graph of operations, with the way back. */
export interface ConvertedGraph {
  readonly source: SourceGraph;
  readonly context: Context;
  readonly scope: Scope;
  readonly graph: Graph<StoredWeights>;
  /** The node of the file that an operation stems from. */
  readonly origins: ReadonlyMap<Node, SourceNode>;
  /** The operations that a node of the file was made into; none: it gives a constant, or nothing. */
  readonly made: ReadonlyMap<SourceNode, readonly Node<StoredWeights>[]>;
  /** What is known of each value that has a name in the file, and of some within one of its nodes. */
  readonly facts: ReadonlyMap<Value, Fact>;
  /** Operations that are a part of a node and only move what flows: how they are written alone. */
  readonly moves: ReadonlyMap<Node, WrittenMove>;
  /** For a value within a node: one that has a name and is the same. */
  readonly aliases: ReadonlyMap<Value, Value>;
  /**
   * Operations whose outputs others only ask for a shape or a type that they have anyway: they are not in the
   * graph.
   */
  readonly askers: ReadonlySet<Node>;
  /** The graphs in attributes of nodes. */
  readonly bodies: readonly {
    readonly node: SourceNode;
    readonly body: Body;
    readonly graph: ConvertedGraph;
  }[];
}

/** @throws {FormatError} if a name is given twice, or nodes need each other in a circle */
export function convertGraph(source: SourceGraph, context: Context, parent?: Scope): ConvertedGraph {
  const hints = new Map<string, Hint>();
  const nodes = inOrder(source);
  for (;;) {
    const walk = new Walk(source, context, new Scope(context, source, parent, hints));
    for (const node of nodes) walk.add(node);
    // What a convolution says of its input, those that read that before it have to know as well.
    if (walk.late.size === 0) return walk.finish();
    for (const [name, hint] of walk.late) hints.set(name, hint);
  }
}

/** [batch, channels, ...sizes] of a value, as far as something says them. */
type Hint = NonNullable<ReturnType<typeof shapeReadBy>>;

class Walk {
  readonly #source: SourceGraph;
  readonly #context: Context;
  readonly #scope: Scope;
  /** Names that something reads. */
  readonly #read: ReadonlySet<string>;
  /** Names that nodes read so far. */
  readonly #readSoFar = new Set<string>();
  /** Names of whose axes a convolution was the first to say something, when others had read them. */
  readonly late = new Map<string, Hint>();
  readonly #nodes: Node<StoredWeights>[] = [];
  readonly #origins = new Map<Node, SourceNode>();
  readonly #made = new Map<SourceNode, readonly Node<StoredWeights>[]>();
  readonly #facts = new Map<Value, Fact>();
  readonly #moves = new Map<Node, WrittenMove>();
  readonly #views = new Views();
  readonly #bodies: { node: SourceNode; body: Body; graph: ConvertedGraph }[] = [];

  constructor(source: SourceGraph, context: Context, scope: Scope) {
    this.#source = source;
    this.#context = context;
    this.#scope = scope;
    const read = namesReadBy(source.nodes);
    for (const { value } of source.outputs) read.add(value.name);
    this.#read = read;
  }

  add(node: SourceNode): void {
    const read = node.inputs.map((name) => (name === "" ? undefined : this.#scope.lookup(name)));
    const inputs = this.#withHint(node, read);
    for (const name of node.inputs) this.#readSoFar.add(name);
    const inner = node.bodies.map((body) => {
      const graph = convertGraph(body.graph, this.#context, this.#scope);
      this.#bodies.push({ node, body, graph });
      return graph;
    });
    const call = this.#callOf(node, inputs);
    const constant = call && evaluateConstant(call);
    const outcomes = call === undefined ? [] : outcomesOf(call);
    const outputs = node.outputs.map((name, i) =>
      this.#define(
        name,
        i === 0 && constant ? { ...outcomes[i], type: constant.type, constant } : (outcomes[i] ?? {}),
      ),
    );
    if (constant !== undefined) {
      this.#made.set(node, []);
      return;
    }
    const conversion =
      call === undefined
        ? { reason: this.#reason(node) }
        : this.#views.convert(call, outcomes[0] ?? {}, outputs[0]);
    this.#made.set(node, this.#operations(node, conversion, inputs, outputs, inner));
  }

  finish(): ConvertedGraph {
    const outputs = this.#source.outputs.map(({ value }) => this.#scope.lookup(value.name));
    const inputs = this.#source.inputs.map(({ value }) => this.#scope.lookup(value.name));
    const flowing = [...inputs, ...this.#scope.captured.values()].filter(
      (fact) => fact.constant === undefined,
    );
    for (const fact of [...flowing, ...outputs]) this.#facts.set(fact.value, fact);
    const askers = askersOf(this.#source, this.#nodes, this.#origins);
    return {
      source: this.#source,
      context: this.#context,
      scope: this.#scope,
      graph: {
        inputs: [...new Set(flowing.map((fact) => fact.value))],
        nodes: this.#nodes.filter((node) => !askers.has(node)),
        outputs: outputs.filter((fact) => fact.constant === undefined).map((fact) => fact.value),
      },
      origins: this.#origins,
      made: this.#made,
      facts: this.#facts,
      moves: this.#moves,
      aliases: this.#views.aliases,
      askers,
      bodies: this.#bodies,
    };
  }

  #define(name: string, outcome: Outcome): Fact | undefined {
    if (name === "") return undefined;
    if (this.#scope.has(name)) {
      throw new FormatError("readOnnx", "a name is given twice in one graph", { name });
    }
    const fact = this.#scope.define(name, outcome);
    this.#facts.set(fact.value, fact);
    return fact;
  }

  /** With the axes of what a convolution reads, where only its weight says how many they are. */
  #withHint(node: SourceNode, inputs: readonly (Fact | undefined)[]): readonly (Fact | undefined)[] {
    const [x, weight] = inputs;
    if (!isConvolution(node) || x === undefined || x.shape !== undefined) return inputs;
    const hint = shapeReadBy(node, weight?.shape ?? [], this.#context);
    if (hint === undefined) return inputs;
    const name = node.inputs[0] as string;
    if (this.#readSoFar.has(name) && this.#scope.has(name)) this.late.set(name, hint);
    const shape = hint.map((size) => size ?? this.#context.dims.fresh());
    const fact = this.#scope.learn(name, { ...x, shape });
    this.#facts.set(fact.value, fact);
    return [fact, ...inputs.slice(1)];
  }

  /**
   * undefined: not one of ONNX's own operators in a version that is known, or one with an attribute that
   * only the caller of a function knows: no rule may take that for one that is not there, which has a
   * default.
   */
  #callOf(node: SourceNode, inputs: readonly (Fact | undefined)[]): Call | undefined {
    const { opset, functions, external, dims, mostElements } = this.#context;
    if (node.domain !== "" || !isKnownOpset(opset) || functions.has(functionKey("", node.type)))
      return undefined;
    const attributes = attributesOf(node, external);
    if (attributes.refer) return undefined;
    // Inputs that are not there at the end may be left out of the list or be empty names in it.
    const last = inputs.findLastIndex((input) => input !== undefined);
    return {
      type: node.type,
      opset,
      inputs: inputs.slice(0, last + 1),
      outputs: node.outputs,
      isRead: (name) => this.#read.has(name),
      attributes,
      dims,
      mostElements,
    };
  }

  /** Why there is no call. */
  #reason(node: SourceNode): string {
    if (this.#context.functions.has(functionKey(node.domain, node.type)))
      return "it is a function of the file";
    if (node.domain !== "") return `its domain is ${node.domain}`;
    return isKnownOpset(this.#context.opset)
      ? "an attribute of it comes from the caller of its function"
      : `opset ${this.#context.opset} is not one whose operators are known`;
  }

  #operations(
    node: SourceNode,
    conversion: Conversion,
    inputs: readonly (Fact | undefined)[],
    outputs: readonly (Fact | undefined)[],
    inner: readonly ConvertedGraph[],
  ): readonly Node<StoredWeights>[] {
    const path = node.name === "" ? (node.outputs.find((name) => name !== "") ?? node.type) : node.name;
    const [output] = outputs;
    if (isRefused(conversion) || output === undefined) {
      const captured = inner.flatMap(({ scope }) => [...scope.captured.values()]);
      const read = [...inputs, ...captured].filter(
        (fact) => fact !== undefined && fact.constant === undefined,
      );
      const reason = isRefused(conversion) ? conversion.reason : "nothing reads it";
      const op = { kind: "opaque", name: node.type, reason, children: [] } as const;
      const values = (read as Fact[]).map((fact) => fact.value);
      const given = outputs.filter((fact) => fact !== undefined).map((fact) => fact.value);
      return [this.#push(node, op, values, given, path)];
    }
    const made: Node<StoredWeights>[] = [];
    for (const [i, step] of conversion.entries()) {
      const last = i === conversion.length - 1;
      const values = step.inputs.map((input) =>
        typeof input === "number" ? ((made[input] as Node).outputs[0] as Value) : input,
      );
      const given = last ? output.value : (step.output?.value ?? { name: "" });
      const operation = this.#push(node, step.op, values, [given], path);
      if (step.output !== undefined) this.#facts.set(given, step.output);
      if (step.moves !== undefined) this.#moves.set(operation, step.moves);
      made.push(operation);
    }
    return made;
  }

  #push(
    source: SourceNode,
    op: Op<StoredWeights>,
    inputs: readonly Value[],
    outputs: readonly Value[],
    path: string,
  ): Node<StoredWeights> {
    const node = { op, inputs, outputs, path };
    this.#nodes.push(node);
    this.#origins.set(node, source);
    return node;
  }
}
