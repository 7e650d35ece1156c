import ndarray from "ndarray";
import { FusionError } from "../errors.js";
import { Conv2d } from "../nn/conv2d.js";
import { Linear } from "../nn/linear.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LinearKernel } from "./kernel.js";

/**
 * The convolution layer of a kernel: every number rounded to float32, the only rounding of a whole fusion.
 * @throws {FusionError} if a number is not finite in float32
 * @example
 * const x = randn([1, 2, 5, 5]);
 * allclose(conv2dOfKernel(identityKernel(2)).forward(x), x); // true
 */
export function conv2dOfKernel(kernel: LinearKernel): Conv2d {
  const { inChannels, outChannels, kernelSize, stride, dilation, groups, paddingMode } = kernel;
  const [[top, bottom], [left, right]] = kernel.padding;
  const weightShape = [outChannels, inChannels / groups, ...kernelSize];
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride: plain(stride),
    padding: top === bottom && left === right ? plain([top, left]) : kernel.padding,
    dilation: plain(dilation),
    groups,
    paddingMode,
    weight: rounded("weight", kernel.weight, weightShape),
    bias: kernel.bias === undefined ? false : rounded("bias", kernel.bias, [outChannels]),
  });
}

/**
 * The linear layer of a 1x1 kernel, rounded to float32.
 * @throws {FusionError} if a number is not finite in float32
 */
export function linearOfKernel({ weight, bias, inChannels, outChannels }: LinearKernel): Linear {
  return new Linear(inChannels, outChannels, {
    weight: rounded("weight", weight, [outChannels, inChannels]),
    bias: bias === undefined ? false : rounded("bias", bias, [outChannels]),
  });
}

function rounded(name: string, values: Float64Array, shape: readonly number[]): Tensor {
  const out = new Float32Array(values);
  for (let i = 0; i < out.length; i++) {
    if (Number.isFinite(out[i])) continue;
    throw new FusionError("fuse", `the fused ${name} is not finite in float32`, {
      index: i,
      value: values[i],
    });
  }
  return ndarray(out, [...shape]);
}

function plain([height, width]: readonly [number, number]): number | readonly [number, number] {
  return height === width ? height : [height, width];
}
