import type { ConvGeometry } from "../engines/engine.js";
import type { LoweredCall, LoweredNode, LoweredValue, WindowSpan } from "../engines/lowered.js";
import { inOutputOrder } from "../engines/weight-order.js";
import { concatAxis, type Rules, type WindowOp } from "../graph/op.js";
import { float64 } from "../graph/weights.js";
import { scaleAndShift } from "../ops/affine.js";
import { type ConvAxis, outSizeOf, plainAxis } from "../ops/conv/conv-axis.js";
import { rectify } from "../ops/elementwise.js";
import { evenWindows, type Window, windowsOf } from "../ops/pool/windows.js";
import { product, type Tensor } from "../tensor/tensor.js";

/** A node of the graph at its place: what it reads, and what is made of it. */
export interface Lowering {
  readonly inputs: readonly LoweredValue[];
  /** The shape that the node's output has. */
  readonly shape: readonly number[];
  readonly path: string;
  readonly label: string;
  /** Computes it of row-major tensors. */
  readonly call: (inputs: readonly Tensor[]) => Tensor;
  add(node: LoweredNode): void;
}

/** The most spatial axes that engines compile. */
const mostAxes = 3;

/** What is lowered to calls of the layer itself: engines have nothing that computes it. */
const layerByLayer = (): undefined => undefined;

/** Lowers an operation and gives its output; undefined: nothing is known but the layer's own `forward`. */
export const lowerings: Rules<[place: Lowering], LoweredValue | undefined> = {
  identity: (_op, { inputs }) => inputs[0],
  conv: (op, place) => {
    const padded = op.axes.some(({ before, after }) => before !== 0 || after !== 0);
    if (op.axes.length > mostAxes || (padded && op.border !== "zeros")) return undefined;
    const weight = inOutputOrder(float64(op.weight), op);
    return convolution(place, op.axes, op.groups, weight, op.bias && float64(op.bias));
  },
  affine: (op, place) => {
    if (op.axis !== "channels") return undefined;
    const numbers = scaleAndShift(op, place.shape[1] as number);
    return scale(place, numbers.shift.some((value) => value !== 0) ? numbers : { scale: numbers.scale });
  },
  matrix: (op, place) => {
    if (place.shape.length !== 2) return undefined;
    return convolution(place, [], 1, float64(op.weight), op.bias && float64(op.bias));
  },
  window: (op, place) => {
    if (op.axes.length > mostAxes) return undefined;
    const [, channels = 1, ...sizes] = inputOf(place).shape;
    const divisor = constantDivisor(op, sizes);
    if (divisor !== undefined) return mean(place, op.axes, channels, divisor);
    const windows = op.axes.map((axis, i) => windowsOf(axis, sizes[i] as number, op.ceilMode));
    const last = windows.length - 1;
    // A divisor of its own is one axis's length, and the others' are 1.
    const lengthOf = (window: Window, axis: number): number => {
      if (op.divisor !== undefined) return axis === last ? op.divisor : 1;
      return op.countIncludePad ? window.padded : countOf(window);
    };
    return pool(
      place,
      op.reduce,
      windows.map((along, axis) => along.map((one) => spanOf(one, lengthOf(one, axis)))),
    );
  },
  adaptiveMean: (op, place) => {
    const [, channels = 1, ...sizes] = inputOf(place).shape;
    if (sizes.length > mostAxes) return undefined;
    if (op.outputSize.every((size) => size === 1)) {
      return mean(
        place,
        sizes.map((size) => plainAxis(size)),
        channels,
        product(sizes),
      );
    }
    const windows = sizes.map((size, axis) => evenWindows(op.outputSize[axis] ?? size, size));
    return pool(
      place,
      "mean",
      windows.map((along) => along.map((one) => spanOf(one, countOf(one)))),
    );
  },
  pad: (op, place) => {
    const axes = op.sides.map(([before, after]) => plainAxis(1, { before, after }));
    if (op.border !== "zeros" || op.value !== 0 || axes.length > mostAxes) return undefined;
    const channels = place.shape[1] as number;
    return convolution(place, axes, channels, new Float64Array(channels).fill(1), undefined);
  },
  map: (op, place) => (op.of === rectify ? scale(place, { relu: true }) : undefined),
  slope: layerByLayer,
  flatten: (_op, place) => {
    const out = { shape: place.shape };
    place.add({ ...callable(place), kind: "reshape", out });
    return out;
  },
  shuffle: layerByLayer,
  resize: layerByLayer,
  norm: layerByLayer,
  // Each value is added by itself, so that it can be folded into the convolution that makes it.
  add: (_op, place) => {
    const [first, ...others] = place.inputs as [LoweredValue, ...LoweredValue[]];
    return others.reduce((sum, y) => scale({ ...place, inputs: [sum] }, { residual: y }), first);
  },
  multiply: layerByLayer,
  concat: (op, place) => {
    const { shape } = place;
    // Where nothing tells images from signals, three axes are an image without a batch to layers that join.
    if (concatAxis(op, shape.length) !== 1) return undefined;
    const out = { shape };
    place.add({ ...callable(place), kind: "concat", out });
    return out;
  },
  opaque: layerByLayer,
};

