import type { Value } from "@convfuse/core";
import type { Call } from "../facts/call.js";
import { type Dim, equalShapes } from "../facts/dim.js";
import type { Fact, Outcome } from "../facts/fact.js";
import { convert } from "./convert.js";
import {
  inverse,
  isExact,
  isNothing,
  joined,
  keyOf,
  type Move,
  moveOf,
  type OrderMove,
  reshapeTarget,
  type ShapeMove,
  simplest,
} from "./moves.js";
import { type Pulled, pulledThrough } from "./pulled.js";
import { type Conversion, isRefused, moving, passing, type Step, type WrittenMove } from "./rule.js";

/** A value that is another one, moved. */
interface View {
  readonly of: Fact;
  readonly move: Move;
  /** True if what moves it is an operation of which the graph knows nothing. */
  readonly opaque: boolean;
}

/**
 * What the nodes of one graph compute, seen through those that only move elements. Files of other frameworks
 * hold channels last and turn them to the front for each convolution and back behind it; others add axes for
 * an operator that wants them and take them away again. A way there and back is no operation, two equal ways
 * are one, and what is computed for each channel behind a way is computed in front of it, where a convolution
 * can take it in.
 */
export class Views {
  readonly #views = new Map<Value, View>();
  /** Values that are another one as it is. */
  readonly #same = new Map<Value, Fact>();
  /** By the value that is moved, and by how. */
  readonly #known = new Map<Value, Map<string, Fact>>();
  /** What linear operations give, also moved. */
  readonly #linear = new Set<Value>();
  /** For a value within a node: one that has a name and is the same. */
  readonly aliases: Map<Value, Value> = new Map();

  /** What a node of ONNX's own operators computes, or why nothing is said of it. */
  convert(call: Call, outcome: Outcome, output: Fact | undefined): Conversion {
    const [x] = call.inputs;
    if (output === undefined || x === undefined) return convert(call, outcome);
    const move = x.constant === undefined ? moveOf(call, outcome) : undefined;
    if (move !== undefined && !isNothing(move)) return this.#moved(call, outcome, output, move);
    return this.#pulled(call, outcome, output) ?? this.#plain(call, outcome, output);
  }

  #plain(call: Call, outcome: Outcome, output: Fact): Conversion {
    const conversion = convert(call, outcome);
    if (isRefused(conversion)) return conversion;
    const [first] = conversion;
    const passed = call.inputs.find((input) => input?.value === first?.inputs[0]);
    if (conversion.length === 1 && first?.op.kind === "identity" && passed !== undefined)
      this.#same.set(output.value, this.#root(passed));
    else this.#linear.add(output.value);
    return conversion;
  }

  #moved(call: Call, outcome: Outcome, output: Fact, move: Move): Conversion {
    const x = this.#root(call.inputs[0] as Fact);
    const view = this.#views.get(x.value);
    const both = view && joined(view.move, move);
    const [of, whole] = view === undefined || both === undefined ? [x, move] : [view.of, both];
    const same = isNothing(whole) ? of : this.#known.get(of.value)?.get(keyOf(whole));
    if (same !== undefined) {
      this.#same.set(output.value, same);
      if (same.value.name === "" && !this.aliases.has(same.value)) this.aliases.set(same.value, output.value);
      return passing(same);
    }
    // What a Flatten makes of a changed shape it makes of that before.
    const source = whole.kind === "shape" ? { ...call, inputs: [of, ...call.inputs.slice(1)] } : call;
    const conversion = convert(source, outcome);
    if (isExact(whole)) this.#remember(output, { of, move: whole, opaque: isRefused(conversion) });
    if (!isRefused(conversion)) this.#linear.add(output.value);
    return conversion;
  }

  /**
   * The same in front of what moved the inputs, and the move behind it; undefined: not so.
   * @param passed the moves that it stands in front of already
   */
  #pulled(
    call: Call,
    outcome: Outcome,
    output: Fact,
    passed: readonly (OrderMove | ShapeMove)[] = [],
  ): Conversion | undefined {
    if (passed.length === mostMoves) return undefined;
    const flows = call.inputs.filter(
      (input) => input !== undefined && input.constant === undefined,
    ) as Fact[];
    const tried = new Set<string>();
    for (const flow of flows) {
      const view = this.#views.get(this.#root(flow).value);
      if (view === undefined || !view.opaque || view.move.kind === "type") continue;
      const { move } = view;
      const [key, last] = [keyOf(move), passed.at(-1)];
      const turnsBack = last !== undefined && keyOf(inverse(last)) === key;
      if (!this.#linear.has(view.of.value) || turnsBack || tried.has(key)) continue;
      tried.add(key);
      const before = new Map(flows.map((one) => [one, this.#before(this.#root(one), move)]));
      const pulled = pulledThrough(call, outcome, move, (fact) => before.get(fact));
      const steps = pulled && this.#inFront(pulled, output, [...passed, move]);
      if (steps !== undefined) return steps;
    }
    return undefined;
  }

  /** The value of which another one is that move; undefined: nothing of the graph is. */
  #before(fact: Fact, move: OrderMove | ShapeMove): Fact | undefined {
    const view = this.#views.get(fact.value);
    if (view !== undefined && keyOf(view.move) === keyOf(move)) return view.of;
    // Moved back, it may be there already.
    if (move.kind === "shape" && !equalShapes(fact.shape, move.to)) return undefined;
    return this.#known.get(fact.value)?.get(keyOf(inverse(move)));
  }

  #inFront(
    { call, outcome, steps }: Pulled,
    output: Fact,
    passed: readonly (OrderMove | ShapeMove)[],
  ): Conversion | undefined {
    const move = passed.at(-1) as OrderMove | ShapeMove;
    if (outcome === undefined) {
      this.#linear.add(output.value);
      return steps;
    }
    const hidden = {
      ...{ value: { name: "" }, type: outcome.type, shape: outcome.shape },
      ...{ constant: undefined, sizes: undefined },
    };
    const written = writtenMove(move, hidden.shape);
    if (written === undefined) return undefined;
    const conversion =
      steps ?? this.#pulled(call, outcome, hidden, passed) ?? this.#plain(call, outcome, hidden);
    if (isRefused(conversion)) return undefined;
    const last = conversion.at(-1) as Step;
    if (steps !== undefined) this.#linear.add(hidden.value);
    this.#remember(output, { of: hidden, move: simplest(move, hidden.shape), opaque: true });
    const op = { kind: "opaque", name: moving, reason: "it moves what flows", children: [] } as const;
    return [
      ...conversion.slice(0, -1),
      { ...last, output: hidden },
      { op, inputs: [conversion.length - 1], moves: written },
    ];
  }

  #remember(output: Fact, view: View): void {
    this.#views.set(output.value, view);
    const known = this.#known.get(view.of.value) ?? new Map<string, Fact>();
    if (!known.has(keyOf(view.move))) known.set(keyOf(view.move), output);
    this.#known.set(view.of.value, known);
    if (view.opaque && this.#linear.has(view.of.value)) this.#linear.add(output.value);
  }

  #root(fact: Fact): Fact {
    return this.#same.get(fact.value) ?? fact;
  }
}

/** Moves behind each other that something is computed in front of; real files have two. */
const mostMoves = 4;

/** How a node that moves something of that shape is written; undefined: no constant says its shape. */
function writtenMove(move: OrderMove | ShapeMove, from: readonly Dim[] | undefined): WrittenMove | undefined {
  if (move.kind === "order") return { perm: move.axes };
  const target = from && reshapeTarget(from, move.to);
  return target && { target };
}
