import { ones, setEngine, type Tensor, tensor, uniform, zeros } from "@convfuse/core";
import { describe, expect, test } from "vitest";
import {
  type Attributes,
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
  photographs,
  ratioOverSizes,
  weightRanges,
} from "../src/index.js";
import { examples } from "./examples.js";

// Snapshots of rounding errors need an engine with the same bits on every machine.
await setEngine("reference");

/** Numbers with four significant digits: a figure's look does not hang on the last bits. */
function roundedNumbers(figure: Figure): unknown {
  const { frames, ...still } = figure;
  const shown = frames
    ? { ...still, frames: frames.length, firstAndLast: [frames[0], frames.at(-1)] }
    : still;
  return JSON.parse(JSON.stringify(shown), (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  );
}

describe.each(Object.entries(examples()))("%s", (name, figure) => {
  test("is the figure in its snapshot, but for digits that nobody sees", async () => {
    const lines = JSON.stringify(roundedNumbers(figure), null, 1);
    // A row of numbers stays one line.
    const text = `${lines.replace(/\[[^[\]{}]*\]/g, (row) => row.replace(/\s+/g, " "))}\n`;
    await expect(text).toMatchFileSnapshot(`snapshots/${name}.json`);
  });

  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  });

  test("has a title that a phone shows in two lines, a background of none, and one sentence of summary", () => {
    const {
      title,
      paper_bgcolor: paper,
      plot_bgcolor: plot,
    } = figure.layout as Record<string, { text: string }>;
    const lines = (title?.text ?? "").split("<br>");
    expect(lines.length).toBeLessThanOrEqual(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect([paper, plot]).toEqual(["rgba(0,0,0,0)", "rgba(0,0,0,0)"]);
    expect(figure.summary).toMatch(/^[^\n]+\.$/);
  });
});

test("every frame of the animation ends where the convolution says", () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 3, 4]);
  const { frames = [] } = convolutionSteps(
    x,
    tensor([
      [
        [
          [1, 0],
          [0, -1],
        ],
      ],
    ]),
    tensor([100]),
    { padding: 0 },
  );
  // 1 - 6 + 100 and so on: each step's window by hand.
  const last = frames.map((frame) => String(frame.data[3]?.text).split(" = ").at(-1));
  expect(last).toEqual(["95", "95", "95", "95", "95", "95"]);
  expect(frames.map((frame) => frame.name)).toEqual([
    "y[0, 0, 0]",
    "y[0, 0, 1]",
    "y[0, 0, 2]",
    "y[0, 1, 0]",
    "y[0, 1, 1]",
    "y[0, 1, 2]",
  ]);
});

test("a kernel's cells hold its weights, row by row, with empty cells between kernels", () => {
  const [cells] = kernelHeatmap(tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 1, 2, 3])).data;
  expect(cells?.z).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [null, null, null],
    [7, 8, 9],
    [10, 11, 12],
  ]);
});

test("a difference is after minus before", () => {
  const [, difference] = differenceHeatmap(ones([1, 2, 3]), tensor([1, 1, 1, 1, 1, 0], [1, 2, 3])).data;
  expect(difference?.z).toEqual([
    [0, 0, 0],
    [0, 0, -1],
  ]);
});

/** The array that a trace holds in base64. */
function packed(trace: Attributes | undefined): Readonly<Record<string, string>> {
  return trace?.z as Readonly<Record<string, string>>;
}

test("a photograph holds bytes of red, green and blue, row by row, and grey ones three times the same", () => {
  const bytesOf = (image: Tensor) => {
    const [shown] = photographs({ image }, { title: "one" }).data;
    const { bdata, dtype, shape } = packed(shown);
    return { bytes: [...Buffer.from(bdata as string, "base64")], dtype, shape };
  };
  expect(bytesOf(tensor([0, 1, 0.2, 0.4, -1, 2], [3, 1, 2]))).toEqual({
    bytes: [0, 51, 0, 255, 102, 255],
    dtype: "u1",
    shape: "1, 2, 3",
  });
  expect(bytesOf(tensor([[1], [0.6]]))).toEqual({
    bytes: [255, 255, 255, 153, 153, 153],
    dtype: "u1",
    shape: "2, 1, 3",
  });
});

test("a large image holds its numbers, row by row, as they are", () => {
  const image = uniform([3, 90], -1, 1);
  const { bdata, dtype, shape } = packed(imagePanels({ image }, { title: "one" }).data[0]);
  const bytes = Buffer.from(bdata as string, "base64");
  expect(new Float32Array(Uint8Array.from(bytes).buffer)).toEqual(image.data);
  expect([dtype, shape]).toEqual(["f4", "3, 90"]);
});

describe("refuses", () => {
  test.each([
    [() => photographs({}, { title: "none" }), "photographs: needs at least one image"],
    [
      () => photographs({ x: zeros([2, 3, 3]) }, { title: "two" }),
      "photographs: x must be [3, height, width], [1, height, width] or [height, width]; got x.shape=[2,3,3]",
    ],
    [() => curves([], { title: "", axes: ["x", "y"] }), "curves: needs at least one curve"],
    [
      () => curves([{ name: "a", points: [] }], { title: "", axes: ["x", "y"] }),
      "curves: a needs at least one point",
    ],
    [
      () => kernelHeatmap(zeros([3, 3])),
      "kernelHeatmap: weight must be [out, in / groups, kernel height, kernel width], none empty; got weight.shape=[3,3]",
    ],
    [
      () => convolutionSteps(zeros([1, 1, 3, 3]), ones([1, 1, 1, 1])),
      "convolutionSteps: x must be [channels, height, width]; got x.shape=[1,1,3,3]",
    ],
    [
      () => convolutionSteps(zeros([1, 20, 20]), ones([1, 1, 1, 1])),
      "convolutionSteps: at most 200 steps; got output.shape=[1,20,20]",
    ],
    [() => imagePanels({}, { title: "none" }), "imagePanels: needs at least one image"],
    [
      () => imagePanels({ x: zeros([2, 3, 3]) }, { title: "two" }),
      "imagePanels: x must be [height, width], or have leading axes of size 1 only; got x.shape=[2,3,3]",
    ],
    [
      () => differenceHeatmap(zeros([2, 2]), zeros([2, 2])),
      "differenceHeatmap: both must be [channels, height, width], or one image of a batch; got shape=[2,2]",
    ],
    [
      () => differenceHeatmap(zeros([1, 2, 2]), zeros([1, 2, 3])),
      "maxAbsDiff: a and b must have the same shape; got a.shape=[1,2,2], b.shape=[1,2,3]",
    ],
    [
      () => groupConnectivity(4, 6, [1, 4]),
      "groupConnectivity: every number of groups must divide both numbers of channels; got inChannels=4, outChannels=6, groups=4",
    ],
    [() => costBars([]), "costBars: needs at least one cost"],
    [() => layerTimes([]), "layerTimes: needs at least one layer"],
    [() => weightRanges([]), "weightRanges: needs at least one layer"],
    [
      () => ratioOverSizes([], { names: ["a", "b"], sizes: "size" }),
      "ratioOverSizes: needs at least one size",
    ],
    [() => magnitudeBars([], { title: "", quantity: "" }), "magnitudeBars: needs at least one number"],
    [
      () => magnitudeBars([{ name: "x", value: Number.NaN }], { title: "", quantity: "" }),
      "magnitudeBars: x must be a finite number of at least 0; got value=NaN",
    ],
  ])("%#: %s", (call, message) => {
    const exactly = `^${message.replace(/[[\]|/]/g, "\\$&")}$`;
    expect(call).toThrow(new RegExp(exactly));
  });
});