function named({ path, label }: Lowering): { readonly path: string; readonly label: string } {
  return { path, label };
}

function callable(place: Lowering): Pick<LoweredCall, "path" | "label" | "inputs" | "call"> {
  const { inputs, call } = place;
  return { ...named(place), inputs, call };
}

function inputOf({ inputs }: Lowering): LoweredValue {
  return inputs[0] as LoweredValue;
}

function convolution(
  place: Lowering,
  axes: readonly ConvAxis[],
  groups: number,
  weight: Float64Array,
  bias: Float64Array | undefined,
): LoweredValue {
  const x = inputOf(place);
  const [batch = 1, inChannels = 1, ...inSize] = x.shape;
  const out = { shape: place.shape };
  const geometry: ConvGeometry = {
    ...{ batch, inChannels, outChannels: place.shape[1] as number, groups, axes, inSize },
    ...{ outSize: axes.map((axis, i) => outSizeOf(axis, inSize[i] as number)), transposed: false },
  };
  const plain = { residual: undefined, relu: false };
  place.add({ ...named(place), ...plain, kind: "conv", x, out, geometry, weight, bias });
  return out;
}

/** A mean whose windows are all divided by one number: a depthwise convolution. */
function mean(place: Lowering, axes: readonly ConvAxis[], channels: number, divisor: number): LoweredValue {
  const taps = product(axes.map(({ size }) => size));
  return convolution(place, axes, channels, new Float64Array(channels * taps).fill(1 / divisor), undefined);
}

function pool(
  place: Lowering,
  reduce: "mean" | "max",
  windows: readonly (readonly WindowSpan[])[],
): LoweredValue {
  const out = { shape: place.shape };
  place.add({ ...callable(place), kind: "window", out, reduce, windows });
  return out;
}

/** The number that a mean divides every window by, if it is one and no window hangs over the end. */
function constantDivisor(op: WindowOp, sizes: readonly number[]): number | undefined {
  const { axes, reduce, countIncludePad, divisor, ceilMode } = op;
  if (reduce === "max") return undefined;
  const hangsOver = axes.some((axis, i) => {
    const size = sizes[i] as number;
    return ceilMode && windowsOf(axis, size, true).length > outSizeOf(axis, size);
  });
  if (hangsOver) return undefined;
  if (divisor !== undefined) return divisor;
  const inside = countIncludePad || axes.every(({ before, after }) => before === 0 && after === 0);
  return inside ? product(axes.map(({ size }) => size)) : undefined;
}

function countOf({ first, end, step }: Window): number {
  return Math.max(0, Math.ceil((end - first) / step));
}

function spanOf(window: Window, length: number): WindowSpan {
  return { first: window.first, count: countOf(window), step: window.step, length };
}

function scale(
  place: Lowering,
  what: { scale?: Float64Array; shift?: Float64Array; residual?: LoweredValue; relu?: boolean },
): LoweredValue {
  const x = inputOf(place);
  const out = { shape: x.shape };
  place.add({
    ...{ ...named(place), kind: "scale", x, out },
    ...{ scale: what.scale, shift: what.shift, residual: what.residual, relu: what.relu ?? false },
  });
  return out;
}
