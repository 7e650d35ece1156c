import * as core from "@convfuse/core";

const { ConvfuseError, Conv2d } = core;

/** What is public, by name. */
const named = new Map(Object.entries(core));

const run = {
  conv2d(spec, [x, weight, bias]) {
    const { options } = spec;
    if (!spec.layer || weight.shape.length !== 4) return core.conv2d(x, weight, bias, options);
    const [outChannels, groupChannels, ...kernelSize] = weight.shape;
    const inChannels = groupChannels * (options.groups ?? 1);
    return new Conv2d(inChannels, outChannels, kernelSize, {
      ...options,
      weight,
      bias: bias ?? false,
    }).forward(x);
  },
  linear: (_spec, [x, weight, bias]) => core.linear(x, weight, bias),
  pad: (spec, [x]) => core.pad(x, spec.amounts, spec.options),
  upsample: (spec, [x]) => core.upsample(x, spec.options),
  batchNorm(spec, [x, ...vectors]) {
    const { runningMean, runningVar, ...rest } = byName(spec, vectors);
    return core.batchNorm(x, runningMean, runningVar, { ...spec.options, ...rest });
  },
  layerNorm: (spec, [x, ...vectors]) =>
    core.layerNorm(x, spec.normalized, { ...spec.options, ...byName(spec, vectors) }),
  map: (spec, [x]) => new (named.get(spec.layer))(...spec.args).forward(x),
  prelu: (_spec, [x, weight]) => new core.PReLU(weight.shape[0], weight).forward(x),
  pixelShuffle: (spec, [x]) => new core.PixelShuffle(spec.factor).forward(x),
  relu: (_spec, [x]) => core.relu(x),
  add: (_spec, [a, b]) => core.add(a, b),
  mul: (_spec, [a, b]) => core.mul(a, b),
  cat: (spec, xs) => core.cat(xs, spec.axis),
};

for (const rank of [1, 2, 3]) {
  const convolution = (name) => {
    run[name] ??= (spec, [x, weight, bias]) => named.get(name)(x, weight, bias, spec.options);
  };
  convolution(`conv${rank}d`);
  convolution(`convTranspose${rank}d`);
  for (const name of [`avgPool${rank}d`, `maxPool${rank}d`])
    run[name] = (spec, [x]) => named.get(name)(x, spec.kernelSize, spec.options);
  const adaptive = `adaptiveAvgPool${rank}d`;
  run[adaptive] = (spec, [x]) => named.get(adaptive)(x, spec.outputSize);
}

function byName({ vectors: names }, vectors) {
  return Object.fromEntries(vectors.map((vector, i) => [names[i], vector]));
}

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
