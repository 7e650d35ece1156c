import { type Call, shapeOf } from "./call.js";
import type { Dim } from "./dim.js";
import { integersOf, type Outcome, sizesOf } from "./fact.js";
import type { OutcomeRule } from "./outcome-rule.js";
import { transposedWindowsOf, type Unknown, type Windows, windowDim, windowsOf } from "./windows.js";

/** Convolutions, pools, and what moves pixels. */
export const spatial: Readonly<Record<string, OutcomeRule>> = {
  Conv: (call) => [convolved(call, false)],
  ConvTranspose: (call) => [convolved(call, true)],
  AveragePool: (call) => [pooled(call)],
  MaxPool: (call) => [pooled(call)],
  LpPool: (call) => [pooled(call)],
  GlobalAveragePool: (call) => [globally(call)],
  GlobalMaxPool: (call) => [globally(call)],
  GlobalLpPool: (call) => [globally(call)],

  Pad: (call) => {
    const shape = shapeOf(call, 0);
    const pads = shape && padsOf(call, shape.length);
    const out = pads?.map(([before, after], axis) =>
      call.dims.scaled((shape as readonly Dim[])[axis] as Dim, 1, before + after, 1),
    );
    return [{ type: call.inputs[0]?.type, shape: out ?? unknownLike(call, shape) }];
  },

  Resize: (call) => [resized(call)],
  Upsample: (call) => [resized(call)],

  DepthToSpace: (call) => [blocks(call, (channels, b) => [channels, 1, b * b, b, 1])],
  SpaceToDepth: (call) => [blocks(call, (channels, b) => [channels, b * b, 1, 1, b])],
};

/** Pixels added in front of and behind every axis; undefined: not known. */
export function padsOf(call: Call, rank: number): readonly (readonly [number, number])[] | undefined {
  const { opset, attributes, inputs } = call;
  const pads = opset < 11 ? attributes.ints("pads") : integersOf(inputs[1]);
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes =
    inputs[3] === undefined ? all : integersOf(inputs[3])?.map((axis) => (axis < 0 ? axis + rank : axis));
  if (pads === undefined || axes === undefined || pads.length !== 2 * axes.length) return undefined;
  return all.map((axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? [0, 0] : [pads[at] as number, pads[at + axes.length] as number];
  });
}

function convolved(call: Call, transposed: boolean): Outcome {
  const weight = call.inputs[1];
  const type = weight?.type ?? call.inputs[0]?.type;
  const x = shapeOf(call, 0);
  const shape = weight?.shape;
  if (shape === undefined || shape.length < 2) return { type };
  const [first, second, ...rest] = shape as readonly [Dim, Dim, ...Dim[]];
  const sizes = rest.every((size) => typeof size === "number") ? (rest as number[]) : undefined;
  const groups = call.attributes.int("group", 1);
  const channels = transposed ? call.dims.scaled(second, Math.max(groups, 1), 0, 1) : first;
  const spatialDims = x?.slice(2) ?? rest.map(() => call.dims.fresh());
  const windows = sizes && (transposed ? transposedWindowsOf : windowsOf)(call, sizes, spatialDims);
  return { type, shape: [x?.[0] ?? call.dims.fresh(), channels, ...windowDims(call, spatialDims, windows)] };
}

function pooled(call: Call): Outcome {
  const x = shapeOf(call, 0);
  const type = call.inputs[0]?.type;
  const sizes = call.attributes.ints("kernel_shape");
  if (x === undefined || sizes === undefined || x.length !== sizes.length + 2) return { type };
  const spatialDims = x.slice(2);
  const windows = windowsOf(call, sizes, spatialDims);
  const ceil = call.attributes.int("ceil_mode", 0) !== 0;
  return { type, shape: [...x.slice(0, 2), ...windowDims(call, spatialDims, windows, ceil)] };
}

function windowDims(
  { dims }: Call,
  spatialDims: readonly Dim[],
  windows: Windows | Unknown | undefined,
  ceil = false,
): readonly Dim[] {
  if (windows === undefined || "reason" in windows) return spatialDims.map(() => dims.fresh());
  return windows.axes.map((axis, i) => windowDim(dims, spatialDims[i] as Dim, axis, ceil));
}

function globally(call: Call): Outcome {
  const shape = shapeOf(call, 0)?.map((dim, axis) => (axis < 2 ? dim : 1));
  return { type: call.inputs[0]?.type, shape };
}

function resized(call: Call): Outcome {
  const { inputs, attributes, dims, opset, type: name } = call;
  const type = inputs[0]?.type;
  const shape = shapeOf(call, 0);
  if (shape === undefined) return { type };
  const unknown = { type, shape: unknownLike(call, shape) };
  // Only some axes resized, or with a kept ratio: nobody needs them here.
  const policy = attributes.string("keep_aspect_ratio_policy") ?? "stretch";
  if (attributes.has("axes") || policy !== "stretch") return unknown;
  // The part that is cut out may count for the size.
  if (attributes.string("coordinate_transformation_mode") === "tf_crop_and_resize") return unknown;
  const sizes = inputs[3] && sizesOf(inputs[3]);
  if (sizes?.length === shape.length) return { type, shape: sizes };
  const scales = name === "Upsample" && opset < 9 ? attributes.floats("scales") : constantScales(call);
  if (scales?.length !== shape.length) return unknown;
  return {
    type,
    shape: shape.map((dim, axis) => {
      const scale = scales[axis] as number;
      if (Number.isInteger(scale) && scale >= 1) return dims.scaled(dim, scale, 0, 1);
      // Runtimes multiply in float32: 10 times 0.7 is 7 there, and less in float64.
      return typeof dim === "number"
        ? Math.floor(Math.fround(dim * scale))
        : dims.keyed(`resized ${dim} ${scale}`);
    }),
  };
}

function constantScales({ inputs, type, opset }: Call): Float64Array | undefined {
  const scales = inputs[type === "Upsample" || opset < 11 ? 1 : 2]?.constant;
  return scales !== undefined && scales.size > 0 && scales.size <= 8 ? scales.read() : undefined;
}

/**
 * Channels into pixels or back: [channels times, channels divided by, sizes times, ..., sizes divided by] of
 * the block's side.
 */
function blocks(
  call: Call,
  factors: (channels: Dim, block: number) => readonly [Dim, number, number, number, number],
): Outcome {
  const shape = shapeOf(call, 0);
  const type = call.inputs[0]?.type;
  const block = call.attributes.int("blocksize", 1);
  if (shape?.length !== 4 || block < 1) return { type };
  const [batch, channels, height, width] = shape as readonly [Dim, Dim, Dim, Dim];
  const [, times, by, grown, shrunk] = factors(channels, block);
  const { dims } = call;
  const side = (dim: Dim): Dim => dims.scaled(dim, grown, 0, shrunk);
  return { type, shape: [batch, dims.scaled(channels, times, 0, by), side(height), side(width)] };
}

function unknownLike({ dims }: Call, shape: readonly Dim[] | undefined): readonly Dim[] | undefined {
  return shape?.map(() => dims.fresh());
}
