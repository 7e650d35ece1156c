import ndarray from "ndarray";
import { type LinearKernel, paddingOf, sizesOf } from "../algebra/kernel.js";
import { FusionError } from "../errors.js";
import { Conv2d } from "../nn/layers/conv2d.js";
import { Linear } from "../nn/layers/linear.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * The convolution layer of a kernel: every number rounded to float32, the only rounding of a whole fusion.
 * @throws {FusionError} if a number is not finite in float32, or the kernel has other axes than a Conv2d can have
 * @example
 * const x = randn([1, 2, 5, 5]);
 * allclose(conv2dOfKernel(identityKernel(2)).forward(x), x); // true
 */
export function conv2dOfKernel(kernel: LinearKernel): Conv2d {
  const { inChannels, outChannels, groups, paddingMode } = kernel;
  const [rows, columns] = kernel.axes;
  if (rows === undefined || columns === undefined || kernel.axes.length !== 2) {
    throw new FusionError("conv2dOfKernel", "the kernel must have two axes", { sizes: sizesOf(kernel) });
  }
  if ([rows, columns].some(({ upsampling, before, after }) => upsampling > 1 || before < 0 || after < 0)) {
    throw new FusionError("conv2dOfKernel", "a Conv2d neither upsamples nor crops", {
      upsampling: [rows.upsampling, columns.upsampling],
      padding: paddingOf(kernel),
    });
  }
  const kernelSize = [rows.size, columns.size] as const;
  const weightShape = [outChannels, inChannels / groups, ...kernelSize];
  const isSymmetric = rows.before === rows.after && columns.before === columns.after;
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride: plain([rows.stride, columns.stride]),
    padding: isSymmetric
      ? plain([rows.before, columns.before])
      : [
          [rows.before, rows.after],
          [columns.before, columns.after],
        ],
    dilation: plain([rows.dilation, columns.dilation]),
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
