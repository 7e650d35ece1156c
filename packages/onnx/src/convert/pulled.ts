import { movedConstant } from "../constants/constant.js";
import { type Call, frontAxis } from "../facts/call.js";
import type { Dim } from "../facts/dim.js";
import type { Fact, Outcome } from "../facts/fact.js";
import { reducedAxes } from "../facts/moved-shapes.js";
import { padsOf } from "../facts/outcomes-spatial.js";
import { type OrderMove, type ShapeMove, shapeBefore } from "./moves.js";
import type { Step } from "./rule.js";
import { padValue } from "./windows.js";

/** What a node computes of moved inputs, said of what was moved. */
export interface Pulled {
  /** The same operator on what was moved. */
  readonly call: Call;
  /** What it gives, which is then to be moved; undefined: what the node gives is not moved. */
  readonly outcome: Outcome | undefined;
  /**
   * What it computes, where the operator's attributes are about axes; undefined: what its rule says of the
   * call.
   */
  readonly steps?: readonly Step[];
}

type Pull = (
  call: Call,
  outcome: Outcome,
  move: OrderMove | ShapeMove,
  before: (flow: Fact) => Fact | undefined,
) => Pulled | undefined;

/** undefined: it is not the same in front of the move as behind it. */
export const pulledThrough: Pull = (call, outcome, move, before) => {
  if (pointwise.has(call.type)) return pullPointwise(call, outcome, move, before);
  if (move.kind === "shape") return undefined;
  if (call.type === "Concat") return pullConcat(call, outcome, move, before);
  if (call.type === "Pad") return pullPad(call, outcome, move, before);
  return call.type === "ReduceMean" ? pullMean(call, outcome, move, before) : undefined;
};

const pointwise = new Set(["Add", "BatchNormalization", "Div", "Mul", "Neg", "Sub", "Sum"]);

/**
 * Arithmetic with numbers that are one for all, or one a channel; before opset 7 attributes say what is
 * broadcast.
 */
const pullPointwise: Pull = (call, outcome, move, before) => {
  const norm = call.type === "BatchNormalization";
  // Of tokens with a shape of their own, sums stay behind it: in front of it they would part a norm from the
  // matrix that it goes into.
  const isSum = call.inputs.filter((input) => input?.constant === undefined).length > 1;
  if (call.opset < 7 || ((norm || (isSum && move.kind === "shape")) && !hasChannels(move))) return undefined;
  const inputs = call.inputs.map((input) => {
    if (input?.constant === undefined) return input && before(input);
    return norm ? input : constantBefore(input, move);
  });
  if (inputs.some((input, i) => input === undefined && call.inputs[i] !== undefined)) return undefined;
  const shape = move.kind === "shape" ? move.from : orderBefore(outcome, move);
  return { call: { ...call, inputs }, outcome: { ...outcome, shape } };
};

const pullConcat: Pull = (call, outcome, move, before) => {
  const parts = call.inputs.map((input) => input && before(input));
  const axis = frontAxis(call.attributes.int("axis", 1), move.kind === "order" ? move.axes.length : 0);
  if (parts.includes(undefined) || axis === undefined || move.kind !== "order" || move.axes[axis] !== 1)
    return undefined;
  const inputs = parts as readonly Fact[];
  return {
    call: { ...call, inputs },
    outcome: { ...outcome, shape: orderBefore(outcome, move) },
    steps: [{ op: { kind: "concat", batched: true }, inputs: inputs.map(({ value }) => value) }],
  };
};

const pullPad: Pull = (call, outcome, move, before) => {
  const [flow] = call.inputs;
  const x = flow?.constant === undefined ? flow && before(flow) : undefined;
  const mode = call.attributes.string("mode") || "constant";
  if (x === undefined || move.kind !== "order" || mode !== "constant" || padValue(call) !== 0)
    return undefined;
  const behind = padsOf(call, move.axes.length);
  const pads =
    behind && move.axes.map((_, axis) => behind[move.axes.indexOf(axis)] as readonly [number, number]);
  if (pads === undefined || pads.slice(0, 2).some(([front, back]) => front !== 0 || back !== 0))
    return undefined;
  return {
    call,
    outcome: { ...outcome, shape: orderBefore(outcome, move) },
    steps: [{ op: { kind: "pad", sides: pads.slice(2), border: "zeros", value: 0 }, inputs: [x.value] }],
  };
};

/** The mean over all pixels, which leaves [batch, channels] or moved axes of one pixel. */
const pullMean: Pull = (call, outcome, move, before) => {
  const [flow] = call.inputs;
  const x = flow?.constant === undefined ? flow && before(flow) : undefined;
  if (x === undefined || move.kind !== "order") return undefined;
  const rank = move.axes.length;
  const over = [...(reducedAxes(call, rank) ?? [])].map((axis) => move.axes[axis] as number);
  if (rank < 3 || over.length !== rank - 2 || over.some((axis) => axis < 2)) return undefined;
  const outputSize = over.map(() => 1);
  const mean: Step = { op: { kind: "adaptiveMean", outputSize }, inputs: [x.value] };
  if (call.attributes.int("keepdims", 1) !== 0)
    return { call, outcome: { ...outcome, shape: orderBefore(outcome, move) }, steps: [mean] };
  // What is left is in the order of the moved axes.
  if (move.axes.indexOf(0) > move.axes.indexOf(1)) return undefined;
  return { call, outcome: undefined, steps: [mean, { op: { kind: "flatten" }, inputs: [0] }] };
};

function orderBefore({ shape }: Outcome, move: OrderMove): readonly Dim[] | undefined {
  return shape?.length === move.axes.length ? shapeBefore(move, shape) : undefined;
}

/** True if axis 1 of what is moved holds the channels of what was. */
function hasChannels(move: OrderMove | ShapeMove): boolean {
  if (move.kind === "order") return move.axes[1] === 1;
  const { from, to } = move;
  return from.length >= 2 && to.length >= 2 && from[0] === to[0] && from[1] === to[1];
}

/**
 * A constant that is broadcast to what is moved, as it is broadcast to what was; undefined: it is more than
 * one number a channel.
 */
function constantBefore(fact: Fact, move: OrderMove | ShapeMove): Fact | undefined {
  const constant = fact.constant as NonNullable<Fact["constant"]>;
  const rank = move.kind === "order" ? move.axes.length : move.to.length;
  if (constant.shape.length > rank) return undefined;
  const sizes = [...new Array<number>(rank - constant.shape.length).fill(1), ...constant.shape];
  const channels = move.kind === "order" ? move.axes.indexOf(1) : 1;
  if (sizes.some((size, axis) => size !== 1 && axis !== channels)) return undefined;
  const isOne = constant.size === 1;
  if (!isOne && move.kind === "shape" && !hasChannels(move)) return undefined;
  const pixels = (move.kind === "order" ? rank : move.from.length) - 2;
  const shape = isOne ? [] : [constant.size, ...new Array<number>(pixels).fill(1)];
  return {
    ...fact,
    shape,
    constant: movedConstant(constant.type, shape, [constant], () => constant.read()),
  };
}
