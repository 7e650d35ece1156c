import { checkOptions, type OptionNames, type Tensor } from "@convfuse/core";
import type { Attributes, Figure, Frame, Json } from "./figure.js";
import { frameSlider, playButtons } from "./steps-controls.js";
import { planSteps, type Step, type StepsPlan } from "./steps-plan.js";
import { baseLayout, diverging, palette, readable, sequential } from "./theme.js";
import {
  type Box,
  boxTrace,
  cellCharacters,
  cellFont,
  type Label,
  labelTrace,
  planeAxes,
  range,
  rows,
  type Tile,
  tileTrace,
} from "./tiles.js";

/** The options of {@link convolutionSteps}. */
export interface ConvolutionStepsOptions {
  /** Zeros around x: a number, or "same". Default "same". */
  readonly padding?: number | "same";
  /** Step between windows, in pixels. Default 1. */
  readonly stride?: number;
  /** Default: "Convolution, step by step". */
  readonly title?: string;
}

const convolutionStepsOptionNames: OptionNames<ConvolutionStepsOptions> = {
  padding: true,
  stride: true,
  title: true,
};

/**
 * A convolution as an animation with a slider, one step an output value: the window on each padded input
 * channel, the filter's kernels, their products, and the sum, with bias, on its way into the output. All
 * numbers are computed; none are drawn for show.
 *
 * @param x [in channels, height, width], small: every step is stored
 * @param weight [out channels, in channels, kernel height, kernel width]
 * @param bias [out channels]; none by default
 * @param options padding, stride, title; see {@link ConvolutionStepsOptions}
 * @returns a figure with a frame a step
 * @throws {ShapeError} if x is no single image, or the convolution has more than 200 steps
 * @throws {ArgumentError} if an option is unknown or outside its domain
 * @example
 * convolutionSteps(tensor([[[1, 2], [3, 4]]]), ones([1, 1, 1, 1])).frames?.length; // 4
 */
export function convolutionSteps(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: ConvolutionStepsOptions = {},
): Figure {
  checkOptions("convolutionSteps", options, convolutionStepsOptionNames);
  const { padding = "same", stride = 1, title = "Convolution, step by step" } = options;
  const plan = planSteps(x, weight, bias, padding, stride);
  const { out, outs, ins, kernel, before, steps } = plan;
  const moving = (step: Step) => movingTraces(plan, weight, bias, step);
  const still = stillTraces(plan, x, weight);
  // An inner window says more in a still picture than the corner, where most products are zero.
  const inner = steps.findIndex(({ i, j }) => i * stride >= before[0] && j * stride >= before[1]);
  const shown = Math.max(inner, 0);
  const names = steps.map(({ o, i, j }) => `y[${o}, ${i}, ${j}]`);
  const frames = steps.map((step, k): Frame => {
    // Of each trace only what changes from step to step.
    const data = moving(step).map((trace) => pick(trace, ["x", "y", "z", "text", "customdata"]));
    return { name: names[k] as string, data, traces: data.map((_, t) => still.length + t) };
  });
  return {
    data: [...still, ...moving(steps[shown] as Step)],
    layout: baseLayout(
      title,
      plan.lines * 21 + 92,
      {
        ...planeAxes(plan.columns, plan.lines),
        updatemenus: [playButtons],
        sliders: [frameSlider(names, shown)],
      },
      { l: 8, r: 8, b: 92 },
    ),
    frames,
    summary:
      `${steps.length} steps: a window of ${kernel.join(" x ")} moves over the padded input (channels: ${ins}), and each filter ` +
      `(there are ${outs}) turns every position into one output, the first of them ${readable(out.get(0, 0, 0))}.`,
  };
}

