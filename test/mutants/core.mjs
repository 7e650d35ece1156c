const engines = "packages/core/src/engines";
const engine = `${engines}/reference`;
const ops = "packages/core/src/ops";
const random = "packages/core/src/random";
const tensor = "packages/core/src/tensor";
const nn = "packages/core/src/nn";

const conv2d = ["packages/core/test/ops/conv2d-goldens.test.ts"];
const ranks = ["packages/core/test/ops/conv-ranks-goldens.test.ts"];
const rankRefusals = ["packages/core/test/ops/conv-ranks-refusals.test.ts"];
const convRefusals = ["packages/core/test/ops/conv2d-refusals.test.ts"];
const properties = ["packages/core/test/ops/conv2d-properties.test.ts"];
const pad = ["packages/core/test/ops/pad-goldens.test.ts"];
const pool = ["packages/core/test/ops/avg-pool2d-goldens.test.ts"];
const norm = ["packages/core/test/ops/batch-norm-goldens.test.ts"];
const linear = ["packages/core/test/ops/linear-goldens.test.ts"];
const elementwise = ["packages/core/test/ops/elementwise-goldens.test.ts"];
const streams = ["packages/core/test/random/random-goldens.test.ts"];
const layers = ["packages/core/test/nn/layer-goldens.test.ts"];
const layerResults = ["packages/core/test/nn/layer-ranks.test.ts"];
const formats = ["packages/core/test/tensor/format-goldens.test.ts"];
const files = ["packages/core/test/io/byte-forms.test.ts"];
const compare = ["packages/core/test/tensor/compare.test.ts"];

