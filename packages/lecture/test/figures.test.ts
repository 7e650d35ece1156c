import { readdirSync, readFileSync } from "node:fs";
import { conv2d, setEngine } from "@convfuse/core";
import { beforeAll, describe, expect, test } from "vitest";
import { convolutionModel, meetingsOf, placeOf, stepsOf, termsOf } from "../src/figures/convolution/model.js";
import { readConvolutionSettings, withSetting } from "../src/figures/convolution/settings.js";
import { allowedWeight, fusionModel, readFusionSettings } from "../src/figures/fusion/model.js";
import type { FigureName } from "../src/figures/registry.js";
import { figureStill } from "./figure-stills.js";

const notebooks = new URL("../../../notebooks/", import.meta.url);

beforeAll(() => setEngine("wasm", { precision: "exact" }));

describe("the convolution figure", () => {
  const all = [1, 2, 3, 4, 5].flatMap((kernel) =>
    [1, 2, 3].flatMap((stride) =>
      [0, 1, 2].flatMap((padding) =>
        [1, 2, 3].flatMap((dilation) =>
          [
            [1, 1, 1],
            [2, 3, 1],
            [4, 2, 2],
            [3, 3, 3],
          ].map(([inChannels = 1, outChannels = 1, groups = 1]) => ({
            kernel,
            stride,
            padding,
            dilation,
            inChannels,
            outChannels,
            groups,
          })),
        ),
      ),
    ),
  );

  test("the products that it names sum to what the library computes, for every output of every setting", () => {
    let outputs = 0;
    let nothing = 0;
    for (const settings of all) {
      const model = convolutionModel(readConvolutionSettings(settings));
      if (model.y === undefined) {
        expect(model.problem).toMatch(/^conv2d: the kernel spans \[\d+,\d+\] pixels/);
        nothing++;
      }
      for (let step = 0; step < stepsOf(model); step++) {
        const place = placeOf(model, step);
        const sum = termsOf(model, place).reduce((total, { factor, pixel }) => total + factor * pixel, 0);
        expect(sum).toBe(model.y?.get(place.filter, place.row, place.column));
        outputs++;
      }
    }
    expect(outputs).toBeGreaterThan(5000);
    expect(nothing).toBeGreaterThan(50);
  });

  test("a weight meets the pixels that a change of it shows, and no others", () => {
    for (const settings of all.filter((_, k) => k % 7 === 0)) {
      const model = convolutionModel(settings);
      if (model.y === undefined) continue;
      const weight = { filter: 0, channel: 0, row: settings.kernel - 1, column: 0 };
      const met = new Set(meetingsOf(model, weight).map(({ row, column }) => `${row} ${column}`));
      const used = new Set<string>();
      for (let step = 0; step < stepsOf(model); step++) {
        const place = placeOf(model, step);
        if (place.filter !== 0) continue;
        for (const term of termsOf(model, place))
          if (term.weight.channel === 0 && term.weight.row === weight.row && term.weight.column === 0)
            used.add(`${term.row} ${term.column}`);
      }
      expect(met).toEqual(used);
    }
  });

  test("groups follow the channels; what a lesson asks for in vain is refused", () => {
    const settings = readConvolutionSettings({ inChannels: 4, outChannels: 4, groups: 4 });
    expect(withSetting(settings, "inChannels", 2).groups).toBe(2);
    expect(withSetting(settings, "inChannels", 3).groups).toBe(1);
    expect(() => readConvolutionSettings({ strid: 2 })).toThrow(
      "convolution figure: no setting is named strid",
    );
    expect(() => readConvolutionSettings({ kernel: 6 })).toThrow("kernel must be from 1 to 5; got 6");
    expect(() => readConvolutionSettings({ inChannels: 3, groups: 2 })).toThrow("groups must divide");
  });
});

describe("the fusion figure", () => {
  test("both outputs are equal to the last bit, whatever the weights, and the fused kernel does it", () => {
    for (const channels of [1, 2]) {
      const first = readFusionSettings({ channels });
      for (let k = 0; k < 40; k++) {
        const weight = (at: number): number => allowedWeight(Math.sin(17 * k + at) * 2.6);
        const settings = {
          ...first,
          shortcut: k % 3 !== 0,
          three: first.three.map((_, at) => weight(at)),
          one: first.one.map((_, at) => weight(at + 50)),
        };
        const model = fusionModel(settings);
        expect(model.difference).toBe(0);
        expect([...conv2d(model.x, model.fused, undefined, { padding: "same" }).data]).toEqual([
          ...model.branches.data,
        ]);
      }
    }
  });

  test("weights are quarters within their bound", () => {
    expect([0.3, -9, Number.NaN, 1.9, -0.1].map(allowedWeight)).toEqual([0.25, -2, 0, 2, -0]);
    expect(() => readFusionSettings({ channel: 2 })).toThrow("fusion figure: no setting is named channel");
  });
});

test("what notebooks show in place of a figure are the numbers of its first state", () => {
  let figures = 0;
  for (const folder of ["", "zh-CN/"])
    for (const name of readdirSync(new URL(folder, notebooks)).filter((file) => file.endsWith(".ipynb"))) {
      const { cells } = JSON.parse(readFileSync(new URL(folder + name, notebooks), "utf8")) as {
        readonly cells: readonly { readonly source: readonly string[] }[];
      };
      for (const source of cells.map((cell) => cell.source.join(""))) {
        const [, figure, settings = "{}"] =
          /^<div data-figure="(\w+)"(?: data-settings='(.*)')?>/.exec(source) ?? [];
        if (figure === undefined) continue;
        const still = figureStill(figure as FigureName, JSON.parse(settings) as Record<string, unknown>);
        expect(source).toContain(`\`\`\`text\n${still}\n\`\`\``);
        figures++;
      }
    }
  expect(figures).toBe(8);
});
