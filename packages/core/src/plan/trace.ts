import type { ConvGeometry } from "../engines/engine.js";
import { cost } from "../nn/cost.js";
import { AdaptiveAvgPool2d } from "../nn/layers/adaptive-avg-pool2d.js";
import { BatchNorm2d } from "../nn/layers/batch-norm2d.js";
import { Concat } from "../nn/layers/concat.js";
import { Conv2d } from "../nn/layers/conv2d.js";
import { Flatten } from "../nn/layers/flatten.js";
import { Identity } from "../nn/layers/identity.js";
import { Linear } from "../nn/layers/linear.js";
import { ReLU } from "../nn/layers/relu.js";
import { Scale } from "../nn/layers/scale.js";
import { Sequential } from "../nn/layers/sequential.js";
import { Sum } from "../nn/layers/sum.js";
import { joinPath, type Module } from "../nn/module.js";
import { cat } from "../ops/cat.js";
import { convGeometry } from "../ops/conv-geometry.js";
import { rowMajorData } from "../tensor/layout.js";
import type { Graph, Node, Shape, Value } from "./graph.js";

/** Writes a module down as nodes. The caller has checked that the module accepts the shape. */
export function trace(module: Module, inputShape: Shape): Graph {
  const nodes: Node[] = [];
  const input: Value = { shape: inputShape, flat: false };
  const output = visit(module, "", input, nodes);
  return { input, output, nodes };
}

/** A subclass may do anything in its forward: only the layers themselves are known. */
function is<T extends Module>(module: Module, kind: abstract new (...args: never[]) => T): module is T {
  return module.constructor === kind;
}

