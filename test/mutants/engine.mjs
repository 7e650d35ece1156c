const algorithms = "packages/core/src/engines/wasm/algorithms";
const program = "packages/core/src/engines/wasm/program";
const ranks = ["packages/core/test/engines/wasm-ranks.test.ts"];
const kernels = ["packages/core/test/engines/kernels.test.ts"];

/** @type {readonly import("./mutant.mjs").Mutant[]} */
export const engineMutants = [
  {
    name: "winograd: tiles with few columns behind those with few rows",
    file: `${algorithms}/winograd-tiles.ts`,
    find: "(rows > 2 ? 0 : 2) + (columns > 2 ? 0 : 1)",
    replace: "(rows > 2 ? 0 : 1) + (columns > 2 ? 0 : 2)",
    tests: kernels,
  },
  {
    name: "winograd: tiles of a chunk counted from the first chunk on",
    file: `${algorithms}/winograd-tiles.ts`,
    find: "Math.min(start + count, first + tiles)",
    replace: "Math.min(start + count, tiles)",
    tests: kernels,
  },
  {
    name: "winograd: tiles with few rows have all of their products",
    file: `${algorithms}/winograd-tiles.ts`,
    find: '(sort >= 2 && only !== "columns")',
    replace: '(sort >= 2 && only === "columns")',
    tests: kernels,
  },
  {
    name: "winograd: weights row by row",
    file: `${algorithms}/winograd.ts`,
    find: "[0, 4].flatMap((from) => positions.filter((i) => i % taps >= from && i % taps < from + 4))",
    replace: "positions",
    tests: kernels,
  },
  {
    name: "winograd, stride 2: odd pixels with the even ones' weights",
    file: `${algorithms}/winograd-strided.ts`,
    find: "(phase * inputs + c) * width",
    replace: "((phase & 2) * inputs + c) * width",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum replaces the one before",
    file: `${algorithms}/direct.ts`,
    find: "first > 0 ? at.out : at.residual",
    replace: "at.residual",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum has the bias",
    file: `${algorithms}/direct.ts`,
    find: "first > 0 ? at.tables + (pixels * 2 + skips.length) * 4 : at.bias",
    replace: "at.bias",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum is cut off at 0",
    file: `${algorithms}/direct.ts`,
    find: "relu && isLast",
    replace: "relu",
    tests: kernels,
  },
  {
    name: "direct: a gap that not all neighbours have",
    file: `${algorithms}/direct.ts`,
    find: "gap: g.strideWidth * x.pixelBytes",
    replace: "gap: 32",
    tests: kernels,
  },
  {
    name: "depthwise: the padding above counts for that to the left",
    file: `${algorithms}/depthwise-rows.ts`,
    find: "padTop: g.padTop,",
    replace: "padTop: g.padLeft,",
    tests: kernels,
  },
  {
    name: "phases: each begins where the first does",
    file: `${program}/phases.ts`,
    find: "before: 0 - placeOf(one) / upsampling",
    replace: "before: Math.ceil(before / upsampling)",
    tests: ranks,
  },
  {
    name: "phases: the stride of the upsampled grid",
    file: `${program}/phases.ts`,
    find: "stride: (step * stride) / upsampling",
    replace: "stride",
    tests: ranks,
  },
  {
    name: "phases: the dilation of the upsampled grid",
    file: `${program}/phases.ts`,
    find: "((next - one) * dilation) / upsampling",
    replace: "dilation",
    tests: ranks,
  },
  {
    name: "phases: the last slice never read",
    file: `${program}/phases.ts`,
    find: "Math.floor((inSize - 1 - start) / stride) + 1",
    replace: "Math.floor((inSize - 2 - start) / stride) + 1",
    tests: ranks,
  },
  {
    name: "parts: each tap in depth has the bias",
    file: `${program}/prepared-parts.ts`,
    find: 'part.adds ? "zeros" : "bias"',
    replace: 'part.adds ? "bias" : "bias"',
    tests: ranks,
  },
  {
    name: "parts: a later tap in depth forgets the earlier ones",
    file: `${program}/prepared-parts.ts`,
    find: "residual: part.adds ? at.out : 0",
    replace: "residual: 0",
    tests: ranks,
  },
  {
    name: "parts: outputs that nothing reaches have the first channel's bias",
    file: `${program}/prepared-parts.ts`,
    find: "bias?.[plane % this.#geometry.outChannels] ?? 0",
    replace: "bias?.[0] ?? 0",
    tests: ranks,
  },
  {
    name: "parts: channels of a volume one image apart",
    file: `${program}/prepared-parts.ts`,
    find: "planeStride: depth * record.planeStride",
    replace: "planeStride: record.planeStride",
    tests: ranks,
  },
];
