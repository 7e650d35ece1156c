import { DataType } from "../model/data-type.js";
import type { Call } from "./call.js";
import { broadcastShape, type Dim } from "./dim.js";
import type { Outcome } from "./fact.js";
import type { OutcomeRule } from "./outcome-rule.js";
import { computedSizes } from "./size-arithmetic.js";

/** Like the first input in shape and type. */
const same: OutcomeRule = (call) => [
  { type: call.inputs[0]?.type, shape: call.inputs[0]?.shape, ...sized(call) },
];

const sameNames = [
  ..."Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Ceil Celu Clip Cos Cosh CumSum Dropout Elu Erf".split(
    " ",
  ),
  ..."Exp Floor Gelu GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization LRN".split(
    " ",
  ),
  ..."LayerNormalization LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg PRelu".split(
    " ",
  ),
  ..."RMSNormalization Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt".split(
    " ",
  ),
  ..."Swish Tan Tanh ThresholdedRelu Trilu".split(" "),
];

/** Broadcast from all inputs; the type is the first one's. */
const broadcast: OutcomeRule = (call) => [
  { type: call.inputs[0]?.type, shape: broadcastOf(call), ...sized(call) },
];
const broadcastNames =
  "Add Sub Mul Div Pow Mod Sum Mean Max Min BitwiseAnd BitwiseOr BitwiseXor BitShift".split(" ");

const compare: OutcomeRule = (call) => [{ type: DataType.bool, shape: broadcastOf(call) }];
const compareNames = "Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor".split(" ");

/** Operators whose outputs have their inputs' shape, or the one that these are broadcast to. */
export const pointwise: Readonly<Record<string, OutcomeRule>> = {
  ...Object.fromEntries(sameNames.map((name) => [name, same])),
  ...Object.fromEntries(broadcastNames.map((name) => [name, broadcast])),
  ...Object.fromEntries(compareNames.map((name) => [name, compare])),
  Not: same,
  IsNaN: ({ inputs: [x] }) => [{ type: DataType.bool, shape: x?.shape }],
  IsInf: ({ inputs: [x] }) => [{ type: DataType.bool, shape: x?.shape }],
  Where: (call) => [{ type: call.inputs[1]?.type, shape: broadcastOf(call) }],
  Cast: (call) => [{ type: call.attributes.int("to"), shape: call.inputs[0]?.shape, ...sized(call) }],
  CastLike: ({ inputs: [x, like] }) => [{ type: like?.type, shape: x?.shape }],
  Bernoulli: ({ attributes, inputs: [x] }) => [{ type: attributes.int("dtype") ?? x?.type, shape: x?.shape }],
  QuantizeLinear: ({ attributes, inputs: [x, , zero] }) => [
    { type: zero?.type ?? (attributes.int("output_dtype", 0) || DataType.uint8), shape: x?.shape },
  ],
  DequantizeLinear: ({ inputs: [x, scale] }) => [{ type: scale?.type, shape: x?.shape }],
};

/** What becomes of sizes that are computed with. */
function sized(call: Call): Outcome {
  const sizes = computedSizes(call);
  return sizes === undefined ? {} : { sizes };
}

function broadcastOf({ inputs, opset, dims }: Call): readonly Dim[] | undefined {
  // Before opset 7 the second input was brought to the first one's shape.
  if (opset < 7 && inputs.length === 2) return inputs[0]?.shape;
  const shapes = inputs.map((input) => input?.shape);
  if (shapes.length === 0 || shapes.includes(undefined)) return undefined;
  return broadcastShape(dims, shapes as (readonly Dim[])[]);
}
