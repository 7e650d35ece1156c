import type { LoweredConv } from "../../lowered.js";
import type { Algorithm } from "../algorithms/algorithm.js";
import { as2d, type Conv2dGeometry, isPlain2d } from "../algorithms/as-2d.js";
import { isDepthwise, layoutGroups } from "../algorithms/blocked.js";
import type { Chooser } from "../algorithms/choose.js";
import { type Buffer, type Form, imagesOf } from "./buffers.js";
import { type Kept, keptBias, keptWeight } from "./kept.js";
import type { KernelCall, Views } from "./kernel-call.js";
import { type Part, partsOf } from "./parts.js";

/** Blocks of 8 channels without groups: what kernels read and write wherever they can. */
export const standard: Form = { groups: 1, lanes: 8 };

/** What is known of a convolution's surroundings before its algorithm is chosen. */
export interface ConvPlace {
  /** True: its input is there as planes and in no other form. */
  readonly fromPlanes: boolean;
  /** True: nobody reads its output but as planes. */
  readonly toPlanes: boolean;
}

/**
 * How a convolution is computed: the forms of its input and output, and its calls once these have buffers.
 */
export interface ConvScheme {
  readonly x: Form;
  readonly out: Form;
  calls(x: Buffer, out: Buffer, residual: Buffer | undefined): readonly KernelCall[];
}

/** The scheme of a convolution: one call, or for depth, phases and crops one a part. */
export function convScheme(node: LoweredConv, choose: Chooser, place: ConvPlace): ConvScheme {
  return isPlain2d(node.geometry) ? oneCall(node, choose, place) : callsOfParts(node, choose, place);
}

function oneCall(node: LoweredConv, choose: Chooser, place: ConvPlace): ConvScheme {
  const g = as2d(node.geometry);
  const { fromPlanes, toPlanes } = place;
  const blocks = inputForm(g, fromPlanes);
  // Planes of a volume lie channel by channel, not image by image.
  const isFlat = imagesOf(node.x).depth === 1;
  const planes = fromPlanes && toPlanes && isFlat && node.residual === undefined;
  const algorithm = choose(g, { lanes: blocks.lanes, planes });
  return {
    x: algorithm.readsPlanes ? "planes" : { ...blocks, lanes: algorithm.lanes },
    out: algorithm.outLanes === 1 ? "planes" : outputForm(g),
    calls: (x, out, residual) => [
      {
        algorithm,
        x,
        out,
        residual,
        relu: node.relu,
        weight: keptWeight(algorithm, () => single(node.weight)),
        bias: keptBias(node.bias, g),
      },
    ],
  };
}

function callsOfParts(node: LoweredConv, choose: Chooser, place: ConvPlace): ConvScheme {
  const parts = partsOf(node.geometry, node.relu);
  const channels = node.geometry;
  const form = inputForm(channels, place.fromPlanes);
  const algorithms = new Map<string, Algorithm>();
  const algorithmOf = ({ geometry: g, shape, columns, taps }: Part): Algorithm => {
    const known = algorithms.get(shape);
    if (known !== undefined) return known;
    const scattered = columns.step > 1 || taps === "none";
    const found = choose(g, { lanes: form.lanes, scattered });
    algorithms.set(shape, found);
    return found;
  };
  return {
    x: form,
    out: outputForm(channels),
    calls: (x, out, residual) => {
      const [bias, zeros] = [keptBias(node.bias, channels), keptBias(undefined, channels)];
      const weights = new Map<string, Kept>();
      return parts.map((part) => {
        const algorithm = algorithmOf(part);
        const name = `${part.taps} ${algorithm.name}`;
        const weight = weights.get(name) ?? keptWeight(algorithm, () => tapsOf(node, part));
        weights.set(name, weight);
        return {
          ...{ algorithm, weight, x, out },
          bias: part.adds ? zeros : bias,
          residual: part.adds ? out : residual,
          relu: node.relu && part.ends,
          part: (whole: Views) => partViews(whole, part),
        };
      });
    },
  };
}

function single(weight: LoweredConv["weight"]): Float32Array {
  return weight instanceof Float32Array ? weight : new Float32Array(weight);
}

/** A part's taps of the whole weight, [out channels, in channels / groups, taps]. */
function tapsOf({ weight, geometry }: LoweredConv, { kernel }: Part): Float32Array {
  const taps = geometry.axes.reduce((all, { size }) => all * size, 1);
  const own = new Float32Array((weight.length / taps) * kernel.length);
  let at = 0;
  for (let from = 0; from < weight.length; from += taps) {
    for (const tap of kernel) own[at++] = tap === undefined ? 0 : (weight[from + tap] as number);
  }
  return own;
}

/** A part's images of x, and its outputs among all, as layouts of their own. */
function partViews({ x, out }: Views, { geometry, from, fromStep, to, toStep, rows, columns }: Part): Views {
  const first = to * out.imageStride + rows.first * out.rowStride + columns.first * out.pixelBytes;
  return {
    x: {
      ...x,
      batch: geometry.batch,
      imageStride: fromStep * x.imageStride,
      origin: x.origin + from * x.imageStride,
    },
    out: {
      ...out,
      ...{ batch: geometry.batch, height: rows.count, width: columns.count },
      pixelBytes: columns.step * out.pixelBytes,
      rowStride: rows.step * out.rowStride,
      imageStride: toStep * out.imageStride,
      origin: out.origin + first,
    },
  };
}

type Channels = Pick<Conv2dGeometry, "groups" | "inChannels" | "outChannels">;

function inputForm(g: Channels, fromPlanes: boolean): { groups: number; lanes: number } {
  if (isDepthwise(g)) return { groups: 1, lanes: 8 };
  const groupIn = g.inChannels / g.groups;
  if (g.groups > 1 && groupIn % 8 !== 0) return { groups: g.groups, lanes: Math.min(8, groupIn) };
  return { groups: 1, lanes: fromPlanes ? Math.min(8, groupIn) : 8 };
}

function outputForm(g: Channels): Form {
  const groups = layoutGroups(g);
  return groups === 1 || (g.outChannels / groups) % 8 === 0 ? standard : { groups, lanes: 8 };
}