/** What stays the same: the padded inputs, the filters, the frames of input and output, the names. */
function stillTraces(plan: StepsPlan, x: Tensor, weight: Tensor): Attributes[] {
  const { padded, outs, ins, kernel, paddedSize, outSize, before } = plan;
  const [height, width] = x.shape.slice(1) as [number, number];
  const inputs = range(ins).map((c): Tile => {
    const name = (i: number, j: number) => `padded x[${c}, ${i}, ${j}]`;
    return { ...plan.inputAt(c), values: rows(padded, c), name };
  });
  const filters = range(outs).flatMap((o) =>
    range(ins).map((c): Tile => {
      const name = (i: number, j: number) => `W[${o}, ${c}, ${i}, ${j}]`;
      return { ...plan.filterAt(o, c), values: rows(weight, o, c), name };
    }),
  );
  const images = range(ins).map((c) => {
    const { x: left, y: top } = plan.inputAt(c);
    return { x: left + before[1], y: top + before[0], width, height };
  });
  const blanks = range(outs).flatMap((o) =>
    range(outSize[0]).flatMap((i) =>
      range(outSize[1]).map((j) => ({
        x: plan.outputAt(o).x + j,
        y: plan.outputAt(o).y + i,
        width: 1,
        height: 1,
      })),
    ),
  );
  const middle = (place: { readonly x: number }, size: number) => place.x + (size - 1) / 2;
  const labels: Label[] = [
    ...range(ins).flatMap((c) => [
      { x: middle(plan.inputAt(c), paddedSize[1]), y: -0.1, text: `x[${c}], padded` },
      {
        x: middle(plan.filterAt(0, c), kernel[1]),
        y: plan.filterAt(0, c).y - 1.1,
        text: `kernels for x[${c}]`,
      },
      { x: middle(plan.productAt(c), kernel[1]), y: plan.productAt(c).y - 1.1, text: "products" },
    ]),
    ...range(outs).flatMap((o) => [
      { x: 1.2, y: plan.filterAt(o, 0).y + (kernel[0] - 1) / 2, text: `W[${o}]` },
      { x: middle(plan.outputAt(o), outSize[1]), y: plan.outputAt(o).y - 1.1, text: `y[${o}]` },
    ]),
  ];
  const values = [...padded.data];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [
    tileTrace(
      inputs,
      { colorscale: sequential, zmin: low, zmax: high, showscale: false },
      fontOf(plan, padded),
    ),
    signedTiles(filters, largest(weight), fontOf(plan, weight)),
    boxTrace([...images, ...blanks], "rgba(128,128,128,0.6)", 1),
    labelTrace(labels),
  ];
}

/**
 * What changes: the products, the outputs so far, the outlines of what is being computed, and the sum as
 * text.
 */
function movingTraces(
  plan: StepsPlan,
  weight: Tensor,
  bias: Tensor | undefined,
  { o, i, j }: Step,
): Attributes[] {
  const { padded, out, outs, ins, kernel, outSize, stride } = plan;
  const [height, width] = kernel;
  const [top, left] = [i * stride, j * stride];
  const product = (c: number, di: number, dj: number) =>
    padded.get(c, top + di, left + dj) * weight.get(o, c, di, dj);
  const products = range(ins).map((c): Tile => {
    const values = range(height).map((di) => range(width).map((dj) => product(c, di, dj)));
    const name = (di: number, dj: number) => `x[${c}, ${top + di}, ${left + dj}] W[${o}, ${c}, ${di}, ${dj}]`;
    return { ...plan.productAt(c), values, name };
  });
  const position = (channel: number, row: number, column: number) =>
    (channel * outSize[0] + row) * outSize[1] + column;
  const outputs = range(outs).map((channel): Tile => {
    const value = (row: number, column: number) =>
      position(channel, row, column) <= position(o, i, j) ? out.get(channel, row, column) : null;
    const name = (row: number, column: number) => `out[${channel}, ${row}, ${column}]`;
    return {
      ...plan.outputAt(channel),
      values: range(outSize[0]).map((r) => range(outSize[1]).map((k) => value(r, k))),
      name,
    };
  });
  const boxes: Box[] = [
    ...range(ins).flatMap((c) => [
      { x: plan.inputAt(c).x + left, y: plan.inputAt(c).y + top, width, height },
      { ...plan.filterAt(o, c), width, height },
    ]),
    { x: plan.outputAt(o).x + j, y: plan.outputAt(o).y + i, width: 1, height: 1 },
  ];
  const sums = products.map(({ values }) =>
    values.flat().reduce<number>((sum, value) => sum + (value ?? 0), 0),
  );
  const terms = [...sums, ...(bias ? [bias.get(o)] : [])].map(signed).join(" ").replace(/^\+ /, "");
  const sum: Label = {
    ...plan.sumAt,
    text: `y[${o}, ${i}, ${j}] = ${terms}${terms.includes(" ") ? ` = ${readable(out.get(o, i, j))}` : ""}`,
    size: 13,
  };
  return [
    signedTiles(products, largest(padded) * largest(weight), fontOf(plan, weight)),
    signedTiles(outputs, largest(out), fontOf(plan, out)),
    boxTrace(boxes, palette.green, 3),
    labelTrace([sum]),
  ];
}

function signedTiles(tiles: readonly Tile[], limit: number, font: number): Attributes {
  return tileTrace(
    tiles,
    { colorscale: diverging, zmin: -limit || -1, zmax: limit || 1, showscale: false },
    font,
  );
}

function fontOf(plan: StepsPlan, values: Tensor): number {
  return Math.min(cellFont(plan.columns, cellCharacters([...values.data])), 11);
}

function largest(x: Tensor): number {
  return x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function signed(value: number): string {
  return value < 0 ? `− ${readable(-value)}` : `+ ${readable(value)}`;
}

function pick(attributes: Attributes, keys: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => keys.includes(key))) as Record<
    string,
    Json
  >;
}
