import type { AffineOp, PerChannel } from "@convfuse/core";
import type { Call } from "../facts/call.js";
import { equalShapes } from "../facts/dim.js";
import type { Fact } from "../facts/fact.js";
import { isFloat } from "../model/data-type.js";
import { perChannelOf } from "./per-channel.js";
import {
  type Conversion,
  type ConversionRule,
  channelsOf,
  constantInput,
  flowing,
  isRefused,
  noFloats,
  passing,
  type Refused,
  refused,
  type Step,
  typeOfAll,
} from "./rule.js";

/** Norms, and arithmetic with constants that are one number, or one a channel. */
export const affine: Readonly<Record<string, ConversionRule>> = {
  BatchNormalization: batchNorm,

  Add: (call) => sum(call),
  Sum: (call) => sum(call),

  Sub: (call) => {
    const [a, b] = [flowing(call, 0), flowing(call, 1)];
    if (a !== undefined && b !== undefined) {
      if (!equalShapes(a.shape, b.shape)) return refused(broadcasts);
      if (areWhole(a)) return refused(noFloats);
      return [
        { op: affineOp({ factor: -1 }), inputs: [b.value], output: { ...b, value: { name: "" } } },
        { op: { kind: "add" }, inputs: [a.value, 0] },
      ];
    }
    if (a !== undefined) return withConstant(call, a, 1, (c) => ({ after: negated(c) }));
    return b === undefined ? refused(constants) : withConstant(call, b, 0, (c) => ({ factor: -1, after: c }));
  },

  Mul: (call) => {
    const [a, b] = [flowing(call, 0), flowing(call, 1)];
    if (a !== undefined && b !== undefined) return refused("it multiplies two activations");
    if (a !== undefined) return withConstant(call, a, 1, (c) => ({ factor: c }));
    return b === undefined ? refused(constants) : withConstant(call, b, 0, (c) => ({ factor: c }));
  },

  Div: (call) => {
    const [a, b] = [flowing(call, 0), flowing(call, 1)];
    if (b !== undefined) return refused("it divides by an activation");
    return a === undefined
      ? refused(constants)
      : withConstant(call, a, 1, (c) => ({ factor: mapped(c, (v) => 1 / v) }));
  },

  Neg: (call) => {
    const x = flowing(call, 0);
    if (x === undefined) return refused(constants);
    const type = typeOfAll(x, []);
    return isRefused(type) ? type : [{ op: affineOp({ factor: -1 }), inputs: [x.value] }];
  },
};

const constants = "all that it reads is constant";
const broadcasts = "its inputs are broadcast, or their shapes are not known to be equal";

type Parts = Partial<Pick<AffineOp, "before" | "factor" | "after">>;

function affineOp({ before = 0, factor = 1, after = 0 }: Parts): AffineOp {
  return { kind: "affine", before, factor, after, axis: "channels", ranks: undefined };
}

/** An activation combined with the constant at an input. */
function withConstant(
  call: Call,
  x: Fact,
  input: number,
  parts: (constant: PerChannel) => Parts,
): Conversion {
  const constant = constantInput(call, input, "operand");
  if (isRefused(constant)) return constant;
  const type = typeOfAll(x, [constant]);
  if (isRefused(type)) return type;
  const values = perChannelOf(call, constant, x, input === 1);
  if (isRefused(values)) return values;
  return finite(affineOp(parts(values)), x);
}

