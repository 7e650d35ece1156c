// ONNX's operators by this library's: https://onnx.ai/onnx/operators/. Each takes its input tensors and its attributes.
import {
  add,
  avgPool2d,
  batchNorm,
  cat,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  linear,
  mul,
  ones,
  pad,
  relu,
} from "@convfuse/core";
import ndarray from "ndarray";

/** Why a case is outside a 2-D float32 network. */
export class NotApplicable extends Error {}

/** A view of the same memory with a height of 1, for the 1-D cases. */
function withHeight(x) {
  const [batch, channels, width] = x.shape;
  return ndarray(x.data, [batch, channels, 1, width], [x.stride[0], x.stride[1], 0, x.stride[2]], x.offset);
}

function withoutHeight(x) {
  return ndarray(x.data, [x.shape[0], x.shape[1], x.shape[3]]);
}

/** Runs an image operator on [batch, channels, height, width] and, as images of height 1, on [batch, channels, width]. */
function onImages(operator) {
  return ([x, ...others], attributes) => {
    if (x.shape.length === 4) return operator([x, ...others], attributes);
    if (x.shape.length !== 3) throw new NotApplicable(`${x.shape.length - 2}-D images`);
    const wider = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        Array.isArray(value) ? widen(name, value) : value,
      ]),
    );
    const tensors = [x, ...others].map((t) => (t.shape.length === 3 ? withHeight(t) : t));
    return withoutHeight(operator(tensors, wider));
  };
}

/** A list of one entry an axis (two for pads: begin and end) with one for a height of 1. */
function widen(name, value) {
  return name === "pads" ? [0, value[0], 0, value[1]] : [1, ...value];
}

/** Entries before and after each axis; auto_pad keeps ceil(size / stride) outputs. */
function sides(size, kernel, { auto_pad = "NOTSET", pads, strides, dilations }) {
  return size.map((n, axis) => {
    if (auto_pad === "VALID") return [0, 0];
    if (auto_pad === "NOTSET") return [pads?.[axis] ?? 0, pads?.[size.length + axis] ?? 0];
    const stride = strides?.[axis] ?? 1;
    const span = (kernel[axis] - 1) * (dilations?.[axis] ?? 1) + 1;
    const total = Math.max((Math.ceil(n / stride) - 1) * stride + span - n, 0);
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return auto_pad === "SAME_UPPER" ? [less, more] : [more, less];
  });
}

function conv([x, weight, bias], attributes) {
  const rank = weight.shape.length - 2;
  const { strides: stride = 1, dilations: dilation = 1, group: groups = 1 } = attributes;
  const padding = sides(x.shape.slice(2), weight.shape.slice(2), attributes);
  return [conv1d, conv2d, conv3d][rank - 1](x, weight, bias, { stride, padding, dilation, groups });
}

function convTranspose([x, weight, bias], attributes) {
  const rank = weight.shape.length - 2;
  const { strides: stride = 1, dilations: dilation = 1, group: groups = 1, output_padding } = attributes;
  const { auto_pad = "NOTSET", output_shape, pads } = attributes;
  const run = [convTranspose1d, convTranspose2d, convTranspose3d][rank - 1];
  const options = { stride, dilation, groups };
  const symmetric = pads === undefined || pads.slice(0, rank).every((n, axis) => n === pads[rank + axis]);
  if (auto_pad === "NOTSET" && output_shape === undefined && symmetric) {
    const padding = pads?.slice(0, rank) ?? 0;
    return run(x, weight, bias, { ...options, padding, outputPadding: output_padding ?? 0 });
  }
  // What torch.nn has no padding for: cropped, or grown, afterwards; the bias comes then.
  const whole = run(x, weight, undefined, options);
  const amounts = whole.shape.slice(2).map((size, axis) => {
    const full = size + (output_padding?.[axis] ?? 0);
    if (auto_pad === "VALID") return [0, full - size];
    if (auto_pad === "NOTSET" && output_shape === undefined)
      return [-pads[axis], full - size - pads[rank + axis]];
    const wanted = output_shape?.[axis] ?? x.shape[2 + axis] * attributes.strides[axis];
    const total = full - wanted;
    const less = Math.floor(total / 2);
    const before = auto_pad === "SAME_UPPER" ? less : total - less;
    return [-before, wanted - size + before];
  });
  const y = pad(whole, amounts.toReversed().flat());
  if (bias === undefined) return y;
  const column = ndarray(bias.data, [1, bias.shape[0], ...new Array(rank).fill(1)]);
  return add(y, broadcast(column, y.shape));
}

