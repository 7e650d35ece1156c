import { shapeRange } from "../constants/making.js";
import { DataType } from "../model/data-type.js";
import { type Call, frontAxis, shapeOf } from "./call.js";
import { broadcastShape, type Dim } from "./dim.js";
import { type Fact, integersOf, mostSizes, type Outcome, sizesOf } from "./fact.js";
import { reshaped, sliceAxes, sliceRanges, squeezed, unsqueezed } from "./moved-shapes.js";
import type { OutcomeRule } from "./outcome-rule.js";

/** What rearranges elements, and how the shapes of activations travel through small tensors of integers. */
export const moving: Readonly<Record<string, OutcomeRule>> = {
  Shape: (call) => {
    const shape = shapeOf(call, 0);
    const part = shape?.slice(...shapeRange(call, shape.length));
    return [{ type: DataType.int64, shape: part && [part.length], ...(part && { sizes: part }) }];
  },

  Reshape: (call) => {
    const shape = shapeOf(call, 0);
    const target = call.inputs[1] && sizesOf(call.inputs[1]);
    const rank = target?.length ?? numberAt(call.inputs[1]?.shape, 0);
    const out = shape && reshaped(call, shape);
    const unknown = rank === undefined ? undefined : Array.from({ length: rank }, () => call.dims.fresh());
    return [{ ...kept(call), shape: out ?? unknown }];
  },

  Squeeze: (call) => [{ ...kept(call), shape: mapped(shapeOf(call, 0), (shape) => squeezed(call, shape)) }],
  Unsqueeze: (call) => [
    { ...kept(call), shape: mapped(shapeOf(call, 0), (shape) => unsqueezed(call, shape)) },
  ],

  Flatten: (call) => {
    const shape = shapeOf(call, 0);
    const axis = call.attributes.int("axis", 1);
    const front = shape && (axis < 0 ? axis + shape.length : axis);
    if (shape === undefined || front === undefined) {
      return [{ type: call.inputs[0]?.type, shape: [call.dims.fresh(), call.dims.fresh()] }];
    }
    return [
      {
        type: call.inputs[0]?.type,
        shape: [product(call, shape.slice(0, front)), product(call, shape.slice(front))],
      },
    ];
  },

  Transpose: (call) => {
    const shape = shapeOf(call, 0);
    const perm = call.attributes.ints("perm") ?? shape?.map((_, i) => shape.length - 1 - i);
    const out = shape && perm?.map((axis) => shape[axis] ?? call.dims.fresh());
    return [{ type: call.inputs[0]?.type, shape: out }];
  },

  Expand: (call) => {
    const [shape, target] = [shapeOf(call, 0), call.inputs[1] && sizesOf(call.inputs[1])];
    const out = shape && target && broadcastShape(call.dims, [shape, target]);
    return [{ type: call.inputs[0]?.type, shape: out }];
  },

  Concat: (call) => [concatenated(call)],

  Split: (call) => {
    const shape = shapeOf(call, 0);
    const type = call.inputs[0]?.type;
    const axis = shape && frontAxis(call.attributes.int("axis", 0), shape.length);
    if (shape === undefined || axis === undefined) return call.outputs.map(() => ({ type }));
    const parts = call.opset < 13 ? call.attributes.ints("split") : integersOf(call.inputs[1]);
    const whole = shape[axis] as Dim;
    const count = call.outputs.length;
    return call.outputs.map((_, i) => {
      const even = typeof whole === "number" && whole % count === 0 ? whole / count : call.dims.fresh();
      const stated = call.inputs[1] === undefined && !call.attributes.has("split") ? even : parts?.[i];
      return { type, shape: shape.with(axis, stated ?? call.dims.fresh()) };
    });
  },

  Slice: (call) => {
    const [x] = call.inputs;
    const sizes = x && sizesOf(x);
    const range = sizes && sliceRanges(call, [sizes.length])?.[0];
    const part =
      range && Array.from({ length: range.length }, (_, i) => sizes[range.start + i * range.step] as Dim);
    return [{ type: x?.type, shape: sliced(call), ...(part && x?.shape?.length === 1 && { sizes: part }) }];
  },

  Gather: (call) => {
    const [x, indices] = call.inputs;
    const axis = x?.shape && frontAxis(call.attributes.int("axis", 0), x.shape.length);
    if (x?.shape === undefined || axis === undefined || indices?.shape === undefined)
      return [{ type: x?.type }];
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const sizes = x.shape.length === 1 ? sizesOf(x) : undefined;
    const places = integersOf(indices);
    const taken = sizes && places?.map((place) => sizes[place < 0 ? place + sizes.length : place]);
    const known = taken?.every((size) => size !== undefined) ? { sizes: taken as Dim[] } : {};
    return [{ type: x.type, shape, ...known }];
  },

  Tile: (call) => {
    const shape = shapeOf(call, 0);
    const repeats = integersOf(call.inputs[1]);
    const out = shape?.map((dim, axis) => call.dims.scaled(dim, Math.max(repeats?.[axis] ?? 0, 1), 0, 1));
    return [{ type: call.inputs[0]?.type, shape: repeats?.length === shape?.length ? out : undefined }];
  },
};

