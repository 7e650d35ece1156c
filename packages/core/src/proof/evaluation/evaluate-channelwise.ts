import { ShapeError } from "../../errors.js";
import {
  type AffineOp,
  applyRule,
  type ConvOp,
  float64,
  type MatrixOp,
  type Op,
  type PadOp,
  type Rules,
  type WindowOp,
} from "../../graph/op.js";
import { perChannelValues } from "../../ops/affine.js";
import { type ConvAxis, outSizeOf } from "../../ops/conv/conv-axis.js";
import { areaOf, type Channelwise, gamma64, peaksOf, type Rounding } from "./channelwise.js";
import { convolveChannelwise, reads } from "./convolve-channelwise.js";

/**
 * Computes one linear operation in float64 as it stands, by its definition, with a bound a channel on what the rounding of its weights and
 * the sums in float64 can have done.
 * @throws {ShapeError} if the operation does not accept its inputs, or is none of those that a fused region is made of
 */
export function evaluateChannelwise(op: Op, inputs: readonly Channelwise[], rounding: Rounding): Channelwise {
  return applyRule(rules, op, inputs, rounding);
}

function first(inputs: readonly Channelwise[]): Channelwise {
  return inputs[0] as Channelwise;
}

function unknown(op: Op): never {
  throw new ShapeError("proveGraphs", "no region is made of this operation", { kind: op.kind });
}

const rules: Rules<[inputs: readonly Channelwise[], rounding: Rounding], Channelwise> = {
  identity: (_op, inputs) => first(inputs),
  conv: (op, inputs, rounding) => convolve(op, first(inputs), rounding),
  affine: (op, inputs) => affine(op, first(inputs)),
  matrix: (op, inputs, rounding) => multiply(op, first(inputs), rounding),
  window: (op, inputs) => average(op, first(inputs)),
  adaptiveMean: (op, inputs) =>
    op.outputSize.every((size) => size === 1) ? globalMean(first(inputs)) : unknown(op),
  pad: (op, inputs) => pad(op, first(inputs)),
  map: unknown,
  slope: unknown,
  flatten: (_op, inputs) => flatten(first(inputs)),
  shuffle: unknown,
  resize: unknown,
  norm: unknown,
  add: (_op, inputs) => add(inputs),
  multiply: unknown,
  concat: (_op, inputs) => concat(inputs),
  opaque: unknown,
};

function convolve(op: ConvOp, x: Channelwise, rounding: Rounding): Channelwise {
  if (op.border !== "zeros") return unknown(op);
  const bias = op.bias && float64(op.bias);
  return convolveChannelwise(op, op.weight, bias, x, rounding);
}

function multiply(
  { weight, bias, inFeatures, outFeatures }: MatrixOp,
  x: Channelwise,
  rounding: Rounding,
): Channelwise {
  const form = { inChannels: inFeatures, outChannels: outFeatures, groups: 1, axes: [], transposed: false };
  return convolveChannelwise(form, weight, bias && float64(bias), x, rounding);
}

function affine({ before, factor, after }: AffineOp, x: Channelwise): Channelwise {
  const channels = x.shape[0] as number;
  const area = areaOf(x);
  const [offsets, factors, shifts] = [before, factor, after].map((values) =>
    perChannelValues(values, channels),
  ) as [Float64Array, Float64Array, Float64Array];
  if ([offsets, factors, shifts].some((values) => values.length !== channels)) {
    throw new ShapeError("proveGraphs", "a factor a channel must fit the channels", { shape: [...x.shape] });
  }
  const peaks = peaksOf(x);
  const values = x.values.map((value, i) => {
    const c = Math.floor(i / area);
    return (value + (offsets[c] as number)) * (factors[c] as number) + (shifts[c] as number);
  });
  const errors = x.errors.map((error, c) => {
    const scale = Math.abs(factors[c] as number);
    const reach =
      ((peaks[c] as number) + error + Math.abs(offsets[c] as number)) * scale + Math.abs(shifts[c] as number);
    return scale * error + gamma64(3) * reach;
  });
  return { shape: x.shape, values, errors };
}