/** A sum of activations of one shape and of constants. */
function sum(call: Call): Conversion {
  const flows = call.inputs.filter((input) => input !== undefined && input.constant === undefined) as Fact[];
  const [first, ...rest] = flows;
  if (first === undefined) return refused(constants);
  if (areWhole(first)) return refused(noFloats);
  if (rest.some((other) => !equalShapes(first.shape, other.shape))) return refused(broadcasts);
  let after: PerChannel = 0;
  for (const [i, input] of call.inputs.entries()) {
    if (input?.constant === undefined) continue;
    const type = typeOfAll(first, [input.constant]);
    if (isRefused(type)) return type;
    const values = perChannelOf(call, input.constant, first, i === 1);
    if (isRefused(values)) return values;
    after = added(after, values);
  }
  if (rest.length === 0 && call.inputs.length === 1) return passing(first);
  const add: Step[] =
    rest.length === 0 ? [] : [{ op: { kind: "add" }, inputs: flows.map(({ value }) => value) }];
  if (flows.length === call.inputs.length) return add;
  const shift = finite(affineOp({ after }), first);
  if (isRefused(shift) || add.length === 0) return shift;
  return [...add, { op: affineOp({ after }), inputs: [0] }];
}

/** True for numbers that are known to be no floats. */
function areWhole({ type }: Fact): boolean {
  return type !== undefined && !isFloat(type);
}

function batchNorm(call: Call): Conversion {
  const { opset, attributes, inputs } = call;
  const training = trains(call);
  if (training !== undefined) return refused(training);
  const x = flowing(call, 0);
  if (x === undefined) return refused(constants);
  const found = ["scale", "bias", "mean", "variance"].map((what, i) => constantInput(call, i + 1, what));
  const wrong = found.find(isRefused);
  if (wrong !== undefined) return wrong;
  const tensors = found as Exclude<(typeof found)[number], Refused>[];
  // From opset 15 on its numbers may have another type than what flows; then only that is asked for.
  const type = typeOfAll(x, opset < 15 ? tensors : []);
  if (isRefused(type)) return x.type === undefined ? refused("the type of its input is not known") : type;
  const [scale, bias, mean, variance] = tensors.map((tensor) => tensor.read()) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const channels = scale.length;
  if (tensors.some((tensor) => tensor.shape.length !== 1 || tensor.size !== channels)) {
    return refused("its numbers are not one a channel");
  }
  if ((channelsOf(x) ?? channels) !== channels) return refused("its input has another number of channels");
  const eps = attributes.float("epsilon", Math.fround(1e-5));
  const factor = scale.map((value, i) => value / Math.sqrt((variance[i] as number) + eps));
  if (variance.some((value) => !(value + eps > 0))) return refused("a variance + epsilon is not above zero");
  return inputs.length > 5
    ? refused("it has more inputs than a norm")
    : finite(affineOp({ before: negated(mean), factor, after: bias }), x);
}

/**
 * Why a norm takes its statistics from what flows through it, in each opset's form; undefined: it does not.
 */
function trains({ opset, attributes, outputs }: Call): string | undefined {
  if (opset < 7 && attributes.int("is_test", 0) === 0) return "it is in training form (is_test is 0)";
  if (attributes.int("training_mode", 0) !== 0) return "it is in training form (training_mode)";
  if (outputs.slice(1).some((name) => name !== "")) return "it is in training form (it gives its statistics)";
  if (opset < 9 && attributes.int("spatial", 1) === 0)
    return "its statistics are of every place, not of channels";
  return undefined;
}

function finite(op: AffineOp, x: Fact): Conversion {
  const areFinite = (values: PerChannel): boolean =>
    typeof values === "number" ? Number.isFinite(values) : values.every(Number.isFinite);
  if (![op.before, op.factor, op.after].every(areFinite)) return refused("its numbers are not all finite");
  return [{ op, inputs: [x.value] }];
}

function mapped(values: PerChannel, of: (value: number) => number): PerChannel {
  return typeof values === "number" ? of(values) : values.map(of);
}

/** Not -0, which `0 - x` never gives. */
function negated(values: PerChannel): PerChannel {
  return mapped(values, (value) => 0 - value);
}

function added(a: PerChannel, b: PerChannel): PerChannel {
  if (typeof a === "number") return mapped(b, (value) => value + a);
  return a.map((value, i) => value + (typeof b === "number" ? b : (b[i] as number)));
}
