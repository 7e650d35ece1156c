import type { LinearKernel } from "../../src/algebra/kernel.js";
import type { FusedGraph, FusedTerm } from "../../src/fuse/graph/fuse-graph.js";
import type { Graph, Node, Value } from "../../src/graph/graph.js";
import type { ConvOp, Op, WindowOp } from "../../src/graph/op.js";
import { float64 } from "../../src/graph/weights.js";
import { perChannelValues } from "../../src/ops/affine.js";
import type { ConvAxis } from "../../src/ops/conv/conv-axis.js";
import type { PaddingMode } from "../../src/ops/conv/conv-geometry.js";

/** An array in float64, row-major. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Shapes that an operation does not accept. */
export class DoesNotRun extends Error {}

export function numbers(shape: readonly number[], value: (index: number) => number): Numbers {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float64Array.from({ length }, (_, i) => value(i)) };
}

/**
 * Computes a graph by definition, loop by loop, in float64; with the replacements of a fused graph where one is given. It knows nothing of
 * how they were found.
 */
export function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<Value, Numbers>,
  fused?: FusedGraph,
): Map<Value, Numbers> {
  const known = new Map(inputs);
  const replaced = new Map(fused?.replacements.map((replacement) => [replacement.output, replacement.terms]));
  const read = (value: Value): Numbers => {
    const found = known.get(value);
    if (found === undefined) throw new Error(`${value.name} is read but not computed`);
    return found;
  };
  for (const node of graph.nodes) {
    const [output] = node.outputs as [Value];
    const terms = replaced.get(output);
    const other = fused?.rewired.get(node);
    if (terms !== undefined)
      known.set(output, terms.map((term) => ofTerm(term, read(term.base))).reduce(sum));
    else if (fused === undefined || fused.live.has(node))
      known.set(output, ofNode(node, other === undefined ? node.inputs.map(read) : [read(other)]));
  }
  return known;
}

function ofTerm({ convolution }: FusedTerm, base: Numbers): Numbers {
  if (convolution === undefined) return base;
  const kernel = convolution.kernel();
  return convolution.along === "last" ? onLast(base, kernel) : convolved(base, kernel);
}

function ofNode({ op }: Node, inputs: readonly Numbers[]): Numbers {
  const x = inputs[0] as Numbers;
  switch (op.kind) {
    case "identity":
      return x;
    case "conv":
      return op.transposed
        ? transposed(x, op)
        : convolved(x, {
            ...op,
            paddingMode: op.border,
            weight: float64(op.weight),
            bias: op.bias && float64(op.bias),
          });
    case "affine":
      return affine(x, op);
    case "matrix":
      return onLast(x, {
        outChannels: op.outFeatures,
        weight: float64(op.weight),
        bias: op.bias && float64(op.bias),
      });
    case "window":
      return pooled(x, op);
    case "adaptiveMean":
      return overPixels(x, (pixels) => pixels.reduce((a, b) => a + b, 0) / pixels.length);
    case "pad":
      return padded(x, op.sides, op.border, op.value);
    case "map":
      return { ...x, data: x.data.map(op.of) };
    case "flatten":
      return { ...x, shape: [x.shape[0] as number, x.data.length / (x.shape[0] as number)] };
    case "add":
      return inputs.reduce(sum);
    case "concat":
      return joined(inputs);
    default:
      throw new Error(`no rule for ${op.kind}`);
  }
}

function sum(a: Numbers, b: Numbers): Numbers {
  if (String(a.shape) !== String(b.shape)) throw new DoesNotRun(`shapes ${a.shape} and ${b.shape} differ`);
  return { ...a, data: a.data.map((value, i) => value + (b.data[i] as number)) };
}

function joined(parts: readonly Numbers[]): Numbers {
  const [batch, , ...spatial] = (parts[0] as Numbers).shape as [number, number, ...number[]];
  const images = Array.from({ length: batch }, (_, n) =>
    parts.map(({ shape, data }) => {
      if (String(shape.slice(2)) !== String(spatial)) throw new DoesNotRun("parts of different sizes");
      return [...data.subarray((n * data.length) / batch, ((n + 1) * data.length) / batch)];
    }),
  );
  const channels = parts.reduce((total, { shape }) => total + (shape[1] as number), 0);
  return { shape: [batch, channels, ...spatial], data: Float64Array.from(images.flat(2)) };
}

