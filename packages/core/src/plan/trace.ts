import type { ConvGeometry } from "../engines/engine.js";
import type { Graph, Node, Shape, Value } from "../engines/lowered.js";
import { type AffineOp, type ConvOp, float64, type MatrixOp, perChannelValues } from "../graph/op.js";
import { isConnected } from "../nn/composition.js";
import { cost } from "../nn/cost.js";
import { rectify } from "../nn/layers/activation/relu.js";
import { type MeetingOp, meet } from "../nn/meet.js";
import { joinPath, type Module, operationOf } from "../nn/module.js";
import { cat } from "../ops/cat.js";
import { convGeometry } from "../ops/conv/conv-geometry.js";
import type { Tensor } from "../tensor/tensor.js";

/** Writes a module down as nodes. The caller has checked that the module accepts the shape. */
export function trace(module: Module, inputShape: Shape): Graph {
  const nodes: Node[] = [];
  const input: Value = { shape: inputShape, flat: false };
  const output = visit(module, "", input, nodes);
  return { input, output, nodes };
}

function visit(module: Module, path: string, x: Value, nodes: Node[]): Value {
  if (isConnected(module)) {
    const children = module.children();
    return module.connect(x, {
      child: (name, value) => visit(children.get(name) as Module, joinPath(path, name), value, nodes),
      meet: (op, values) => met(module.typeName, path, op, values, nodes),
    });
  }
  const op = operationOf(module);
  const label = module.typeName;
  switch (op?.kind) {
    case "identity":
      return x;
    case "conv":
      return convolution(op, { path, label }, x, nodes) ?? call(module, path, x, nodes);
    case "affine":
      if (!fits(op, x)) break;
      return perChannel({ path, label }, x, nodes, scaleAndShift(op, x.shape[1]));
    case "map":
      if (op.of !== rectify) break;
      return perChannel({ path, label }, x, nodes, { relu: true });
    case "matrix":
      if (!x.flat) break;
      return matrixProduct(op, { path, label }, x, nodes);
    case "adaptiveMean":
      if (x.flat || op.outputSize.some((size) => size !== 1)) break;
      return globalMean({ path, label }, x, nodes);
    case "flatten": {
      if (x.flat || x.shape[2] !== 1 || x.shape[3] !== 1) break;
      const value: Value = { shape: x.shape, flat: true };
      nodes.push({ op: "concat", path, out: value, parts: [x] });
      return value;
    }
  }
  return call(module, path, x, nodes);
}

/** The place of a node: its dotted name, and what a reader calls it. */
interface Place {
  readonly path: string;
  readonly label: string;
}

/** What several values make together, where a composition's wires meet. */
function met(name: string, path: string, op: MeetingOp, values: readonly Value[], nodes: Node[]): Value {
  const [first, ...others] = values as [Value, ...Value[]];
  const flat = values.some((value) => value.flat);
  // Each value is added by itself, so that it can be folded into the convolution that makes it.
  if (op.kind === "add" && !flat) {
    return others.reduce((sum, y) => perChannel({ path, label: name }, sum, nodes, { residual: y }), first);
  }
  if (op.kind === "concat" && !flat) return concat(path, values, nodes);
  const channels =
    op.kind === "concat" ? values.reduce((sum, { shape }) => sum + shape[1], 0) : first.shape[1];
  const out: Value = { shape: [first.shape[0], channels, first.shape[2], first.shape[3]], flat };
  const call = (tensors: readonly Tensor[]): Tensor => meet(name, op, tensors);
  nodes.push({ op: "call", path, out, inputs: values, call, label: name });
  return out;
}

/** Whether an operation a channel is one on images, or on features, as the value is. */
function fits(op: AffineOp, x: Value): boolean {
  return op.axis === "channels" && (op.ranks === undefined || op.ranks.includes(x.flat ? 0 : 2));
}

/** (x + before) factor + after as x scale + shift, in float64. */
function scaleAndShift(op: AffineOp, channels: number): { scale: Float64Array; shift?: Float64Array } {
  const [before, scale, after] = [op.before, op.factor, op.after].map((values) =>
    perChannelValues(values, channels),
  ) as [Float64Array, Float64Array, Float64Array];
  const shift = after.map((value, c) => value + (before[c] as number) * (scale[c] as number));
  return shift.some((value) => value !== 0) ? { scale, shift } : { scale };
}

