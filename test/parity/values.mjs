import ndarray from "ndarray";

/**
 * What the numbers of a case look like: how to make one.
 * - plain: of either sign, over three binary orders
 * - wholes: small whole numbers, zeros among them: sums are exact
 * - denormal: results and most products are denormal
 * - large: up to 2^63, so that products of two reach the upper end of float32, and some overflow
 * - special: plain, with NaN, infinities and both zeros among them
 * - offset and positive: what is normalised, and variances
 */
export const families = {
  plain: (draw) => (draw.uniform() - 0.5) * 2 ** draw.int(0, 3),
  wholes: (draw) => draw.int(-4, 4),
  denormal: (draw) => (draw.uniform() - 0.5) * 2 ** draw.int(-73, -62),
  large: (draw) => (draw.uniform() - 0.5) * 2 ** draw.int(50, 64),
  special: (draw) =>
    draw.chance(0.02)
      ? draw.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0])
      : (draw.uniform() - 0.5) * 4,
  offset: (draw) => (draw.uniform() - 0.25) * 2 ** draw.int(0, 3),
  positive: (draw) => draw.uniform() * 2 ** draw.int(-4, 3),
};

export function drawFamily(draw) {
  return draw.pick([
    "plain",
    "plain",
    "plain",
    "plain",
    "plain",
    "wholes",
    "denormal",
    "large",
    "special",
    "special",
  ]);
}

/** Row-major float32 values. */
export function values(draw, size, family) {
  const make = families[family];
  const out = new Float32Array(size);
  for (let i = 0; i < size; i++) out[i] = make(draw);
  return out;
}

export function size(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/** The ways in which a tensor can lie in memory. */
export const layouts = ["row-major", "row-major", "offset", "reversed", "transposed", "stepped"];

/** A tensor with these row-major values that lies in memory as the layout says, amid NaN that nobody may read. */
export function place(data, shape, layout) {
  if (layout === "row-major" || data.length === 0) return ndarray(data, shape);
  const rank = shape.length;
  const order = shape.map((_, axis) => (layout === "transposed" ? rank - 1 - axis : axis));
  const step = layout === "stepped" ? 2 : 1;
  const stride = new Array(rank).fill(0);
  let extent = step;
  for (const axis of order.toReversed()) {
    stride[axis] = extent;
    extent *= shape[axis] * step;
  }
  let offset = 3;
  const memory = new Float32Array(extent + 6).fill(Number.NaN);
  if (layout === "reversed") {
    for (let axis = 0; axis < rank; axis++) {
      offset += stride[axis] * (shape[axis] - 1);
      stride[axis] = -stride[axis];
    }
  }
  const view = ndarray(memory, shape, stride, offset);
  let at = 0;
  const fill = (axis, position) => {
    if (axis === rank) memory[position] = data[at++];
    else for (let i = 0; i < shape[axis]; i++) fill(axis + 1, position + i * stride[axis]);
  };
  fill(0, offset);
  return view;
}