function affine(x: Numbers, op: Op & { readonly kind: "affine" }): Numbers {
  const axis = op.axis === "last" ? x.shape.length - 1 : 1;
  const channels = x.shape[axis] as number;
  const area = x.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const [before, factor, after] = [op.before, op.factor, op.after].map((values) =>
    perChannelValues(values, channels),
  ) as [Float64Array, Float64Array, Float64Array];
  return {
    ...x,
    data: x.data.map((value, i) => {
      const c = Math.floor(i / area) % channels;
      return (value + (before[c] as number)) * (factor[c] as number) + (after[c] as number);
    }),
  };
}

function onLast(
  x: Numbers,
  { outChannels, weight, bias }: Pick<LinearKernel, "outChannels" | "weight" | "bias">,
): Numbers {
  const features = x.shape.at(-1) as number;
  if (weight.length !== outChannels * features)
    throw new DoesNotRun("the matrix reads another number of features");
  const rows = x.data.length / features;
  return numbers([...x.shape.slice(0, -1), outChannels], (i) => {
    const [row, o] = [Math.floor(i / outChannels), i % outChannels];
    let total = bias?.[o] ?? 0;
    for (let c = 0; c < features; c++)
      total += (weight[o * features + c] as number) * (x.data[row * features + c] as number);
    if (rows < 1) throw new Error("no rows");
    return total;
  });
}

/** Calls with every index of a shape, in row-major order. */
function forEachIndex(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const count = shape.reduce((product, size) => product * size, 1);
  for (let i = 0; i < count; i++) {
    const index: number[] = [];
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index.unshift(rest % (shape[axis] as number));
      rest = Math.floor(rest / (shape[axis] as number));
    }
    visit(index);
  }
}

function offset(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((at, i, axis) => at * (shape[axis] as number) + i, 0);
}

/** Where a padded image reads the image; undefined: nowhere. */
function source(mode: PaddingMode, position: number, size: number): number | undefined {
  if (position >= 0 && position < size) return position;
  if (mode === "zeros") return undefined;
  if (mode === "replicate") return position < 0 ? 0 : size - 1;
  const other =
    mode === "reflect"
      ? position < 0
        ? -position
        : 2 * size - 2 - position
      : position < 0
        ? position + size
        : position - size;
  if (other < 0 || other >= size) throw new DoesNotRun("more padding than image");
  return other;
}

function padded(
  x: Numbers,
  sides: readonly (readonly [number, number])[],
  mode: PaddingMode,
  value: number,
): Numbers {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const sizes = spatial.map((size, i) => size + (sides[i]?.[0] as number) + (sides[i]?.[1] as number));
  const shape = [batch, channels, ...sizes];
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  forEachIndex(shape, (index) => {
    const from = index
      .slice(2)
      .map((i, axis) => source(mode, i - (sides[axis]?.[0] as number), spatial[axis] as number));
    data[offset(shape, index)] = from.includes(undefined)
      ? value
      : (x.data[offset(x.shape, [...index.slice(0, 2), ...(from as number[])])] as number);
  });
  return { shape, data };
}

/** out[y] = sum over i of w[i] P(U(x))[y stride + i dilation], on every axis. */
function convolved(x: Numbers, kernel: LinearKernel): Numbers {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  if (channels !== kernel.inChannels || spatial.length !== kernel.axes.length)
    throw new DoesNotRun("the kernel reads other images");
  const holes = spatial.map((size, i) => (kernel.axes[i]?.upsampling as number) * (size - 1) + 1);
  const outs = kernel.axes.map((axis, i) => sizeOf(axis, spatial[i] as number));
  if (outs.some((size) => size < 1)) throw new DoesNotRun("no window fits");
  const groupIn = kernel.inChannels / kernel.groups;
  const groupOut = kernel.outChannels / kernel.groups;
  const sizes = kernel.axes.map((axis) => axis.size);
  const taps: number[][] = [];
  forEachIndex(sizes, (tap) => taps.push([...tap]));
  const shape = [batch, kernel.outChannels, ...outs];
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  forEachIndex(shape, (index) => {
    const [n, o, ...y] = index as [number, number, ...number[]];
    let total = kernel.bias?.[o] ?? 0;
    for (const [t, tap] of taps.entries()) {
      const from = tap.map((i, axis) => {
        const { stride, dilation, before, upsampling } = kernel.axes[axis] as ConvAxis;
        const position = source(
          kernel.paddingMode,
          (y[axis] as number) * stride + i * dilation - before,
          holes[axis] as number,
        );
        return position === undefined || position % upsampling !== 0 ? undefined : position / upsampling;
      });
      if (from.includes(undefined)) continue;
      for (let c = 0; c < groupIn; c++) {
        const channel = Math.floor(o / groupOut) * groupIn + c;
        const weight = kernel.weight[(o * groupIn + c) * taps.length + t] as number;
        total += weight * (x.data[offset(x.shape, [n, channel, ...(from as number[])])] as number);
      }
    }
    data[offset(shape, index)] = total;
  });
  return { shape, data };
}

