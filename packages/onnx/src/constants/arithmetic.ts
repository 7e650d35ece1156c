import type { Call } from "../facts/call.js";
import { DataType, isFloat } from "../model/data-type.js";
import { type Constant, computedConstant } from "./constant.js";
import { broadcastSizes, broadcastValues } from "./indexing.js";
import { constantsOf } from "./moving.js";
import type { ConstantRule } from "./rule.js";

/** Element by element, broadcast. */
export const arithmetic: Readonly<Record<string, ConstantRule>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  // Integers are divided towards zero.
  Div: (call) => (call.inputs[0]?.type === DataType.int64 ? integerDivision(call) : floatDivision(call)),
  Pow: binary((a, b) => a ** b),
  Sum: variadic((a, b) => a + b),
  Max: variadic(Math.max),
  Min: variadic(Math.min),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
  Relu: unary((x) => Math.max(x, 0)),
};

function unary(of: (x: number) => number): ConstantRule {
  return ({ inputs }) => {
    const constant = inputs[0]?.constant;
    if (constant === undefined || !isFloat(constant.type)) return undefined;
    return computedConstant(constant.type, constant.shape, [constant], () => constant.read().map(of));
  };
}

function binary(of: (a: number, b: number) => number): ConstantRule {
  // Before opset 7 nothing was broadcast unless an attribute said so.
  return (call) =>
    call.opset < 7 && call.attributes.int("broadcast", 0) !== 0 ? undefined : folded(call, of);
}

function variadic(of: (a: number, b: number) => number): ConstantRule {
  return (call) => folded(call, of);
}

const floatDivision = binary((a, b) => a / b);
const integerDivision = binary((a, b) => Math.trunc(a / b));

function folded({ inputs, mostElements }: Call, of: (a: number, b: number) => number): Constant | undefined {
  const constants = constantsOf(inputs);
  const first = constants?.[0];
  if (constants === undefined || first === undefined) return undefined;
  const { type } = first;
  if (!(isFloat(type) || type === DataType.int64) || constants.some((one) => one.type !== type))
    return undefined;
  const shape = broadcastSizes(constants.map((one) => one.shape));
  if (shape === undefined || shape.reduce((product, size) => product * size, 1) > mostElements)
    return undefined;
  return computedConstant(type, shape, constants, () => {
    const [start, ...rest] = constants.map((one) => broadcastValues(one.read(), one.shape, shape));
    const out = Float64Array.from(start as Float64Array);
    for (const values of rest)
      for (let i = 0; i < out.length; i++) out[i] = of(out[i] as number, values[i] as number);
    // Here numbers are float64, which has not every whole number beyond these.
    return isFloat(type) ? out : out.map((value) => (Number.isSafeInteger(value) ? value : Number.NaN));
  });
}
