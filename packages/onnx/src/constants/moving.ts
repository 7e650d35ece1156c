import { type Call, frontAxis } from "../facts/call.js";
import { type Fact, integersOf } from "../facts/fact.js";
import { reshaped, sliceRanges, squeezed, unsqueezed } from "../facts/moved-shapes.js";
import { DataType, elementSize, isFloat, wholeNumber } from "../model/data-type.js";
import { roundTo } from "../model/elements.js";
import { type Constant, movedConstant, sizeOf } from "./constant.js";
import { broadcastSizes, broadcastValues, gathered, stridesOf } from "./indexing.js";
import { isShape } from "./making.js";
import type { ConstantRule } from "./rule.js";

/** Operations that move the numbers of constants, or change their type, and compute nothing. */
export const moving: Readonly<Record<string, ConstantRule>> = {
  Identity: ({ inputs }) => inputs[0]?.constant,

  Dropout: ({ inputs, outputs, opset, attributes }) => {
    const trains = opset < 7 ? attributes.int("is_test", 0) === 0 : opset >= 12 && inputs[2] !== undefined;
    return outputs.length === 1 && !trains ? inputs[0]?.constant : undefined;
  },

  Reshape: (call) => withShape(call, (shape) => numbers(reshaped(call, shape))),
  Squeeze: (call) => withShape(call, (shape) => numbers(squeezed(call, shape))),
  Unsqueeze: (call) => withShape(call, (shape) => numbers(unsqueezed(call, shape))),

  Flatten: (call) =>
    withShape(call, (shape) => {
      const axis = call.attributes.int("axis", 1);
      const front = axis < 0 ? axis + shape.length : axis;
      if (front < 0 || front > shape.length) return undefined;
      return [sizeOf(shape.slice(0, front)), sizeOf(shape.slice(front))];
    }),

  Transpose: ({ inputs, attributes }) => {
    const constant = inputs[0]?.constant;
    if (constant === undefined) return undefined;
    const rank = constant.shape.length;
    const axes = attributes.ints("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
    if (!isPermutation(axes, rank)) return undefined;
    const strides = stridesOf(constant.shape);
    const shape = axes.map((axis) => constant.shape[axis] as number);
    const moved = axes.map((axis) => strides[axis] as number);
    return movedConstant(constant.type, shape, [constant], () => gathered(constant.read(), shape, moved));
  },

  Expand: ({ inputs, mostElements }) => {
    const constant = inputs[0]?.constant;
    const asked = integersOf(inputs[1]);
    if (constant === undefined || asked === undefined) return undefined;
    const shape = broadcastSizes([constant.shape, asked]);
    if (shape === undefined || !isShape(shape, mostElements)) return undefined;
    return movedConstant(constant.type, shape, [constant], () =>
      broadcastValues(constant.read(), constant.shape, shape),
    );
  },

  Cast: ({ inputs, attributes }) => cast(inputs[0]?.constant, attributes.int("to")),
  CastLike: ({ inputs }) => cast(inputs[0]?.constant, inputs[1]?.type),

  Concat: ({ inputs, attributes }) => {
    const constants = constantsOf(inputs);
    const first = constants?.[0];
    if (constants === undefined || first === undefined) return undefined;
    const axis = frontAxis(attributes.int("axis", 1), first.shape.length);
    if (axis === undefined || !constants.every((one) => fits(one, first, axis))) return undefined;
    const total = constants.reduce((sum, one) => sum + (one.shape[axis] as number), 0);
    const shape = first.shape.with(axis, total);
    return movedConstant(first.type, shape, constants, () => concatenated(constants, shape, axis));
  },

  Slice: (call) => {
    const constant = call.inputs[0]?.constant;
    if (constant === undefined) return undefined;
    const ranges = sliceRanges(call, constant.shape);
    if (ranges === undefined) return undefined;
    const strides = stridesOf(constant.shape);
    const shape = ranges.map(({ length }) => length);
    const moved = ranges.map(({ step }, axis) => step * (strides[axis] as number));
    const offset = ranges.reduce((sum, { start }, axis) => sum + start * (strides[axis] as number), 0);
    return movedConstant(constant.type, shape, [constant], () =>
      gathered(constant.read(), shape, moved, offset),
    );
  },

  Gather: ({ inputs, attributes }) => {
    const [constant, indices] = [inputs[0]?.constant, inputs[1]?.constant];
    if (constant === undefined || indices === undefined) return undefined;
    const axis = frontAxis(attributes.int("axis", 0), constant.shape.length);
    if (axis === undefined) return undefined;
    const size = constant.shape[axis] as number;
    const shape = [...constant.shape.slice(0, axis), ...indices.shape, ...constant.shape.slice(axis + 1)];
    return movedConstant(constant.type, shape, [constant, indices], () => {
      const inner = sizeOf(constant.shape.slice(axis + 1));
      const values = constant.read();
      const places = indices.read().map((index) => (index < 0 ? index + size : index));
      const out = new Float64Array(sizeOf(shape));
      for (let i = 0; i < out.length; i++) {
        const [outer, rest] = [Math.floor(i / (inner * places.length)), i % (inner * places.length)];
        const place = places[Math.floor(rest / inner)] as number;
        // Past the end nothing is: NaN, which is folded into no weight.
        out[i] = values[(outer * size + place) * inner + (rest % inner)] ?? Number.NaN;
      }
      return out;
    });
  },
};

/** All inputs as constants; undefined: one is none. */
export function constantsOf(inputs: readonly (Fact | undefined)[]): readonly Constant[] | undefined {
  const constants = inputs.map((input) => input?.constant);
  return constants.every((constant) => constant !== undefined)
    ? (constants as readonly Constant[])
    : undefined;
}

function withShape(
  { inputs }: Call,
  shapeOf: (shape: readonly number[]) => readonly number[] | undefined,
): Constant | undefined {
  const constant = inputs[0]?.constant;
  if (constant === undefined) return undefined;
  const shape = shapeOf(constant.shape);
  if (shape === undefined || sizeOf(shape) !== constant.size) return undefined;
  return movedConstant(constant.type, shape, [constant], () => constant.read(), constant.part);
}

function numbers(shape: readonly unknown[] | undefined): readonly number[] | undefined {
  return shape?.every((size) => typeof size === "number") ? (shape as readonly number[]) : undefined;
}

function isPermutation(axes: readonly number[], rank: number): boolean {
  return axes.length === rank && [...axes].sort((a, b) => a - b).every((axis, i) => axis === i);
}

/**
 * To a type. A number that an integer type has not is none: what a runtime makes of it is its own, and no
 * weight takes it in.
 */
function cast(constant: Constant | undefined, type: number | undefined): Constant | undefined {
  if (constant === undefined || type === undefined || elementSize(type) === undefined) return undefined;
  if (constant.type === type) return constant;
  if (type === DataType.bool) return undefined;
  return movedConstant(type, constant.shape, [constant], () => {
    const values = constant.read();
    return values.map((value) => (isFloat(type) ? roundTo(value, type) : wholeNumber(value, type)));
  });
}

function fits(one: Constant, first: Constant, axis: number): boolean {
  return (
    one.type === first.type &&
    one.shape.length === first.shape.length &&
    one.shape.every((size, i) => i === axis || size === first.shape[i])
  );
}

function concatenated(constants: readonly Constant[], shape: readonly number[], axis: number): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  const outer = sizeOf(shape.slice(0, axis));
  const run = sizeOf(shape.slice(axis));
  let at = 0;
  for (const constant of constants) {
    const values = constant.read();
    const length = values.length / Math.max(outer, 1);
    for (let i = 0; i < outer; i++) out.set(values.subarray(i * length, (i + 1) * length), i * run + at);
    at += length;
  }
  return out;
}
