const wasm = "packages/core/src/engines/wasm";
const kernels = ["packages/core/test/engines/kernels.test.ts"];

/** @type {readonly import("./mutant.mjs").Mutant[]} */
export const engineMutants = [
  {
    name: "winograd: tiles with few columns behind those with few rows",
    file: `${wasm}/winograd-tiles.ts`,
    find: "(rows > 2 ? 0 : 2) + (columns > 2 ? 0 : 1)",
    replace: "(rows > 2 ? 0 : 1) + (columns > 2 ? 0 : 2)",
    tests: kernels,
  },
  {
    name: "winograd: tiles of a chunk counted from the first chunk on",
    file: `${wasm}/winograd-tiles.ts`,
    find: "Math.min(start + count, first + tiles)",
    replace: "Math.min(start + count, tiles)",
    tests: kernels,
  },
  {
    name: "winograd: tiles with few rows have all of their products",
    file: `${wasm}/winograd-tiles.ts`,
    find: '(sort >= 2 && only !== "columns")',
    replace: '(sort >= 2 && only === "columns")',
    tests: kernels,
  },
  {
    name: "winograd: weights row by row",
    file: `${wasm}/winograd.ts`,
    find: "[0, 4].flatMap((from) => positions.filter((i) => i % taps >= from && i % taps < from + 4))",
    replace: "positions",
    tests: kernels,
  },
  {
    name: "winograd, stride 2: odd pixels with the even ones' weights",
    file: `${wasm}/winograd-strided.ts`,
    find: "(phase * inputs + c) * width",
    replace: "((phase & 2) * inputs + c) * width",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum replaces the one before",
    file: `${wasm}/direct.ts`,
    find: "first > 0 ? at.out : at.residual",
    replace: "at.residual",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum has the bias",
    file: `${wasm}/direct.ts`,
    find: "first > 0 ? at.tables + (pixels * 2 + skips.length) * 4 : at.bias",
    replace: "at.bias",
    tests: kernels,
  },
  {
    name: "direct: each part of a sum is cut off at 0",
    file: `${wasm}/direct.ts`,
    find: "relu && isLast",
    replace: "relu",
    tests: kernels,
  },
  {
    name: "direct: a gap that not all neighbours have",
    file: `${wasm}/direct.ts`,
    find: "gap: g.strideWidth * x.pixelBytes",
    replace: "gap: 32",
    tests: kernels,
  },
  {
    name: "depthwise: the padding above counts for that to the left",
    file: `${wasm}/depthwise-rows.ts`,
    find: "padTop: g.padTop,",
    replace: "padTop: g.padLeft,",
    tests: kernels,
  },
];