function average(op: WindowOp, x: Channelwise): Channelwise {
  if (op.reduce !== "mean") return unknown(op);
  const sizes = x.shape.slice(1);
  const outSizes = op.axes.map((axis, i) => outSizeOf(axis, sizes[i] as number));
  const tables = reads(op.axes, sizes, outSizes);
  const hangs = op.ceilMode && op.axes.some((axis, i) => hangsOver(axis, sizes[i] as number));
  if (hangs) throw new ShapeError("proveGraphs", "a window hangs over the border", { shape: [...x.shape] });
  const taps = op.axes.reduce((product, { size }) => product * size, 1);
  const [area, outArea] = [areaOf(x), outSizes.reduce((product, size) => product * size, 1)];
  const channels = x.shape[0] as number;
  const values = new Float64Array(channels * outArea);
  for (let i = 0; i < values.length; i++) {
    const [channel, place] = [Math.floor(i / outArea), i % outArea];
    let [sum, inside] = [0, 0];
    for (let tap = 0; tap < taps; tap++) {
      const from = tables[place * taps + tap] as number;
      if (from < 0) continue;
      sum += x.values[channel * area + from] as number;
      inside++;
    }
    values[i] = sum / (op.divisor ?? (op.countIncludePad ? taps : inside));
  }
  const peaks = peaksOf(x);
  const share = op.divisor === undefined ? 1 : taps / op.divisor;
  const errors = x.errors.map((error, c) => share * (error + gamma64(taps) * ((peaks[c] as number) + error)));
  return { shape: [channels, ...outSizes], values, errors };
}

function hangsOver(axis: ConvAxis, size: number): boolean {
  return (
    axis.stride > 1 &&
    (size + axis.before + axis.after - axis.dilation * (axis.size - 1) - 1) % axis.stride !== 0
  );
}

function globalMean(x: Channelwise): Channelwise {
  const area = areaOf(x);
  const channels = x.shape[0] as number;
  const values = Float64Array.from(
    { length: channels },
    (_, c) => x.values.subarray(c * area, (c + 1) * area).reduce((sum, value) => sum + value, 0) / area,
  );
  const peaks = peaksOf(x);
  const errors = x.errors.map((error, c) => error + gamma64(area) * ((peaks[c] as number) + error));
  return { shape: [channels, ...x.shape.slice(1).map(() => 1)], values, errors };
}

function pad({ sides, border, value, kind }: PadOp, x: Channelwise): Channelwise {
  if (border !== "zeros" || value !== 0) return unknown({ kind, sides, border, value });
  const sizes = x.shape.slice(1);
  const axes = sides.map(([before, after]) => ({
    size: 1,
    stride: 1,
    dilation: 1,
    upsampling: 1,
    before,
    after,
  }));
  const outSizes = axes.map((axis, i) => outSizeOf(axis, sizes[i] as number));
  const tables = reads(axes, sizes, outSizes);
  const area = areaOf(x);
  const channels = x.shape[0] as number;
  const values = new Float64Array(channels * tables.length);
  for (let i = 0; i < values.length; i++) {
    const from = tables[i % tables.length] as number;
    if (from >= 0) values[i] = x.values[Math.floor(i / tables.length) * area + from] as number;
  }
  return { shape: [channels, ...outSizes], values, errors: x.errors };
}

function flatten(x: Channelwise): Channelwise {
  const area = areaOf(x);
  const errors = Float64Array.from(x.values, (_, i) => x.errors[Math.floor(i / area)] as number);
  return { shape: [x.values.length], values: x.values, errors };
}

function add(inputs: readonly Channelwise[]): Channelwise {
  const { shape } = first(inputs);
  if (inputs.some((input) => String(input.shape) !== String(shape))) {
    throw new ShapeError("proveGraphs", "what is added must have one shape", {
      shapes: inputs.map((one) => [...one.shape]),
    });
  }
  const peaks = inputs.map(peaksOf);
  const rounding = gamma64(inputs.length);
  const values = new Float64Array(first(inputs).values.length);
  for (const input of inputs)
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + (input.values[i] as number);
  const errors = first(inputs).errors.map((_, c) => {
    const reach = inputs.reduce(
      (sum, input, i) => sum + (input.errors[c] as number) + ((peaks[i] as Float64Array)[c] as number),
      0,
    );
    return inputs.reduce((sum, input) => sum + (input.errors[c] as number), 0) + rounding * reach;
  });
  return { shape, values, errors };
}

function concat(inputs: readonly Channelwise[]): Channelwise {
  const [, ...sizes] = first(inputs).shape;
  if (inputs.some((input) => String(input.shape.slice(1)) !== String(sizes))) {
    throw new ShapeError("proveGraphs", "what is joined must have one size", {
      shapes: inputs.map((one) => [...one.shape]),
    });
  }
  const channels = inputs.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const joined = (part: (input: Channelwise) => Float64Array): Float64Array => {
    const parts = inputs.map(part);
    const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const one of parts) {
      out.set(one, at);
      at += one.length;
    }
    return out;
  };
  return {
    shape: [channels, ...sizes],
    values: joined((one) => one.values),
    errors: joined((one) => one.errors),
  };
}
