import { sizeOf } from "./constant.js";

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  }
  return strides;
}

/**
 * Reads numbers at places that move by these strides as the axes of `shape` are counted through, row-major.
 */
export function gathered(
  values: Float64Array,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  if (out.length === 0) return out;
  const last = shape.length - 1;
  const [length, stride] = [shape[last] ?? 1, strides[last] ?? 0];
  const place = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let i = 0; i < out.length; i += length) {
    for (let k = 0; k < length; k++) out[i + k] = values[at + k * stride] as number;
    for (let axis = last - 1; axis >= 0; axis--) {
      const step = strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      at += step;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      at -= step * (shape[axis] as number);
      place[axis] = 0;
    }
  }
  return out;
}

/** The strides with which a tensor is read as if it had been broadcast to a shape. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => {
    const at = axis - missing;
    return at < 0 || from[at] === 1 ? 0 : (strides[at] as number);
  });
}

/** The shape that shapes of numbers are broadcast to; undefined: they do not fit. */
export function broadcastSizes(shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, size] of shape.entries()) {
      const axis = i + rank - shape.length;
      if (size === out[axis] || size === 1) continue;
      if (out[axis] !== 1) return undefined;
      out[axis] = size;
    }
  }
  return out;
}

/** A tensor as if it had been broadcast. */
export function broadcastValues(
  values: Float64Array,
  from: readonly number[],
  to: readonly number[],
): Float64Array {
  if (sizeOf(from) === sizeOf(to)) return values;
  return gathered(values, to, broadcastStrides(from, to));
}
