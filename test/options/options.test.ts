import { readFileSync } from "node:fs";
import * as core from "@convfuse/core";
import * as figures from "@convfuse/figures";
import * as onnx from "@convfuse/onnx";
import { describe, expect, test } from "vitest";
import { plainLayer, plainLayers } from "../support/plain-layers.js";
import { wrong } from "../support/refusals.js";
import { optionTakers } from "./takers.js";

const x = core.ones([1, 4, 8, 8]);
const line = core.ones([1, 4, 8]);
const volume = core.ones([1, 4, 5, 5, 5]);
const weight = core.ones([4, 4, 3, 3]);
const vector = core.ones([4]);
const layer = new core.Conv2d(4, 4, 3);
const goldens = new URL("../goldens/checkpoints.json", import.meta.url);
const checkpoint = Buffer.from(JSON.parse(readFileSync(goldens, "utf8")).module, "base64");
const graph = new core.GraphBuilder();
/** A model of IR version 8 with an empty graph. */
const emptyModel = Uint8Array.of(0x08, 8, 0x3a, 0);
const interval = { median: 1, low: 1, high: 1 };
const times = {
  pairs: [{ a: 1, b: 1 }],
  medianA: 1,
  medianB: 1,
  ratio: interval,
  control: interval,
  callsPerSample: { a: 1, b: 1 },
};

class Wires extends core.Composition {
  override connect<Wire>(x: Wire, wiring: core.Wiring<Wire>): Wire {
    return wiring.child("0", x);
  }

  override rebuild(): Wires {
    return this;
  }
}

