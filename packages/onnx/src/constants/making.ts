import type { Call } from "../facts/call.js";
import { integersOf } from "../facts/fact.js";
import { DataType } from "../model/data-type.js";
import { type Constant, givenConstant, movedConstant, sizeOf, storedConstant } from "./constant.js";
import type { ConstantRule } from "./rule.js";

/** Operations that make tensors of nothing, or of shapes. */
export const making: Readonly<Record<string, ConstantRule>> = {
  Constant: ({ attributes }) => {
    const tensor = attributes.tensor("value");
    if (tensor !== undefined) return storedConstant(tensor);
    const float = attributes.float("value_float");
    if (float !== undefined) return givenConstant(DataType.float, [], Float64Array.of(float));
    const floats = attributes.floats("value_floats");
    if (floats !== undefined) return givenConstant(DataType.float, [floats.length], floats);
    const int = attributes.int("value_int");
    if (int !== undefined) return givenConstant(DataType.int64, [], Float64Array.of(int));
    const ints = attributes.ints("value_ints");
    if (ints !== undefined) return givenConstant(DataType.int64, [ints.length], Float64Array.from(ints));
    return undefined;
  },

  ConstantOfShape: ({ inputs, attributes, mostElements }) => {
    const shape = integersOf(inputs[0]);
    if (shape === undefined || !isShape(shape, mostElements)) return undefined;
    const tensor = attributes.tensor("value");
    const value =
      tensor === undefined ? givenConstant(DataType.float, [1], Float64Array.of(0)) : storedConstant(tensor);
    if (value === undefined || value.size !== 1) return undefined;
    return filled(value, shape);
  },

  Shape: (call) => {
    const shape = call.inputs[0]?.shape;
    if (shape === undefined) return undefined;
    const part = shape.slice(...shapeRange(call, shape.length));
    if (!part.every((dim) => typeof dim === "number")) return undefined;
    return givenConstant(DataType.int64, [part.length], Float64Array.from(part as readonly number[]));
  },

  Size: ({ inputs }) => {
    const shape = inputs[0]?.shape;
    if (shape === undefined || !shape.every((dim) => typeof dim === "number")) return undefined;
    return givenConstant(DataType.int64, [], Float64Array.of(sizeOf(shape as readonly number[])));
  },

  Range: ({ inputs, mostElements }) => {
    const [start, limit, step] = inputs.map((input) => input?.constant);
    if (start === undefined || limit === undefined || step === undefined) return undefined;
    const [from, to, by] = [start, limit, step].map((one) => one.read()[0]) as [number, number, number];
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (!(count <= mostElements) || start.type === DataType.float) return undefined;
    return givenConstant(
      start.type,
      [count],
      Float64Array.from({ length: count }, (_, i) => from + i * by),
    );
  },
};

/** The part of a shape that Shape gives. */
export function shapeRange({ attributes }: Call, rank: number): [start: number, end: number] {
  const place = (value: number): number => Math.min(Math.max(value < 0 ? value + rank : value, 0), rank);
  return [place(attributes.int("start", 0)), place(attributes.int("end", rank))];
}

export function isShape(shape: readonly number[], mostElements: number): boolean {
  return shape.every((size) => Number.isInteger(size) && size >= 0) && sizeOf(shape) <= mostElements;
}

function filled(value: Constant, shape: readonly number[]): Constant {
  return movedConstant(value.type, shape, [value], () =>
    new Float64Array(sizeOf(shape)).fill(value.read()[0] as number),
  );
}