function averagePool([x], attributes) {
  const { kernel_shape: kernel, strides: stride = [1, 1], dilations = [1, 1] } = attributes;
  const { ceil_mode = 0, count_include_pad = 0 } = attributes;
  const [vertical, horizontal] = sides(x.shape.slice(2), kernel, attributes);
  const symmetric = vertical[0] === vertical[1] && horizontal[0] === horizontal[1];
  const padding = [vertical[0], horizontal[0]];
  const options = { stride, ceilMode: ceil_mode === 1 };
  if (dilations.some((d) => d !== 1)) {
    if ([...vertical, ...horizontal].some((n) => n !== 0))
      throw new NotApplicable("a dilated pool with padding");
    // A mean is a depthwise convolution with equal weights.
    const channels = x.shape[1];
    const weight = mul(ones([channels, 1, ...kernel]), 1 / (kernel[0] * kernel[1]));
    return conv2d(x, weight, undefined, { stride, dilation: dilations, groups: channels });
  }
  if (symmetric && padding.every((n, axis) => 2 * n <= kernel[axis])) {
    return avgPool2d(x, kernel, { ...options, padding, countIncludePad: count_include_pad === 1 });
  }
  // Padding that avgPool2d does not take: the sum over each window, divided by how many entries count.
  const amounts = [...horizontal, ...vertical];
  const counted =
    count_include_pad === 1 ? pad(ones(x.shape), amounts, { value: 1 }) : pad(ones(x.shape), amounts);
  const [sums, counts] = [pad(x, amounts), counted].map((t) =>
    avgPool2d(t, kernel, { ...options, divisorOverride: 1 }),
  );
  return ndarray(
    sums.data.map((sum, i) => sum / counts.data[i]),
    sums.shape,
  );
}

function batchNormalization([x, weight, bias, mean, variance], { epsilon: eps = 1e-5, training_mode = 0 }) {
  return batchNorm(x, mean, variance, { weight, bias, eps, training: training_mode === 1 });
}

const padModes = { constant: "constant", edge: "replicate", reflect: "reflect", wrap: "circular" };

/** `pads` are an attribute before opset 11, an input after it: all beginnings, then all ends, of the axes in order. */
function padding([x, amounts, constant, axesInput], { mode = "constant", pads: old, value: oldValue = 0 }) {
  const pads = old ?? [...amounts.data];
  const rank = x.shape.length;
  const axes = axesInput
    ? [...axesInput.data].map((axis) => (axis + rank) % rank)
    : x.shape.map((_, axis) => axis);
  const lastFirst = new Array(2 * rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    lastFirst[2 * (rank - 1 - axis)] = pads[i];
    lastFirst[2 * (rank - 1 - axis) + 1] = pads[axes.length + i];
  }
  const value = constant?.data[0] ?? oldValue;
  return pad(x, lastFirst, { mode: padModes[mode], ...(mode === "constant" && { value }) });
}

/** A view that repeats the entries along axes of size 1 and axes that are missing in front. */
function broadcast(x, shape) {
  const missing = shape.length - x.shape.length;
  const stride = shape.map((_, axis) =>
    axis < missing || x.shape[axis - missing] === 1 ? 0 : x.stride[axis - missing],
  );
  return ndarray(x.data, shape, stride, x.offset);
}

function gemm([a, b, c], { alpha = 1, beta = 1, transA = 0, transB = 0 }) {
  const left = transA ? a.transpose(1, 0) : a;
  const weight = transB ? b : b.transpose(1, 0);
  const isBias = c && alpha === 1 && beta === 1 && c.shape.length === 1 && c.shape[0] === weight.shape[0];
  if (isBias) return linear(left, weight, c);
  const product = mul(linear(left, weight), alpha);
  return c && beta !== 0 ? add(product, mul(broadcast(c, product.shape), beta)) : product;
}

function sum([a, b]) {
  const rank = Math.max(a.shape.length, b.shape.length);
  const size = (x, axis) => x.shape[axis - rank + x.shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(a, axis), size(b, axis)));
  return add(broadcast(a, shape), broadcast(b, shape));
}

function concat(tensors, { axis }) {
  const rank = tensors[0].shape.length;
  return cat(tensors, (axis + rank) % rank);
}

export const operators = {
  Add: sum,
  AveragePool: onImages(averagePool),
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  GlobalAveragePool: onImages(([x]) => avgPool2d(x, x.shape.slice(2))),
  Pad: padding,
  Relu: ([x]) => relu(x),
};