function call(module: Module, path: string, x: Value, nodes: Node[]): Value {
  const inputShape = x.flat ? x.shape.slice(0, 2) : x.shape;
  const shape = cost(module, inputShape).outputShape;
  const flat = shape.length === 2;
  const out: Value = { shape: [shape[0] ?? 1, shape[1] ?? 1, shape[2] ?? 1, shape[3] ?? 1], flat };
  nodes.push({
    op: "call",
    path,
    out,
    inputs: [x],
    call: ([tensor]) => module.forward(tensor as NonNullable<typeof tensor>),
    label: module.typeName,
  });
  return out;
}

function concat(path: string, parts: readonly Value[], nodes: Node[]): Value {
  const [first] = parts as [Value];
  const channels = parts.reduce((sum, part) => sum + part.shape[1], 0);
  const out: Value = { shape: [first.shape[0], channels, first.shape[2], first.shape[3]], flat: false };
  // Blocks of 8 channels can be put one after the other if only the last is not full.
  if (parts.slice(0, -1).every((part) => part.shape[1] % 8 === 0)) {
    nodes.push({ op: "concat", path, out, parts });
  } else {
    const call = (tensors: Parameters<typeof cat>[0]) => cat(tensors, 1);
    nodes.push({ op: "call", path, out, inputs: parts, call, label: "Concat" });
  }
  return out;
}

function convolution(op: ConvOp, place: Place, x: Value, nodes: Node[]): Value | undefined {
  const { axes, groups, weight, bias } = op;
  const padded = axes.some(({ before, after }) => before !== 0 || after !== 0);
  if (x.flat || axes.length !== 2 || op.transposed || (padded && op.border !== "zeros")) return undefined;
  const geometry = convGeometry("compile", x.shape, weight.shape, {
    stride: axes.map((axis) => axis.stride),
    dilation: axes.map((axis) => axis.dilation),
    padding: axes.map(({ before, after }) => [before, after] as const),
    groups,
  });
  const out: Value = {
    shape: [geometry.batch, geometry.outChannels, ...geometry.outSize] as unknown as Shape,
    flat: false,
  };
  nodes.push({
    op: "conv",
    ...place,
    out,
    x,
    geometry,
    weight: float64(weight),
    bias: bias && float64(bias),
    residual: undefined,
    relu: false,
  });
  return out;
}

function matrixProduct(op: MatrixOp, place: Place, x: Value, nodes: Node[]): Value {
  const out: Value = { shape: [x.shape[0], op.outFeatures, 1, 1], flat: true };
  nodes.push({
    op: "conv",
    ...place,
    out,
    x,
    geometry: convGeometry("compile", x.shape, [op.outFeatures, op.inFeatures, 1, 1], {}),
    weight: float64(op.weight),
    bias: op.bias && float64(op.bias),
    residual: undefined,
    relu: false,
  });
  return out;
}

/** Blocks of 8 channels, the last filled up: as many channels as a depthwise kernel computes. */
function filled(channels: number): number {
  return Math.ceil(channels / 8) * 8;
}

/** out = x scale + shift + residual, each channel for itself: a depthwise 1x1 convolution. */
function perChannel(
  place: Place,
  x: Value,
  nodes: Node[],
  what: { scale?: Float64Array; shift?: Float64Array; residual?: Value; relu?: boolean },
): Value {
  const [batch, channels, height, width] = x.shape;
  const out: Value = { shape: x.shape, flat: x.flat };
  const padded = filled(channels);
  nodes.push({
    op: "conv",
    ...place,
    out,
    x,
    geometry: depthwise([batch, padded, height, width], [1, 1]),
    weight: Float64Array.from({ length: padded }, (_, c) => (c < channels ? (what.scale?.[c] ?? 1) : 0)),
    bias: what.shift && Float64Array.from({ length: padded }, (_, c) => what.shift?.[c] ?? 0),
    residual: what.residual,
    relu: what.relu ?? false,
  });
  return out;
}

/** The mean over height and width: a depthwise convolution whose kernel is as large as the image. */
function globalMean(place: Place, x: Value, nodes: Node[]): Value {
  const [batch, channels, height, width] = x.shape;
  const out: Value = { shape: [batch, channels, 1, 1], flat: false };
  const padded = filled(channels);
  nodes.push({
    op: "conv",
    ...place,
    out,
    x,
    geometry: depthwise([batch, padded, height, width], [height, width]),
    weight: new Float64Array(padded * height * width).fill(1 / (height * width)),
    bias: undefined,
    residual: undefined,
    relu: false,
  });
  return out;
}

function depthwise(shape: Shape, kernel: readonly [number, number]): ConvGeometry {
  return convGeometry("compile", shape, [shape[1], 1, ...kernel], { groups: shape[1] });
}
