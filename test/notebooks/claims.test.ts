// What a text says of times is said of the run that the notebook is committed with: after `npm run lecture:update` it has to be true still.
import { describe, expect, test } from "vitest";
import { outputTextOf, readNotebook } from "./notebooks.js";

interface Trace {
  readonly name?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly error_x?: Spread;
  readonly error_y?: Spread;
}
interface Spread {
  readonly array: readonly number[];
  readonly arrayminus: readonly number[];
}

function cell(name: string, id: string) {
  const found = readNotebook("en", name).cells.find((one) => one.id === id);
  if (!found) throw new Error(`${name} has no cell ${id}`);
  return found;
}

/** The plot's lines by their names. */
function traces(name: string, id: string): (trace: string) => Trace {
  const [figure] = (cell(name, id).outputs ?? []).flatMap(({ data }) => {
    const plot = (data as Record<string, unknown> | undefined)?.["application/vnd.plotly.v1+json"];
    return plot ? [plot as { readonly data: readonly Trace[] }] : [];
  });
  return (trace) => {
    const found = figure?.data.find((one) => one.name === trace);
    if (!found) throw new Error(`${id} draws no ${trace}`);
    return found;
  };
}

/** All numbers behind a word in what a cell printed. */
const printed = (name: string, id: string, before: RegExp): readonly number[] =>
  [...outputTextOf(cell(name, id)).matchAll(new RegExp(`${before.source}\\s*([\\d.]+)`, "g"))].map(
    ([, number]) => Number(number),
  );

const at = (values: readonly number[], index: number): number => values.at(index) ?? Number.NaN;

describe("lesson 8", () => {
  const lesson = "08-timing.ipynb";

  test("the source's ratio is another one at each run", () => {
    const ratios = printed(lesson, "source-way-again", /ratio/);
    expect(ratios).toHaveLength(5);
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeGreaterThan(1.3);
  });

  test("on one pixel the branches take about half of their time, and the ratio is larger", () => {
    const [toy = Number.NaN, pixel = Number.NaN] = printed(lesson, "overhead-measured", /pixels:/);
    expect(pixel / toy).toBeGreaterThan(0.35);
    expect(pixel / toy).toBeLessThan(0.65);
    const ratios = printed(lesson, "overhead-measured", /ratio/);
    expect(at(ratios, 1)).toBeGreaterThan(at(ratios, 0));
  });

  test("eager: the lines are what the text derives, and the ratio falls from calls to well above MACs", () => {
    const line = traces(lesson, "sizes-measured");
    expect(new Set(line("by MACs: 10/9").y)).toEqual(new Set([10 / 9]));
    expect(new Set(line("by calls: 4").y)).toEqual(new Set([4]));
    expect(new Set(line("by bytes: 5").y)).toEqual(new Set([5]));
    const ratios = line("branches / fused").y;
    expect(at(ratios, 0)).toBeLessThan(4.5);
    expect(at(ratios, 0)).toBeGreaterThan(3);
    expect(at(ratios, -1)).toBeLessThan(at(ratios, 0));
    expect(at(ratios, -1)).toBeGreaterThan(1.5);
  });

  test("compiled: the ratio lies between the lines of the multiplications, where its interval is narrow, and the toy's is not", () => {
    const line = traces(lesson, "compiled-measured");
    expect(new Set(line("by MACs: 10/9").y)).toEqual(new Set([10 / 9]));
    expect(new Set(line("by Winograd's multiplications: 13/9").y)).toEqual(new Set([13 / 9]));
    const { y: ratios, error_y } = line("branches / fused");
    const widths = ratios.map((_, k) => at(error_y?.array ?? [], k) + at(error_y?.arrayminus ?? [], k));
    expect(at(widths, 0)).toBeGreaterThan(0.2);
    for (const [k, ratio] of ratios.entries()) {
      if (at(widths, k) > 0.25) continue;
      expect(ratio).toBeGreaterThan(10 / 9 - 0.03);
      expect(ratio).toBeLessThan(13 / 9 + 0.03);
    }
  });
});

describe("lesson 9", () => {
  const lesson = "09-computing.ipynb";

  test("Winograd stands above the roof, direct at it, depthwise lowest", () => {
    const line = traces(lesson, "roofline-plot");
    const roof = at(line("roof, from the cache").y, -1);
    const rate = (name: string): number => at(line(name).y, 0);
    expect(rate("3 × 3, Winograd")).toBeGreaterThan(1.5 * roof);
    expect(Math.abs(rate("3 × 3, direct") / roof - 1)).toBeLessThan(0.15);
    for (const name of ["1 × 1", "3 × 3, groups 8"]) {
      expect(rate(name)).toBeLessThan(rate("3 × 3, direct"));
      expect(rate(name)).toBeGreaterThan(rate("depthwise 3 × 3"));
    }
    expect(rate("depthwise 3 × 3")).toBeLessThan(0.6 * roof);
    // The slope of the cache meets the flat part well to the left of the depthwise layer.
    expect(at(line("roof, from the cache").x, 1)).toBeLessThan(0.5 * at(line("depthwise 3 × 3").x, 0));
  });

  test("a depthwise 5 × 5 costs far less than three times a 3 × 3, most of which is the fixed price", () => {
    const { y } = traces(lesson, "depthwise-measured")("measured");
    expect(at(y, 1) / at(y, 0)).toBeLessThan(2.5);
    expect(at(printed(lesson, "depthwise-measured", /depthwise 3 × 3:/), 0)).toBeGreaterThan(50);
    const nanoseconds = at(printed(lesson, "depthwise-measured", /and a MAC:/), 0);
    const peak = at(printed(lesson, "roof-measured", /peak/), 0);
    expect(nanoseconds * peak).toBeLessThan(1.5);
  });
});

test("lesson 17: the ratio's whole interval lies above 1", () => {
  const plot = cell("17-repvgg-a0.ipynb", "times-measured");
  const [, ratio, low] = /fused: ([\d.]+) \(95 % interval ([\d.]+) to/.exec(outputTextOf(plot)) ?? [];
  expect(Number(low)).toBeGreaterThan(1);
  expect(Number(ratio)).toBeGreaterThan(10 / 9);
});

test("lesson 17: nearly every block gains, and in stages 1 to 3 the first one least", () => {
  const line = traces("17-repvgg-a0.ipynb", "times-per-block");
  const [branches, fused] = [line("branches"), line("fused")];
  const names = branches.y as unknown as readonly string[];
  const gains = branches.x.map((time, k) => time / at(fused.x, k));
  expect(gains.filter((gain) => gain > 1).length).toBeGreaterThanOrEqual(0.8 * gains.length);
  for (const stage of ["stage1", "stage2", "stage3"]) {
    const [first = Number.NaN, ...others] = gains.filter((_, k) => names[k]?.startsWith(`${stage}.`));
    expect(first, stage).toBeLessThan(others.sort((a, b) => a - b)[others.length >> 1] ?? 0);
  }
});

test("lesson 19: all ratios lie above that of the MACs, most of all for a single image", () => {
  const line = traces("19-deployment.ipynb", "times-measured");
  const ratios = line("exported / fused").y;
  expect(Math.min(...ratios)).toBeGreaterThan(at(line("by MACs").y, 0));
  expect(Math.max(...ratios)).toBe(at(ratios, 0));
});
