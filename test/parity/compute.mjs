import {
  adaptiveAvgPool2d,
  add,
  avgPool2d,
  batchNorm,
  Conv2d,
  ConvfuseError,
  cat,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  linear,
  mul,
  pad,
  relu,
} from "@convfuse/core";

const run = {
  conv2d(spec, [x, weight, bias]) {
    const { options } = spec;
    if (!spec.layer || weight.shape.length !== 4) return conv2d(x, weight, bias, options);
    const [outChannels, groupChannels, ...kernelSize] = weight.shape;
    const inChannels = groupChannels * (options.groups ?? 1);
    return new Conv2d(inChannels, outChannels, kernelSize, {
      ...options,
      weight,
      bias: bias ?? false,
    }).forward(x);
  },
  conv1d: (spec, [x, weight, bias]) => conv1d(x, weight, bias, spec.options),
  conv3d: (spec, [x, weight, bias]) => conv3d(x, weight, bias, spec.options),
  convTranspose1d: (spec, [x, weight, bias]) => convTranspose1d(x, weight, bias, spec.options),
  convTranspose2d: (spec, [x, weight, bias]) => convTranspose2d(x, weight, bias, spec.options),
  convTranspose3d: (spec, [x, weight, bias]) => convTranspose3d(x, weight, bias, spec.options),
  linear: (_spec, [x, weight, bias]) => linear(x, weight, bias),
  pad: (spec, [x]) => pad(x, spec.amounts, spec.options),
  adaptiveAvgPool2d: (spec, [x]) => adaptiveAvgPool2d(x, spec.outputSize),
  avgPool2d: (spec, [x]) => avgPool2d(x, spec.kernelSize, spec.options),
  batchNorm(spec, [x, ...vectors]) {
    const { runningMean, runningVar, ...rest } = Object.fromEntries(
      vectors.map((vector, i) => [spec.vectors[i], vector]),
    );
    return batchNorm(x, runningMean, runningVar, { ...spec.options, ...rest });
  },
  relu: (_spec, [x]) => relu(x),
  add: (_spec, [a, b]) => add(a, b),
  mul: (_spec, [a, b]) => mul(a, b),
  cat: (spec, xs) => cat(xs, spec.axis),
};

/**
 * Our side of a case, with the engine in use.
 * @returns {{ y: object } | { refused: string }} an error that is none of ours passes through: it is a bug, not a refusal
 */
export function compute({ spec, tensors }) {
  try {
    return { y: run[spec.op](spec, tensors) };
  } catch (error) {
    if (error instanceof ConvfuseError) return { refused: error.message };
    return { broken: error };
  }
}