/** Type and sizes of what only has its shape changed. */
function kept({ inputs: [x] }: Call): Outcome {
  const sizes = x && sizesOf(x);
  return { type: x?.type, ...(sizes && { sizes }) };
}

function mapped<T, R>(value: T | undefined, of: (value: T) => R | undefined): R | undefined {
  return value === undefined ? undefined : of(value);
}

function numberAt(shape: readonly Dim[] | undefined, axis: number): number | undefined {
  const dim = shape?.[axis];
  return typeof dim === "number" && shape?.length === 1 && dim <= 16 ? dim : undefined;
}

function product({ dims }: Call, sizes: readonly Dim[]): Dim {
  const names = sizes.filter((size) => typeof size === "string").sort();
  const times = sizes.reduce<number>((out, size) => (typeof size === "number" ? out * size : out), 1);
  if (names.length === 0 || times === 0) return times;
  return names.length === 1
    ? dims.scaled(names[0] as string, times, 0, 1)
    : dims.keyed(`${names.join("*")}*${times}`);
}

function concatenated(call: Call): Outcome {
  const { inputs, attributes, dims } = call;
  const type = inputs[0]?.type;
  const shapes = inputs.map((input) => input?.shape);
  const [first] = shapes;
  if (first === undefined || shapes.includes(undefined)) return { type };
  const axis = frontAxis(attributes.int("axis", 1), first.length);
  if (axis === undefined) return { type };
  const sizes = (shapes as (readonly Dim[])[]).map((shape) => shape[axis]);
  const total = sizes.every((size) => typeof size === "number")
    ? (sizes as number[]).reduce((sum, size) => sum + size, 0)
    : dims.keyed(`sum ${sizes.join(" ")}`);
  const contents = inputs.map((input) => sizesOf(input as Fact));
  const joined = first.length === 1 && !contents.includes(undefined) ? (contents.flat() as Dim[]) : undefined;
  const known = joined !== undefined && joined.length <= mostSizes ? { sizes: joined } : {};
  return { type, shape: first.with(axis, total), ...known };
}

/** What exporters write for "to the end". */
const endless = 2 ** 31 - 1;

function sliced(call: Call): readonly Dim[] | undefined {
  const shape = shapeOf(call, 0);
  if (shape === undefined) return undefined;
  const axes = sliceAxes(call, shape.length);
  if (axes === undefined) return shape.map(() => call.dims.fresh());
  const out = [...shape];
  for (const { axis, start, end, step } of axes) {
    const dim = shape[axis] as Dim;
    if (typeof dim === "number") {
      out[axis] =
        sliceRanges(
          call,
          shape.map((size) => (typeof size === "number" ? size : 0)),
        )?.[axis]?.length ?? 0;
    } else if (start !== 0 || step !== 1 || end < endless) {
      out[axis] = call.dims.keyed(`slice ${dim} ${start} ${end} ${step}`);
    }
  }
  return out;
}
