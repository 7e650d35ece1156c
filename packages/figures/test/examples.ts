import {
  add,
  Conv2d,
  conv2d,
  manualSeed,
  pad,
  type TimeComparison,
  tensor,
  uniform,
  zeros,
} from "@convfuse/core";
import {
  convolutionSteps,
  costBars,
  curves,
  differenceHeatmap,
  type Figure,
  groupConnectivity,
  imagePanels,
  kernelHeatmap,
  layerTimes,
  magnitudeBars,
  pairedTimes,
  photographs,
  ratioOverSizes,
  weightRanges,
} from "../src/index.js";

/** Timings as a machine might give them, but the same ones every time. */
const comparison: TimeComparison = {
  pairs: Array.from({ length: 30 }, (_, i) => ({ a: 0.03 + 0.0007 * (i % 7), b: 0.01 + 0.0005 * (i % 5) })),
  medianA: 0.0321,
  medianB: 0.011,
  ratio: { median: 2.92, low: 2.81, high: 3.05 },
  control: { median: 1.001, low: 0.985, high: 1.02 },
  callsPerSample: { a: 64, b: 128 },
};

/** One figure of every kind, of asymmetric and non-square inputs. */
export function examples(): Readonly<Record<string, Figure>> {
  manualSeed(0);
  const conv = new Conv2d(3, 2, 3, { padding: "same" });
  const x = uniform([1, 2, 6, 9], -1, 1);
  const pointwise = uniform([2, 2, 1, 1], -1, 1);
  const right = pad(pointwise, [1, 1, 1, 1]);
  const before = conv2d(x, pointwise);
  const image = uniform([5, 8]);
  return {
    convolutionSteps: convolutionSteps(
      tensor(
        [
          2, 0, 1, 1, 1, 2, 0, 0, 0, 1, 1, 2, 1, 1, 0, 2, 0, 2, 2, 0, 1, 0, 1, 1, 0, 2, 1, 0, 1, 0, 2, 2, 2,
          1, 0, 1,
        ],
        [3, 3, 4],
      ),
      tensor(
        [
          1, 0, -1, 0, 1, 1, -1, 0, 0, 0, 1, 0, 1, -1, 0, 0, 1, 1, -1, 0, 1, 1, 0, 0, 0, -1, 1, 0, 1, 1, -1,
          0, 1, 0, 0, -1, 1, 1, -1, 0, 0, 1, 0, -1, 0, 0, 1, 0, 1, 1, -1, -1, 0, 1,
        ],
        [2, 3, 3, 3],
      ),
      tensor([1, 0]),
    ),
    convolutionStepsReal: convolutionSteps(
      uniform([2, 5, 4], -1, 1),
      uniform([1, 2, 3, 2], -1, 1),
      undefined,
      { padding: 1, stride: 2, title: "Real numbers, stride 2, no bias" },
    ),
    kernelHeatmap: kernelHeatmap(conv.weight),
    kernelHeatmapMany: kernelHeatmap(uniform([10, 3, 3, 5], -1, 1), {
      title: "Ten filters with kernels of 3 x 5",
    }),
    kernelHeatmapOne: kernelHeatmap(pad(pointwise, [1, 1, 1, 1]), {
      title: "A 1 x 1 kernel, embedded in 3 x 3",
    }),
    imagePanels: imagePanels(
      { image, "shifted by (0, 2)": pad(image, [2, 0]), twice: add(image, image) },
      { title: "Images under their names", quantity: "brightness" },
    ),
    imagePanelsSigned: imagePanels(
      {
        x: tensor([
          [1, -2, 3],
          [0, 1, -1],
        ]),
        y: tensor([
          [2, 0, 0],
          [0, -3, 1],
        ]),
      },
      { title: "Two small images of whole numbers" },
    ),
    imagePanelsLarge: imagePanels(
      { "feature map 0": uniform([36, 48], -1, 1), "feature map 1": uniform([30, 48], -2, 1) },
      { title: "Images with too many pixels for gaps", columns: 2 },
    ),
    photographs: photographs(
      {
        colours: uniform([3, 30, 40], -0.1, 1.1),
        grey: uniform([1, 24, 40]),
        "grey, too": uniform([30, 30]),
      },
      { title: "Photographs of noise, in colours and in grey" },
    ),
    curves: curves(
      [
        { name: "branches", points: [1, 2, 3].map((x) => ({ x, y: 2 / x, low: 1.8 / x, high: 2.3 / x })) },
        { name: "one kernel", points: [1, 2, 3].map((x) => ({ x, y: 2.5 / x })) },
      ],
      { title: "A loss that falls", axes: ["step", "loss"], logarithmic: "y" },
    ),
    curvesMany: curves([{ name: "x²", points: Array.from({ length: 40 }, (_, x) => ({ x, y: x * x })) }], {
      title: "A curve without marks",
      axes: ["x", "x²"],
    }),
    differenceHeatmap: differenceHeatmap(before, conv2d(x, right, undefined, { padding: "same" })),
    differenceHeatmapWrong: differenceHeatmap(
      before,
      conv2d(x, add(right, zeros([2, 2, 3, 3])), tensor([0, 1e-7]), { padding: 1 }),
      { title: "A rounding error in one channel", names: ["three branches", "fused"] },
    ),
    groupConnectivity: groupConnectivity(2, 4, [1, 2]),
    groupConnectivityOne: groupConnectivity(6, 6, [3], { title: "Six channels in three groups" }),
    pairedTimes: pairedTimes(comparison, { names: ["branches", "fused"] }),
    ratioOverSizes: ratioOverSizes(
      ["2 ch 9×9", "8 ch 14×14", "16 ch 28×28", "64 ch 56×56"].map((size, i) => ({
        size,
        ratio: { median: 2.9 - 0.5 * i, low: 2.7 - 0.5 * i, high: 3.1 - 0.45 * i },
        control: { median: 1, low: 0.97, high: 1.04 },
      })),
      {
        names: ["branches", "fused"],
        sizes: "input: channels, height × width",
        guides: { "by MACs": 1.11, "by bytes": 5 },
      },
    ),
    costBars: costBars([
      { name: "3 × 3, groups 1", parameters: 76, macs: 5832 },
      { name: "3 × 3, groups 2", parameters: 40, macs: 2916 },
      { name: "1 × 1", parameters: 12, macs: 1_648_000 },
    ]),
    magnitudeBars: magnitudeBars(
      [
        { name: "shift", value: 1.2e-7 },
        { name: "rotation by 90°", value: 1.31 },
        { name: "reflection", value: 0.87 },
      ],
      { title: "How far from equivariant", quantity: "largest |difference|", threshold: 1e-5 },
    ),
    layerTimes: layerTimes([
      { name: "stage0", before: 2.5, after: 1.1 },
      { name: "stage1.0", before: 3.5, after: 2.25 },
      { name: "stage1.1", before: 1.75, after: 1.8 },
    ]),
    weightRanges: weightRanges([
      {
        name: "stage0",
        before: [
          { min: -0.24, max: 0.25 },
          { min: -0.47, max: 0.62 },
        ],
        after: { min: -0.53, max: 0.7 },
      },
      {
        name: "stage1.1",
        before: [
          { min: -0.05, max: 0.06 },
          { min: -0.19, max: 0.18 },
          { min: 0.37, max: 1.21 },
        ],
        after: { min: -0.21, max: 1.31 },
      },
    ]),
  };
}