function visit(module: Module, path: string, x: Value, nodes: Node[]): Value {
  const child = (name: string) => joinPath(path, name);
  if (is(module, Sequential)) {
    let value = x;
    for (const [name, one] of module.children()) value = visit(one, child(name), value, nodes);
    return value;
  }
  if (is(module, Identity)) return x;
  if (!x.flat) {
    if (is(module, Sum)) {
      // Each branch is added as soon as it is there, so that it can be folded into the sum.
      let sum: Value | undefined;
      for (const [name, one] of module.children()) {
        const y = visit(one, child(name), x, nodes);
        sum = sum === undefined ? y : perChannel(path, "Sum", sum, nodes, { residual: y });
      }
      return sum as Value;
    }
    if (is(module, Concat)) {
      const parts = [...module.children()].map(([name, one]) => visit(one, child(name), x, nodes));
      return concat(path, parts, nodes);
    }
    if (is(module, Conv2d)) {
      const value = convolution(module, path, x, nodes);
      if (value !== undefined) return value;
    }
    if (is(module, BatchNorm2d) && !module.training) {
      return perChannel(path, "BatchNorm2d", x, nodes, batchNormScale(module));
    }
    if (is(module, Scale)) {
      const { scale } = module;
      const values = typeof scale === "number" ? undefined : rowMajorData(scale);
      const scales = Float64Array.from(
        { length: x.shape[1] },
        (_, c) => values?.[c] ?? Math.fround(scale as number),
      );
      return perChannel(path, "Scale", x, nodes, { scale: scales });
    }
    if (is(module, AdaptiveAvgPool2d) && [module.outputSize].flat().every((size) => size === 1)) {
      return globalMean(path, x, nodes);
    }
    if (is(module, Flatten) && x.shape[2] === 1 && x.shape[3] === 1) {
      const value: Value = { shape: x.shape, flat: true };
      nodes.push({ op: "concat", path, out: value, parts: [x] });
      return value;
    }
  }
  if (is(module, ReLU)) return perChannel(path, "ReLU", x, nodes, { relu: true });
  if (is(module, Linear) && x.flat) return matrixProduct(module, path, x, nodes);
  return call(module, path, x, nodes);
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

function convolution(module: Conv2d, path: string, x: Value, nodes: Node[]): Value | undefined {
  const { weight, bias, settings, options } = module;
  const padded = settings.axes.some(({ before, after }) => before + after > 0);
  const zeros = settings.paddingMode === "zeros" || !padded;
  if (!zeros) return undefined;
  const geometry = convGeometry("compile", x.shape, weight.shape, { ...options, paddingMode: "zeros" });
  const out: Value = {
    shape: [geometry.batch, geometry.outChannels, ...geometry.outSize] as unknown as Shape,
    flat: false,
  };
  nodes.push({
    op: "conv",
    path,
    out,
    x,
    geometry,
    weight: rowMajorData(weight).slice(),
    bias: bias && rowMajorData(bias).slice(),
    residual: undefined,
    relu: false,
    label: "Conv2d",
  });
  return out;
}

function matrixProduct(module: Linear, path: string, x: Value, nodes: Node[]): Value {
  const out: Value = { shape: [x.shape[0], module.outFeatures, 1, 1], flat: true };
  nodes.push({
    op: "conv",
    path,
    out,
    x,
    geometry: convGeometry("compile", x.shape, [module.outFeatures, module.inFeatures, 1, 1], {}),
    weight: rowMajorData(module.weight).slice(),
    bias: module.bias && rowMajorData(module.bias).slice(),
    residual: undefined,
    relu: false,
    label: "Linear",
  });
  return out;
}

/** Blocks of 8 channels, the last filled up: as many channels as a depthwise kernel computes. */
function filled(channels: number): number {
  return Math.ceil(channels / 8) * 8;
}

/** out = x scale + shift + residual, each channel for itself: a depthwise 1x1 convolution. */
function perChannel(
  path: string,
  label: string,
  x: Value,
  nodes: Node[],
  what: { scale?: Float64Array; shift?: Float64Array; residual?: Value; relu?: boolean },
): Value {
  const [batch, channels, height, width] = x.shape;
  const out: Value = { shape: x.shape, flat: x.flat };
  const padded = filled(channels);
  nodes.push({
    op: "conv",
    path,
    out,
    x,
    geometry: depthwise([batch, padded, height, width], [1, 1]),
    weight: Float64Array.from({ length: padded }, (_, c) => (c < channels ? (what.scale?.[c] ?? 1) : 0)),
    bias: what.shift && Float64Array.from({ length: padded }, (_, c) => what.shift?.[c] ?? 0),
    residual: what.residual,
    relu: what.relu ?? false,
    label,
  });
  return out;
}

/** The mean over height and width: a depthwise convolution whose kernel is as large as the image. */
function globalMean(path: string, x: Value, nodes: Node[]): Value {
  const [batch, channels, height, width] = x.shape;
  const out: Value = { shape: [batch, channels, 1, 1], flat: false };
  const padded = filled(channels);
  nodes.push({
    op: "conv",
    path,
    out,
    x,
    geometry: depthwise([batch, padded, height, width], [height, width]),
    weight: new Float64Array(padded * height * width).fill(1 / (height * width)),
    bias: undefined,
    residual: undefined,
    relu: false,
    label: "AdaptiveAvgPool2d",
  });
  return out;
}

function depthwise(shape: Shape, kernel: readonly [number, number]): ConvGeometry {
  return convGeometry("compile", shape, [shape[1], 1, ...kernel], { groups: shape[1] });
}

/** BatchNorm as x scale + shift, in float64. */
function batchNormScale(module: BatchNorm2d): { scale: Float64Array; shift: Float64Array } {
  const [gamma, beta] = [module.weight, module.bias].map((one) => one && rowMajorData(one));
  const mean = rowMajorData(module.runningMean);
  const variance = rowMajorData(module.runningVar);
  const scale = Float64Array.from(variance, (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + module.eps));
  const shift = Float64Array.from(mean, (m, c) => (beta?.[c] ?? 0) - m * (scale[c] as number));
  return { scale, shift };
}
