import type { ConvOp, StoredWeights } from "@convfuse/core";
import { type Constant, movedConstant } from "../constants/constant.js";
import { turned, turnedPart } from "../constants/turned.js";
import type { Call } from "../facts/call.js";
import { transposedWindowsOf, windowsOf } from "../facts/windows.js";
import {
  type Conversion,
  type ConversionRule,
  constantInput,
  flowing,
  isRefused,
  type Refused,
  refused,
  typeOfAll,
} from "./rule.js";

export const convolution: Readonly<Record<string, ConversionRule>> = {
  Conv: (call) => convolve(call, false),
  ConvTranspose: (call) => convolve(call, true),
};

function convolve(call: Call, transposed: boolean): Conversion {
  const x = flowing(call, 0);
  if (x === undefined) return refused("its input is a constant");
  const weight = constantInput(call, 1, "weight");
  if (isRefused(weight)) return weight;
  const bias = call.inputs[2] === undefined ? undefined : constantInput(call, 2, "bias");
  if (isRefused(bias)) return bias;
  const type = typeOfAll(x, bias === undefined ? [weight] : [weight, bias]);
  if (isRefused(type)) return type;
  const shape = channels(call, weight, transposed);
  if (isRefused(shape)) return shape;
  const sizes = weight.shape.slice(2);
  if (x.shape !== undefined && x.shape.length !== weight.shape.length) {
    return refused("its weight has another number of axes than its input");
  }
  if (bias !== undefined && (bias.shape.length !== 1 || bias.size !== shape.outChannels)) {
    return refused("its bias is not one number a channel");
  }
  const spatial = x.shape?.slice(2) ?? sizes.map(() => call.dims.fresh());
  const windows = (transposed ? transposedWindowsOf : windowsOf)(call, sizes, spatial);
  if (isRefused(windows)) return windows;
  const op: ConvOp<StoredWeights> = {
    kind: "conv",
    weight: transposed ? inOutputOrder(weight, shape) : weight,
    bias,
    ...shape,
    axes: windows.axes,
    border: "zeros",
    // Its axes say what is spread; its weight is in the order of what it gives.
    transposed: false,
  };
  return [{ op, inputs: [x.value] }];
}

interface Channels {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

/**
 * [in, out / groups, ...sizes] as [out, in / groups, ...sizes]: a tap of the linear map meets the pixel that
 * the opposite one was spread from.
 */
function inOutputOrder(weight: Constant, { inChannels, outChannels, groups }: Channels): Constant {
  const sizes = weight.shape.slice(2);
  const turning = {
    rows: inChannels / groups,
    columns: outChannels / groups,
    taps: sizes.reduce((product, size) => product * size, 1),
    groups,
  };
  const shape = [outChannels, inChannels / groups, ...sizes];
  const part = weight.part && turnedPart(weight.part, turning);
  return movedConstant(weight.type, shape, [weight], () => turned(weight.read(), turning), part);
}

function channels(call: Call, weight: Constant, transposed: boolean): Channels | Refused {
  const [first, second, ...sizes] = weight.shape;
  const groups = call.attributes.int("group", 1);
  const stated = call.attributes.ints("kernel_shape");
  if (first === undefined || second === undefined || sizes.length === 0 || weight.size === 0) {
    return refused("its weight is no kernel");
  }
  if (stated !== undefined && String(stated) !== String(sizes))
    return refused("kernel_shape is not its weight's");
  if (!(groups >= 1) || first % groups !== 0) return refused("its groups do not divide its channels");
  return transposed
    ? { inChannels: first, outChannels: second * groups, groups }
    : { inChannels: second * groups, outChannels: first, groups };
}
