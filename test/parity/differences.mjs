import { size } from "./values.mjs";

/** Where this library and PyTorch deliberately do not accept the same. Everything else must agree. */

/** What PyTorch refuses and we compute. */
const wider = [
  {
    reason:
      "pad takes any rank in every mode; PyTorch has no kernel for some combinations of rank and amounts",
    holds: ({ op, options, shapes: [x], amounts }, refused) =>
      op === "pad" &&
      options.mode !== "constant" &&
      amounts.length <= 2 * x.length &&
      /not supported/.test(refused),
  },
  {
    reason: "pad with reflect or replicate minds an empty axis only where it is padded",
    holds: ({ op, options, shapes: [x] }) =>
      op === "pad" && ["reflect", "replicate"].includes(options.mode) && x.includes(0),
  },
  {
    reason:
      "pad with reflect or replicate may leave nothing of an axis; of PyTorch's kernels some refuse, some do not",
    holds: ({ op, options, shapes: [x], amounts }) =>
      op === "pad" &&
      ["reflect", "replicate"].includes(options.mode) &&
      amounts.some((n, i) => n + amounts[i ^ 1] + x.at(-1 - (i >> 1)) === 0),
  },
  {
    reason:
      "a pooling's window has to fit the padded image; PyTorch's of volumes has to fit the image itself, which those of images do not",
    holds: ({ op }, refused) => /Pool3d$/.test(op) && /smaller than kernel size/.test(refused),
  },
];

/** What PyTorch computes and we refuse. */
const narrower = [
  {
    reason:
      "a convolution of no input channels is a mistake; PyTorch returns an empty tensor that claims to have a shape",
    holds: ({ op, shapes: [x, weight] }) => op.startsWith("conv") && weight[1] === 0 && size(x) === 0,
  },
  {
    reason:
      "pad refuses to take away more than there is; PyTorch's modes but constant let the other side make up for it",
    holds: ({ op, options, shapes: [x], amounts }) =>
      op === "pad" &&
      options.mode !== "constant" &&
      amounts.some((n, i) => Math.min(n, 0) + Math.min(amounts[i ^ 1], 0) + x.at(-1 - (i >> 1)) < 0),
  },
  {
    reason:
      "circular padding is at most what is left of an axis; PyTorch compares it with the whole axis, then repeats what it is just writing",
    holds: ({ op, options, shapes: [x], amounts }) =>
      op === "pad" &&
      options.mode === "circular" &&
      amounts.some((n, i) => n > Math.min(amounts[i ^ 1], 0) + x.at(-1 - (i >> 1)) && amounts[i ^ 1] < 0),
  },
  {
    reason: "circular padding of a tensor without values is checked like any other",
    holds: ({ op, options, shapes: [x] }) => op === "pad" && options.mode === "circular" && size(x) === 0,
  },
  {
    reason: "negative padding is refused in every mode; PyTorch's layer crops in all modes but zeros",
    holds: ({ op, options }) => op.startsWith("conv") && [options.padding].flat(2).some((n) => n < 0),
  },
  {
    reason: "an empty image is refused; padded beforehand, PyTorch convolves the padding alone",
    holds: ({ op, options, shapes: [x, weight] }) =>
      ["conv1d", "conv2d", "conv3d"].includes(op) &&
      x.slice(2 - weight.length).includes(0) &&
      (Array.isArray(options.padding?.[0]) || (options.paddingMode ?? "zeros") !== "zeros"),
  },
  {
    reason: "a convolution's options are checked for an empty batch too",
    holds: ({ op, shapes: [x, weight] }) => op.startsWith("conv") && x.length === weight.length && x[0] === 0,
  },
  {
    reason: "batchNorm checks its vectors for an empty batch too",
    holds: ({ op, shapes: [x] }) => op === "batchNorm" && x[0] === 0,
  },
  {
    reason: "batchNorm's vectors are [channels]; PyTorch takes any shape that holds as many values",
    holds: ({ op, shapes: [x, ...vectors] }) =>
      op === "batchNorm" && vectors.some((shape) => shape.length !== 1 && size(shape) === x[1]),
  },
  {
    reason: "adaptive pooling takes images that are not empty; to size 1, PyTorch takes the mean of anything",
    holds: ({ op, outputSize }) =>
      op.startsWith("adaptive") && [outputSize].flat().every((n) => n === 1 || n === null),
  },
  {
    reason: "an adaptive pooling to no pixels is a mistake",
    holds: ({ op, outputSize }) => op.startsWith("adaptive") && [outputSize].flat().includes(0),
  },
  {
    reason: "linear's bias is [out features]; PyTorch broadcasts what fits",
    holds: ({ op, shapes: [, , bias] }) => op === "linear" && bias !== undefined,
  },
];

/**
 * Why one side may accept what the other refuses; undefined: they must agree.
 * @param {object} spec the case
 * @param {string | undefined} ours our error, if we refused
 * @param {string | undefined} theirs PyTorch's error, if it refused
 */
export function deliberate(spec, ours, theirs) {
  if (theirs !== undefined) return wider.find(({ holds }) => holds(spec, theirs))?.reason;
  return narrower.find(({ holds }) => holds(spec, ours))?.reason;
}
