import type { ConvAxis } from "@convfuse/core";
import type { Call } from "./call.js";
import type { Dim, Dims } from "./dim.js";

/**
 * Sizes, strides and padding of a convolution or pool, an entry an axis, as a node of any form states them.
 */
export interface Windows {
  readonly axes: readonly ConvAxis[];
  /**
   * True where the padding depends on sizes of the input that are the same at every run, since the file fixes
   * them.
   */
  readonly given: boolean;
}

/** A reason why the windows are not known. */
export interface Unknown {
  readonly reason: string;
}

/**
 * The windows of Conv and of the pools, with all forms of auto_pad.
 * @param sizes of the kernel
 * @param spatial sizes of the input, as far as they are known
 */
export function windowsOf(call: Call, sizes: readonly number[], spatial: readonly Dim[]): Windows | Unknown {
  const lists = listsOf(call, sizes);
  if ("reason" in lists) return lists;
  const { strides, dilations, pads, auto } = lists;
  const axes: ConvAxis[] = [];
  let given = false;
  for (const [axis, size] of sizes.entries()) {
    const [stride, dilation] = [strides[axis] as number, dilations[axis] as number];
    const span = dilation * (size - 1);
    let [before, after] = [pads[axis] as number, pads[axis + sizes.length] as number];
    if (auto === "VALID") [before, after] = [0, 0];
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      const length = spatial[axis];
      if (stride > 1 && typeof length !== "number") {
        return { reason: `auto_pad ${auto} with stride ${stride} pads by the size of the input` };
      }
      // At stride 1 the output is as long as the input, whatever that is.
      const total = stride === 1 ? span : strided(length as number, stride, span);
      if (stride > 1) given = true;
      before = auto === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
      after = total - before;
    }
    axes.push({ size, stride, dilation, upsampling: 1, before, after });
  }
  return { axes, given };
}

/** What SAME adds on both sides, so that the output is ceil(length / stride). */
function strided(length: number, stride: number, span: number): number {
  return Math.max((Math.ceil(length / stride) - 1) * stride + span + 1 - length, 0);
}

/**
 * The axes of the linear map that a ConvTranspose is; its weights are [in, out / groups, ...sizes],
 * unflipped.
 */
export function transposedWindowsOf(
  call: Call,
  sizes: readonly number[],
  spatial: readonly Dim[],
): Windows | Unknown {
  const lists = listsOf(call, sizes);
  if ("reason" in lists) return lists;
  const { strides, dilations, pads, auto } = lists;
  const asked = call.attributes.ints("output_shape");
  const extra = call.attributes.ints("output_padding") ?? sizes.map(() => 0);
  if (extra.length !== sizes.length) return { reason: "output_padding does not fit the kernel" };
  const axes: ConvAxis[] = [];
  let given = false;
  for (const [axis, size] of sizes.entries()) {
    const [stride, dilation, more] = [
      strides[axis] as number,
      dilations[axis] as number,
      extra[axis] as number,
    ];
    const span = dilation * (size - 1);
    let [head, tail] = [pads[axis] as number, pads[axis + sizes.length] as number];
    if (asked !== undefined && asked.length > 0) {
      const length = spatial[axis];
      // Some writers give the batch and the channels too.
      const out = asked[axis + asked.length - sizes.length];
      if (typeof length !== "number" || out === undefined) {
        return { reason: "output_shape pads by the size of the input" };
      }
      given = true;
      const total = stride * (length - 1) + more + span + 1 - out;
      if (total < 0) return { reason: "output_shape is larger than what the kernel reaches" };
      [head, tail] = shared(total, auto);
    } else if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      // The output is stride times as long as the input.
      const total = span + 1 + more - stride;
      if (total < 0) return { reason: `auto_pad ${auto} asks for more than the kernel reaches` };
      [head, tail] = shared(total, auto);
    } else if (auto === "VALID") [head, tail] = [0, 0];
    axes.push({
      size,
      stride: 1,
      dilation,
      upsampling: stride,
      before: span - head,
      after: span - tail + more,
    });
  }
  return { axes, given };
}

/** Padding cut off a transposed convolution, on both sides. */
function shared(total: number, auto: string): [head: number, tail: number] {
  const less = Math.floor(total / 2);
  return auto === "SAME_UPPER" ? [less, total - less] : [total - less, less];
}

interface Lists {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly auto: string;
}

function listsOf({ attributes }: Call, sizes: readonly number[]): Lists | Unknown {
  const rank = sizes.length;
  const strides = attributes.ints("strides") ?? sizes.map(() => 1);
  const dilations = attributes.ints("dilations") ?? sizes.map(() => 1);
  const auto = attributes.string("auto_pad") || "NOTSET";
  const stated = attributes.ints("pads");
  const pads = stated ?? [...sizes, ...sizes].map(() => 0);
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(auto)) {
    return { reason: `auto_pad ${JSON.stringify(auto)} is not known` };
  }
  if (strides.length !== rank || dilations.length !== rank || pads.length !== 2 * rank) {
    return { reason: "strides, dilations and pads must have an entry an axis of the kernel" };
  }
  const positive = (value: number): boolean => value >= 1 && value <= largest;
  if (
    ![...sizes, ...strides, ...dilations].every(positive) ||
    !pads.every((pad) => pad >= 0 && pad <= largest)
  ) {
    return { reason: "kernel, strides and dilations must be 1 or more, pads 0 or more" };
  }
  return { strides, dilations, pads, auto };
}

/** Numbers beyond this are no geometry. */
const largest = 2 ** 24;

/** The size of an axis that such windows give. */
export function windowDim(
  dims: Dims,
  dim: Dim,
  { size, stride, dilation, upsampling, before, after }: ConvAxis,
  ceil = false,
): Dim {
  const excess = before + after - dilation * (size - 1) - 1;
  // floor((u (d - 1) + 1 + excess) / s) + 1, as one fraction.
  const offset = 1 - upsampling + excess + stride;
  if (!ceil || stride === 1) return dims.scaled(dim, upsampling, offset, stride);
  if (typeof dim !== "number") return dims.keyed(`ceil ${dim} ${excess} ${before} ${stride}`);
  const out = Math.ceil((dim + excess) / stride) + 1;
  // A window that would begin behind the input and its padding in front is none.
  return (out - 1) * stride >= dim + before ? out - 1 : out;
}
