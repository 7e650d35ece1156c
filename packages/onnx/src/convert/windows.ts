import type { Call } from "../facts/call.js";
import { reducedAxes } from "../facts/moved-shapes.js";
import { padsOf } from "../facts/outcomes-spatial.js";
import { windowDim, windowsOf } from "../facts/windows.js";
import {
  type Conversion,
  type ConversionRule,
  flowing,
  isRefused,
  passing,
  refused,
  typeOfAll,
} from "./rule.js";

/** Pools and padding. */
export const windows: Readonly<Record<string, ConversionRule>> = {
  AveragePool: (call) => {
    const x = flowing(call, 0);
    const sizes = call.attributes.ints("kernel_shape");
    if (x?.shape === undefined || sizes === undefined)
      return refused("how many axes its input has is not known");
    const spatial = x.shape.slice(2);
    if (spatial.length !== sizes.length) return refused("kernel_shape does not fit its input");
    const found = windowsOf(call, sizes, spatial);
    if (isRefused(found)) return found;
    const ceil = call.attributes.int("ceil_mode", 0) !== 0;
    // Where the sizes are fixed, rounding up may come to the same as rounding down.
    const ceilMode =
      ceil &&
      found.axes.some((axis, i) => {
        const dim = spatial[i] as (typeof spatial)[number];
        return axis.stride > 1 && windowDim(call.dims, dim, axis, true) !== windowDim(call.dims, dim, axis);
      });
    return [
      {
        op: {
          kind: "window",
          reduce: "mean",
          axes: found.axes,
          countIncludePad: call.opset >= 7 && call.attributes.int("count_include_pad", 0) !== 0,
          ceilMode,
          divisor: undefined,
        },
        inputs: [x.value],
      },
    ];
  },

  GlobalAveragePool: (call) => globalMean(call, true),

  ReduceMean: (call) => {
    const rank = call.inputs[0]?.shape?.length;
    const axes = rank === undefined ? undefined : reducedAxes(call, rank);
    if (rank === undefined || axes === undefined) return refused("the axes that it goes over are not known");
    const spatial = axes.size === rank - 2 && !axes.has(0) && !axes.has(1) && rank > 2;
    if (!spatial) return refused("its mean is not over the axes behind the channels");
    return globalMean(call, call.attributes.int("keepdims", 1) !== 0);
  },

  Pad: (call) => {
    const x = flowing(call, 0);
    if (x?.shape === undefined) return refused("how many axes its input has is not known");
    const mode = call.attributes.string("mode") || "constant";
    if (mode !== "constant") return refused(`it pads by ${mode}, which no convolution of this format does`);
    const value = padValue(call);
    if (value !== 0)
      return refused(
        value === undefined ? "what it pads with is no constant" : "it pads with a number that is not 0",
      );
    const pads = padsOf(call, x.shape.length);
    if (pads === undefined) return refused("how much it pads is no constant");
    if (pads.every(([before, after]) => before === 0 && after === 0)) return passing(x);
    if (pads.slice(0, 2).some(([before, after]) => before !== 0 || after !== 0)) {
      return refused("it pads the batch or the channels");
    }
    return [{ op: { kind: "pad", sides: pads.slice(2), border: "zeros", value: 0 }, inputs: [x.value] }];
  },
};

function globalMean(call: Call, keeps: boolean): Conversion {
  const x = flowing(call, 0);
  if (x?.shape === undefined || x.shape.length < 3)
    return refused("how many axes its input has is not known");
  const type = typeOfAll(x, []);
  if (isRefused(type) && x.type !== undefined) return type;
  const mean = { kind: "adaptiveMean", outputSize: x.shape.slice(2).map(() => 1) } as const;
  if (keeps) return [{ op: mean, inputs: [x.value] }];
  return [
    { op: mean, inputs: [x.value] },
    { op: { kind: "flatten" }, inputs: [0] },
  ];
}

/** What Pad writes; undefined: the network decides. */
export function padValue({ opset, attributes, inputs }: Call): number | undefined {
  if (opset < 11) return attributes.float("value", 0);
  const [, , value] = inputs;
  if (value === undefined) return 0;
  return value.constant?.size === 1 ? value.constant.read()[0] : undefined;
}