/** A call of each, right in everything but its options. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  acBlock: (options) => core.acBlock(4, 4, 3, options),
  allclose: (options) => core.allclose(x, x, options),
  avgPool1d: (options) => core.avgPool1d(line, 2, options),
  AvgPool1d: (options) => new core.AvgPool1d(2, options),
  avgPool2d: (options) => core.avgPool2d(x, 2, options),
  AvgPool2d: (options) => new core.AvgPool2d(2, options),
  avgPool3d: (options) => core.avgPool3d(volume, 2, options),
  AvgPool3d: (options) => new core.AvgPool3d(2, options),
  batchNorm: (options) => core.batchNorm(x, vector, vector, options),
  "BatchNorm1d.with": (options) => new core.BatchNorm1d(4).with(options),
  "BatchNorm2d.with": (options) => new core.BatchNorm2d(4).with(options),
  BatchNorm1d: (options) => new core.BatchNorm1d(4, options),
  BatchNorm2d: (options) => new core.BatchNorm2d(4, options),
  "BatchNorm3d.with": (options) => new core.BatchNorm3d(4).with(options),
  BatchNorm3d: (options) => new core.BatchNorm3d(4, options),
  compareTimes: (options) => core.compareTimes({ a: () => 0, b: () => 0 }, options),
  compareTimesAsync: (options) => core.compareTimesAsync({ a: async () => 0, b: async () => 0 }, options),
  compile: (options) => core.compile(layer, options),
  Composition: (options) => new Wires([layer], options),
  conv1d: (options) => core.conv1d(line, core.ones([4, 4, 3]), undefined, options),
  conv2d: (options) => core.conv2d(x, weight, undefined, options),
  conv3d: (options) => core.conv3d(volume, core.ones([4, 4, 3, 3, 3]), undefined, options),
  convTranspose1d: (options) => core.convTranspose1d(line, core.ones([4, 4, 3]), undefined, options),
  convTranspose2d: (options) => core.convTranspose2d(x, weight, undefined, options),
  convTranspose3d: (options) => core.convTranspose3d(volume, core.ones([4, 4, 3, 3, 3]), undefined, options),
  Conv1d: (options) => new core.Conv1d(4, 4, 3, options),
  ConvTranspose1d: (options) => new core.ConvTranspose1d(4, 4, 3, options),
  Conv2d: (options) => new core.Conv2d(4, 4, 3, options),
  ConvTranspose2d: (options) => new core.ConvTranspose2d(4, 4, 3, options),
  Conv3d: (options) => new core.Conv3d(4, 4, 3, options),
  ConvTranspose3d: (options) => new core.ConvTranspose3d(4, 4, 3, options),
  dbbResNet18: (options) => core.dbbResNet18(10, options),
  dilatedReparamBlock: (options) => core.dilatedReparamBlock(4, 5, options),
  diverseBranchBlock: (options) => core.diverseBranchBlock(4, 4, 3, options),
  edgeOrientedBlock: (options) => core.edgeOrientedBlock(4, 4, options),
  findStateDict: (options) => core.findStateDict(core.stateDict(layer), options),
  fuse: (options) => core.fuse(layer, options),
  fuseGraph: (options) => core.fuseGraph(graph.finish([graph.input("x")]), options),
  GELU: (options) => new core.GELU(options),
  isclose: (options) => core.isclose(x, x, options),
  kaimingNormal: (options) => core.kaimingNormal([4, 4], options),
  kaimingUniform: (options) => core.kaimingUniform([4, 4], options),
  largeKernelConv: (options) => core.largeKernelConv(4, 4, 5, 3, options),
  layerNorm: (options) => core.layerNorm(x, [8], options),
  LayerNorm: (options) => new core.LayerNorm(4, options),
  LayerNorm2d: (options) => new core.LayerNorm2d(4, options),
  Linear: (options) => new core.Linear(4, 4, options),
  loadStateDict: (options) => core.loadStateDict(layer, core.stateDict(layer), options),
  maxPool1d: (options) => core.maxPool1d(line, 2, options),
  MaxPool1d: (options) => new core.MaxPool1d(2, options),
  maxPool2d: (options) => core.maxPool2d(x, 2, options),
  MaxPool2d: (options) => new core.MaxPool2d(2, options),
  maxPool3d: (options) => core.maxPool3d(volume, 2, options),
  MaxPool3d: (options) => new core.MaxPool3d(2, options),
  medianInterval: (options) => core.medianInterval([1, 2], options),
  mobileOneBlock: (options) => core.mobileOneBlock(4, 4, 3, options),
  mobileOneBranches: (options) => core.mobileOneBranches(4, 4, 3, options),
  pad: (options) => core.pad(x, [1, 1], options),
  Pad2d: (options) => new core.Pad2d(1, options),
  mobileOneS0: (options) => core.mobileOneS0(10, options),
  repMixer: (options) => core.repMixer(4, 3, options),
  repVggA0: (options) => core.repVggA0(10, options),
  repVggDepthwise: (options) => core.repVggDepthwise(4, options),
  qaRepVggBlock: (options) => core.qaRepVggBlock(4, 4, options),
  readPth: (options) => core.readPth(checkpoint, options),
  readNpz: (options) => core.readNpz(core.writeNpz(new Map([["x", x]])), options),
  repGhostModule: (options) => core.repGhostModule(4, 4, options),
  repVggBlock: (options) => core.repVggBlock(4, 4, options),
  repVitBlock: (options) => core.repVitBlock(8, 8, options),
  repVitDownsample: (options) => core.repVitDownsample(8, 8, options),
  Sequential: (options) => new core.Sequential([layer], options),
  setEngine: (options) => core.setEngine("wasm", options),
  Sum: (options) => new core.Sum([layer], options),
  upsample: (options) => core.upsample(x, options),
  Upsample: (options) => new core.Upsample(options),
  verifyFusion: (options) => core.verifyFusion(layer, layer, options),

  fuseOnnx: (options) => onnx.fuseOnnx(onnx.readOnnx(emptyModel), options),
  readOnnx: (options) => onnx.readOnnx(emptyModel, options),
  writeOnnx: (options) => onnx.writeOnnx(onnx.readOnnx(emptyModel), options),

  convolutionSteps: (options) =>
    figures.convolutionSteps(core.ones([1, 3, 3]), core.ones([1, 1, 3, 3]), undefined, options),
  costBars: (options) => figures.costBars([{ name: "a", parameters: 1, macs: 1 }], options),
  curves: (options) => figures.curves([{ name: "a", points: [{ x: 0, y: 0 }] }], options),
  differenceHeatmap: (options) => figures.differenceHeatmap(x, x, options),
  groupConnectivity: (options) => figures.groupConnectivity(4, 4, [2], options),
  imagePanels: (options) => figures.imagePanels({ x: core.ones([3, 3]) }, options),
  kernelHeatmap: (options) => figures.kernelHeatmap(weight, options),
  layerTimes: (options) => figures.layerTimes([{ name: "a", before: 2, after: 1 }], options),
  magnitudeBars: (options) => figures.magnitudeBars([{ name: "a", value: 1 }], options),
  pairedTimes: (options) => figures.pairedTimes(times, options),
  photographs: (options) => figures.photographs({ x: core.ones([3, 3]) }, options),
  ratioOverSizes: (options) => figures.ratioOverSizes([{ size: "a", ...times }], options),
  weightRanges: (options) =>
    figures.weightRanges([{ name: "a", before: [{ min: 0, max: 1 }], after: { min: 0, max: 1 } }], options),
};

const takers = ["core", "figures", "onnx"].flatMap(optionTakers);

test("the table has everything public that takes options, and nothing else", () => {
  expect(Object.keys(calls).sort()).toEqual([...new Set(takers.map(({ name }) => name))].sort());
});

/** What a call throws, at once or later. */
async function thrownBy(name: string, options: unknown): Promise<Error> {
  try {
    await calls[name]?.(wrong(options));
  } catch (error) {
    expect(error).toBeInstanceOf(core.ArgumentError);
    return error as Error;
  }
  throw new Error(`${name} took ${String(options)}`);
}

