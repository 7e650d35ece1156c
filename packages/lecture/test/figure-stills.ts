import { channelsOf, convolutionModel, paddedPixel } from "../src/figures/convolution/model.js";
import { readConvolutionSettings } from "../src/figures/convolution/settings.js";
import { fusionModel, readFusionSettings } from "../src/figures/fusion/model.js";
import type { FigureName } from "../src/figures/registry.js";

type Rows = readonly (readonly number[])[];

/** The numbers of a figure's first state as text, for notebooks: what the lessons' cells hold between the figure's marks. */
export function figureStill(name: FigureName, settings: Readonly<Record<string, unknown>>): string {
  return name === "convolution" ? convolutionStill(settings) : fusionStill(settings);
}

function convolutionStill(given: Readonly<Record<string, unknown>>): string {
  const settings = readConvolutionSettings(given);
  const model = convolutionModel(settings);
  const { padding, kernel } = settings;
  const [, height = 0, width = 0] = model.y?.shape ?? [];
  const { first, count } = channelsOf(model, 0);
  const line = (c: number): string =>
    beside([
      [
        `x[${first + c}], padded`,
        rows(5 + 2 * padding, 6 + 2 * padding, (r, s) => paddedPixel(model, first + c, r, s)),
      ],
      [`w[0, ${c}]`, rows(kernel, kernel, (i, j) => model.weight.get(0, c, i, j))],
      ...(c === 0
        ? ([["y[0]", rows(height, width, (r, s) => model.y?.get(0, r, s) ?? 0)]] as [string, Rows][])
        : []),
    ]);
  return Array.from({ length: count }, (_, c) => line(c)).join("\n\n");
}

function fusionStill(given: Readonly<Record<string, unknown>>): string {
  const settings = readFusionSettings(given);
  const model = fusionModel(settings);
  const three = rows(3, 3, (i, j) => settings.three[3 * i + j] ?? 0);
  const one = rows(1, 1, () => settings.one[0] ?? 0);
  const fused = rows(3, 3, (i, j) => model.fused.get(0, 0, i, j));
  const [, height = 0, width = 0] = model.single.shape;
  const y = rows(height, width, (r, s) => model.single.get(0, r, s));
  return beside([
    ["3 x 3", three],
    ["1 x 1", one],
    ["fused", fused],
    ["y, both ways", y],
  ]);
}

function rows(height: number, width: number, value: (row: number, column: number) => number): Rows {
  return Array.from({ length: height }, (_, r) => Array.from({ length: width }, (_cell, s) => value(r, s)));
}

/** Tables side by side under their names. */
function beside(tables: readonly (readonly [name: string, rows: Rows])[]): string {
  const blocks = tables.map(([name, numbers]) => {
    const cell = Math.max(...numbers.flat().map((value) => String(value).length));
    const lines = [name, ...numbers.map((row) => row.map((value) => String(value).padStart(cell)).join(" "))];
    const widest = Math.max(...lines.map((text) => text.length));
    return lines.map((text) => text.padEnd(widest)).concat(Array(10).fill(" ".repeat(widest)));
  });
  const most = Math.max(...tables.map(([, numbers]) => numbers.length)) + 1;
  return Array.from({ length: most }, (_, k) =>
    blocks
      .map((block) => block[k])
      .join("    ")
      .trimEnd(),
  ).join("\n");
}