function sizeOf(axis: ConvAxis, size: number): number {
  const padded = axis.upsampling * (size - 1) + 1 + axis.before + axis.after;
  return Math.floor((padded - axis.dilation * (axis.size - 1) - 1) / axis.stride) + 1;
}

/** A transposed convolution by its definition: every pixel is spread over the taps. */
function transposed(x: Numbers, op: ConvOp): Numbers {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const outs = op.axes.map((axis, i) => sizeOf(axis, spatial[i] as number));
  const weight = float64(op.weight);
  const bias = op.bias && float64(op.bias);
  const [groupIn, groupOut] = [op.inChannels / op.groups, op.outChannels / op.groups];
  const shape = [batch, op.outChannels, ...outs];
  const size = outs.reduce((product, length) => product * length, 1);
  const result = numbers(shape, (i) => bias?.[Math.floor(i / size) % op.outChannels] ?? 0);
  const taps = op.axes.map((axis) => axis.size);
  forEachIndex([batch, channels, ...spatial], (index) => {
    const [n, c, ...from] = index as [number, number, ...number[]];
    const value = x.data[offset(x.shape, index)] as number;
    forEachIndex([groupOut, ...taps], (tap) => {
      const to = from.map((position, axis) => {
        const { upsampling, dilation, before, size } = op.axes[axis] as ConvAxis;
        // PyTorch's padding is what cuts off: dilation (size - 1) - before.
        return (
          position * upsampling + (tap[axis + 1] as number) * dilation - (dilation * (size - 1) - before)
        );
      });
      if (to.some((position, axis) => position < 0 || position >= (outs[axis] as number))) return;
      const o = Math.floor(c / groupIn) * groupOut + (tap[0] as number);
      const at = offset(shape, [n, o, ...to]);
      result.data[at] =
        (result.data[at] as number) +
        value * (weight[offset([channels, groupOut, ...taps], [c, ...tap])] as number);
    });
  });
  return result;
}

function pooled(x: Numbers, op: WindowOp): Numbers {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const outs = op.axes.map((axis, i) => {
    if (!op.ceilMode) return sizeOf(axis, spatial[i] as number);
    const count =
      Math.ceil(((spatial[i] as number) + axis.before + axis.after - axis.size) / axis.stride) + 1;
    return (count - 1) * axis.stride >= (spatial[i] as number) + axis.before ? count - 1 : count;
  });
  if (outs.some((size) => size < 1)) throw new DoesNotRun("no window fits");
  const shape = [batch, channels, ...outs];
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  forEachIndex(shape, (index) => {
    const [n, c, ...y] = index as [number, number, ...number[]];
    const inside: number[] = [];
    let counted = 0;
    forEachIndex(
      op.axes.map((axis) => axis.size),
      (tap) => {
        const from = tap.map(
          (i, axis) =>
            (y[axis] as number) * (op.axes[axis]?.stride as number) + i - (op.axes[axis]?.before as number),
        );
        const isIn = from.every((position, axis) => position >= 0 && position < (spatial[axis] as number));
        const isPadding = from.every(
          (position, axis) =>
            position >= -(op.axes[axis]?.before as number) &&
            position < (spatial[axis] as number) + (op.axes[axis]?.after as number),
        );
        if (isIn) inside.push(x.data[offset(x.shape, [n, c, ...from])] as number);
        if (isIn || (op.countIncludePad && isPadding)) counted++;
      },
    );
    data[offset(shape, index)] =
      op.reduce === "max" ? Math.max(...inside) : inside.reduce((a, b) => a + b, 0) / (op.divisor ?? counted);
  });
  return { shape, data };
}

function overPixels(x: Numbers, of: (pixels: readonly number[]) => number): Numbers {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const area = x.data.length / (batch * channels);
  return numbers([batch, channels, ...spatial.map(() => 1)], (i) =>
    of([...x.data.subarray(i * area, (i + 1) * area)]),
  );
}