describe.each(takers)("$name", ({ name, known }) => {
  test("refuses an option that nobody knows, and lists those that its type has", async () => {
    const { message } = await thrownBy(name, { zzzzzz: 1 });
    const [, listed = ""] = /: unknown option zzzzzz\. Known are ([^;]+); got zzzzzz=1$/.exec(message) ?? [];
    expect(listed.split(", ").sort(), message).toEqual([...known].sort());
  });

  test("suggests the option that was meant, in Python's spelling or with a letter too many", async () => {
    for (const option of known) {
      const python = option.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const misspelt of [python, `${option}s`, option.toUpperCase()]) {
        if (known.includes(misspelt)) continue;
        const { message } = await thrownBy(name, { [misspelt]: 1 });
        expect(message).toContain(`: unknown option ${misspelt}, did you mean ${option}? Known are `);
      }
    }
  });

  test("refuses an unknown option that is undefined, or inherited", async () => {
    for (const options of [{ zzzzzz: undefined }, Object.create({ zzzzzz: 1 })]) {
      expect((await thrownBy(name, options)).message).toContain(": unknown option zzzzzz. ");
    }
  });

  test("refuses what is no object of named options", async () => {
    for (const options of [
      "same",
      2,
      true,
      null,
      [2, 2],
      new Map([["stride", 2]]),
      () => 2,
      Promise.resolve({}),
    ]) {
      expect((await thrownBy(name, options)).message).toContain(
        ": options must be an object of named options; got ",
      );
    }
  });
});

describe("layers without options take nothing in their place", () => {
  test("the table and the one above have every layer", () => {
    const all = Object.entries(core).flatMap(([name, value]) =>
      typeof value === "function" &&
      value.prototype instanceof core.Module &&
      value !== core.Layer &&
      value !== core.Elementwise
        ? [name]
        : [],
    );
    expect(all.filter((name) => !(name in plainLayers) && !(name in calls))).toEqual([]);
  });

  test.each(Object.keys(plainLayers))("%s", (name) => {
    plainLayer(core, name);
    for (const more of ["tanh", { inplace: true }, undefined]) {
      expect(() => plainLayer(core, name, more)).toThrow(
        `${name}: takes no further arguments; got surplus=[`,
      );
    }
  });
});

test.each([
  [
    { padding: 1, padding_mode: "circular" },
    "padding_mode, did you mean paddingMode?",
    'padding_mode="circular"',
  ],
  [{ dilatation: 2 }, "dilatation, did you mean dilation?", "dilatation=2"],
  [{ dilation_rate: 2 }, "dilation_rate, did you mean dilation?", "dilation_rate=2"],
  [{ filters: 2 }, "filters.", "filters=2"],
])("the whole message: %o", (options, unknown, got) => {
  const list = "Known are stride, padding, dilation, groups, paddingMode, bias, weight";
  expect(() => new core.Conv2d(2, 2, 3, wrong(options))).toThrow(
    new core.ArgumentError("Conv2d", `unknown option ${unknown} ${list}; got ${got}`),
  );
});