/** @type {readonly import("./mutant.mjs").Mutant[]} */
export const coreMutants = [
  {
    name: "options: names that nobody knows are passed over",
    file: "packages/core/src/checks.ts",
    find: "if (Object.hasOwn(known, name)) continue;",
    replace: "if (name in options) continue;",
    tests: ["test/options/options.test.ts"],
  },
  {
    name: "conv2d: height and width padding swapped",
    file: `${engines}/gather.ts`,
    find: "axisReads(axis, g.inSize[i] as number",
    replace: "axisReads({ ...axis, before: (g.axes[1 - i] ?? axis).before }, g.inSize[i] as number",
    tests: conv2d,
  },
  {
    name: "conv2d: stride ignored",
    file: `${engines}/gather.ts`,
    find: "y * stride + i * dilation - before",
    replace: "y + i * dilation - before",
    tests: conv2d,
  },
  {
    name: "conv2d: dilation ignored",
    file: `${engines}/gather.ts`,
    find: "y * stride + i * dilation - before",
    replace: "y * stride + i - before",
    tests: conv2d,
  },
  {
    name: "conv2d: the group's first channel off by one",
    file: `${engine}/conv.ts`,
    find: "Math.floor(o / groupOut) * groupIn",
    replace: "Math.min(Math.floor(o / groupOut) * groupIn + 1, g.inChannels - groupIn)",
    tests: conv2d,
  },
  {
    name: "conv2d: bias dropped",
    file: `${engine}/conv.ts`,
    find: "(sums[i] as number) + (bias?.[o] ?? 0)",
    replace: "(sums[i] as number) + (bias?.[0] === undefined ? 0 : 0)",
    tests: conv2d,
  },
  {
    name: "conv2d: the kernel flipped, as in a convolution of mathematics",
    file: `${engine}/conv.ts`,
    find: "weights[kernel + tap]",
    replace: "weights[kernel + taps - 1 - tap]",
    tests: conv2d,
  },
  {
    name: "conv2d: the last row of the image never read",
    file: `${engines}/gather.ts`,
    find: "index < size ? index : undefined",
    replace: "index < size - 1 ? index : undefined",
    tests: conv2d,
  },
  {
    name: "conv2d: rounded before the bias is added",
    file: `${engine}/conv.ts`,
    find: "out[to + i] = (sums[i] as number) +",
    replace: "out[to + i] = Math.fround(sums[i] as number) +",
    tests: conv2d,
  },
  {
    name: "conv: an upsampled axis read without its zeros",
    file: `${engines}/gather.ts`,
    find: "at % upsampling !== 0 ? -1 : at / upsampling",
    replace: "false ? -1 : Math.floor(at / upsampling)",
    tests: ranks,
  },
  {
    name: "conv: leading axes counted with the wrong size",
    file: `${engines}/gather.ts`,
    find: "scale *= g.inSize[axis] as number;",
    replace: "scale *= g.outSize[axis] as number;",
    tests: ranks,
  },
  {
    name: "convTranspose: the kernel not flipped",
    file: `${engines}/weight-order.ts`,
    find: "for (let tap = taps - 1; tap >= 0; tap--)",
    replace: "for (let tap = 0; tap < taps; tap++)",
    tests: ranks,
  },
  {
    name: "convTranspose: groups of the output ignored",
    file: `${engines}/weight-order.ts`,
    find: "const group = Math.floor(o / groupOut);",
    replace: "const group = 0;",
    tests: ranks,
  },
  {
    name: "convTranspose: outputPadding in front",
    file: `${ops}/conv/conv-axis.ts`,
    find: "before, after: before + outputPadding",
    replace: "before: before + outputPadding, after: before",
    tests: ranks,
  },
  {
    name: "convTranspose: outputPadding as large as the stride accepted",
    file: `${ops}/conv/conv-transpose-geometry.ts`,
    find: "more >= kernel.stride && more >= kernel.dilation",
    replace: "more > kernel.stride && more > kernel.dilation",
    tests: rankRefusals,
  },
  {
    name: "geometry: the odd pixel of same padding in front",
    file: `${ops}/conv/conv-geometry.ts`,
    find: "const before = Math.floor(total / 2);",
    replace: "const before = Math.ceil(total / 2);",
    tests: conv2d,
  },
  {
    name: "geometry: one window too many",
    file: `${ops}/conv/conv-axis.ts`,
    find: "return Math.floor((paddedSize(axis, size) - spanOf(axis)) / axis.stride) + 1;",
    replace: "return Math.ceil((paddedSize(axis, size) - spanOf(axis)) / axis.stride) + 1;",
    tests: conv2d,
  },
  {
    name: "geometry: left and right of an asymmetric padding swapped",
    file: `${ops}/conv/conv-geometry.ts`,
    find: "after: side[1],",
    replace: "after: side[0],",
    tests: conv2d,
  },
  {
    name: "geometry: reflect padding as large as the image allowed",
    file: `${ops}/conv/conv-geometry.ts`,
    find: 'mode === "reflect" ? -1 : 0',
    replace: 'mode === "reflect" ? 0 : 0',
    tests: convRefusals,
  },
  {
    name: "geometry: groups that do not divide the output channels accepted",
    file: `${ops}/conv/conv-geometry.ts`,
    find: "if (outChannels % groups !== 0) {",
    replace: "if (outChannels % groups > outChannels) {",
    tests: convRefusals,
  },
  {
    name: "geometry: same padding with a stride accepted",
    file: `${ops}/conv/conv-geometry.ts`,
    find: "if (stride.some((step) => step !== 1)) {",
    replace: "if (stride.every((step) => step !== 1)) {",
    tests: convRefusals,
  },
  {
    name: "pad: reflect repeats the border pixel",
    file: `${ops}/pad.ts`,
    find: "index < 0 ? -index : index >= size ? 2 * size - 2 - index : index",
    replace: "index < 0 ? -index - 1 : index >= size ? 2 * size - 1 - index : index",
    tests: pad,
  },
  {
    name: "pad: circular takes the wrong end",
    file: `${ops}/pad.ts`,
    find: "index < 0 ? index + size : index >= size ? index - size : index",
    replace: "index < 0 ? -index - 1 : index >= size ? index - size : index",
    tests: conv2d,
  },
  {
    name: "pad: circular goes round what was taken away",
    file: `${ops}/pad.ts`,
    find: 'const first = mode === "circular" ? Math.max(0, -before) : 0;',
    replace: "const first = 0;",
    tests: pad,
  },
  {
    name: "pad: the amounts begin with the first axis",
    file: `${ops}/pad.ts`,
    find: "amounts.slice(2 * (rank - 1 - axis), 2 * (rank - axis))",
    replace: "amounts.slice(2 * axis, 2 * (axis + 1))",
    tests: pad,
  },
  {
    name: "conv2d: padding of the other modes puts after for before",
    file: `${ops}/pad.ts`,
    find: "map(i - before, length)",
    replace: "map(i - after, length)",
    tests: conv2d,
  },
  {
    name: "avgPool2d: padding never counts",
    file: `${ops}/pool/pool.ts`,
    find: "countIncludePad ? paddedPixels : pixelsInside",
    replace: "countIncludePad ? pixelsInside : pixelsInside",
    tests: pool,
  },
  {
    name: "avgPool2d: ceil mode keeps a window that begins in the padding",
    file: `${ops}/pool/windows.ts`,
    find: "(windows - 1) * stride >= size + before ? windows - 1 : windows",
    replace: "(windows - 1) * stride >= size + 2 * before ? windows - 1 : windows",
    tests: pool,
  },
  {
    name: "adaptiveAvgPool2d: windows that do not overlap",
    file: `${ops}/pool/windows.ts`,
    find: "Math.ceil(((i + 1) * size) / count)",
    replace: "Math.max(Math.floor(((i + 1) * size) / count), Math.floor((i * size) / count) + 1)",
    tests: pool,
  },
  {
    name: "batchNorm: the sample's variance for the batch's",
    file: `${ops}/batch-norm.ts`,
    find: "sumOver((x) => (x - mean) ** 2) / count",
    replace: "sumOver((x) => (x - mean) ** 2) / (count - 1)",
    tests: norm,
  },
  {
    name: "batchNorm: eps outside the root",
    file: `${ops}/affine.ts`,
    find: "Math.sqrt(value + eps)",
    replace: "(Math.sqrt(value) + eps)",
    tests: norm,
  },
  {
    name: "linear: the bias of the row for that of the column",
    file: `${engine}/linear.ts`,
    find: "bias?.[o] ?? 0",
    replace: "bias?.[r % outFeatures] ?? 0",
    tests: linear,
  },
  {
    name: "relu: NaN becomes 0",
    file: `${ops}/elementwise.ts`,
    find: "words[i] = word & ~isNegative;",
    replace: "words[i] = word > 0 && word <= 0x7f800000 ? word : 0;",
    tests: elementwise,
  },
  {
    name: "memory: an engine's refusal that names no operation",
    file: "packages/core/src/engines/active.ts",
    find: "error instanceof EngineError ? error.toldBy(op, got) : error",
    replace: "error",
    tests: ["packages/core/test/ops/out-of-memory.test.ts"],
  },
  {
    name: "elementwise: a view read from where its memory starts",
    file: `${ops}/elementwise.ts`,
    find: "ndarray(rowMajorData(array), [array.size])",
    replace: "ndarray(array.data, [array.size])",
    tests: ["packages/core/test/ops/elementwise-views.test.ts"],
  },
  {
    name: "views: negative strides taken for row-major",
    file: `${tensor}/layout.ts`,
    find: "if (size !== 1 && x.stride[axis] !== expected) return false;",
    replace: "if (size !== 1 && Math.abs(x.stride[axis] as number) !== expected) return false;",
    tests: properties,
  },
  {
    name: "uniform: two roundings",
    file: `${random}/uniform.ts`,
    find: "fma(nextFloat(), range, start)",
    replace: "Math.fround(Math.fround(nextFloat() * range) + start)",
    tests: layers,
  },
  {
    name: "randn: the last block not drawn again",
    file: `${random}/normal.ts`,
    find: "for (let i = start; i < data.length; i++) data[i] = nextFloat();",
    replace: "",
    tests: streams,
  },
  {
    name: "manualSeed: the second value of a pair survives it",
    file: `${random}/generator.ts`,
    find: "  spareNormal = undefined;\n}",
    replace: "}",
    tests: streams,
  },
  {
    name: "kaiming: fan in without the kernel's area",
    file: `${random}/init.ts`,
    find: "return [inChannels * product(kernel), outChannels * product(kernel)];",
    replace: "return [inChannels, outChannels * product(kernel)];",
    tests: streams,
  },
  {
    name: "format: ties round away from zero",
    file: `${tensor}/show/number-text.ts`,
    find: "isTieToBelow ? low / scale : magnitude",
    replace: "magnitude",
    tests: formats,
  },
  {
    name: "isclose: the first side is the scale",
    file: `${tensor}/compare.ts`,
    find: "atol + Math.abs(rtol * y)",
    replace: "atol + Math.abs(rtol * x)",
    tests: compare,
  },
  {
    name: "maxAbsDiff: NaN passes",
    file: `${tensor}/compare.ts`,
    find: "if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;",
    replace: "if (Number.isNaN(x) || Number.isNaN(y)) continue;",
    tests: compare,
  },
  {
    name: "Conv2d: prints dilation where there is none",
    file: `${nn}/layers/conv/conv.ts`,
    find: 'numbersPart("dilation", dilations, 1)',
    replace: 'numbersPart("dilation", dilations, 0)',
    tests: layers,
  },
  {
    name: "files: a Buffer is taken as it is, whose slice copies nothing",
    file: "packages/core/src/io/binary/bytes.ts",
    find: "const window = new Uint8Array(buffer, byteOffset, byteLength);",
    replace: "const window = bytes as Uint8Array;",
    tests: files,
  },
  {
    name: "files: a view is read from the beginning of its buffer",
    file: "packages/core/src/io/binary/bytes.ts",
    find: "new Uint8Array(buffer, byteOffset, byteLength)",
    replace: "new Uint8Array(buffer, 0, byteLength)",
    tests: files,
  },
  {
    name: "maxPool: a dilated window begins before the image",
    file: `${ops}/pool/windows.ts`,
    find: "start + Math.ceil(-start / dilation) * dilation",
    replace: "0",
    tests: layerResults,
  },
  {
    name: "windows: dilation forgotten",
    file: `${ops}/pool/windows.ts`,
    find: "step: dilation,",
    replace: "step: 1,",
    tests: layerResults,
  },
  {
    name: "upsample: the centres of pixels for their corners",
    file: `${ops}/resize-axis.ts`,
    find: "(i + 0.5) * step - 0.5",
    replace: "i * step",
    tests: layerResults,
  },
  {
    name: "layerNorm: the sample's variance",
    file: `${ops}/layer-norm.ts`,
    find: "squares / channels + eps",
    replace: "squares / (channels - 1) + eps",
    tests: layerResults,
  },
  {
    name: "ConvTranspose: fan in of an ordinary convolution",
    file: `${nn}/layers/conv/conv-transpose.ts`,
    find: "=> [inChannels, outChannels / groups]",
    replace: "=> [outChannels, inChannels / groups]",
    tests: layerResults,
  },
];
