import { conv2d, ShapeError, type Tensor, tensor } from "@convfuse/core";
import type { ConvolutionSettings } from "./settings.js";

/**
 * Height and width of the figure's input. They differ, as those of no window and no output should be mixed
 * up.
 */
export const inputSize = [5, 6] as const;

/** A convolution of small whole numbers: its input, its weight and what the library computes of them. */
export interface ConvolutionModel {
  readonly settings: ConvolutionSettings;
  /** [input channels, height, width] */
  readonly x: Tensor;
  /** [filters, input channels / groups, kernel, kernel] */
  readonly weight: Tensor;
  /** [filters, out height, out width]; undefined where no window fits */
  readonly y: Tensor | undefined;
  /** Why there is no output, in the library's words. */
  readonly problem: string;
}

/** An output's or a weight's indices. */
export interface OutputPlace {
  readonly filter: number;
  readonly row: number;
  readonly column: number;
}
export interface WeightPlace {
  readonly filter: number;
  /** Among the channels that the filter reads. */
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** One product of an output's sum; rows and columns of the padded input, from its corner. */
export interface Term {
  readonly weight: WeightPlace;
  readonly factor: number;
  readonly row: number;
  readonly column: number;
  readonly pixel: number;
}

/** The model of some settings; the same settings have the same numbers. */
export function convolutionModel(settings: ConvolutionSettings): ConvolutionModel {
  const { kernel, stride, padding, dilation, inChannels, outChannels, groups } = settings;
  const x = filled([inChannels, ...inputSize], (k) => scattered(k) % 5);
  const weight = filled(
    [outChannels, inChannels / groups, kernel, kernel],
    (k) => (scattered(k + 11) % 4) - 1,
  );
  try {
    const y = conv2d(x, weight, undefined, { stride, padding, dilation, groups });
    return { settings, x, weight, y, problem: "" };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { settings, x, weight, y: undefined, problem: error.message };
  }
}

function filled(shape: readonly number[], value: (k: number) => number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, k) => value(k)),
    shape,
  );
}

/** Whole numbers in no order that the eye could see, the same ones always. */
function scattered(k: number): number {
  return (k * k * k + 7 * k * k + 5 * k + 3) % 101;
}

/** How many outputs there are, one a step. */
export function stepsOf({ y }: ConvolutionModel): number {
  return y?.size ?? 0;
}

/** The output that a step computes. */
export function placeOf({ y }: ConvolutionModel, step: number): OutputPlace {
  const [, height = 1, width = 1] = y?.shape ?? [];
  return {
    filter: Math.floor(step / (height * width)),
    row: Math.floor(step / width) % height,
    column: step % width,
  };
}

/** The step that computes an output. */
export function stepOf({ y }: ConvolutionModel, { filter, row, column }: OutputPlace): number {
  const [, height = 1, width = 1] = y?.shape ?? [];
  return (filter * height + row) * width + column;
}

/** The first of the input channels that a filter reads, and how many it reads. */
export function channelsOf(
  { settings }: ConvolutionModel,
  filter: number,
): { readonly first: number; readonly count: number } {
  const { inChannels, outChannels, groups } = settings;
  const count = inChannels / groups;
  return { first: Math.floor(filter / (outChannels / groups)) * count, count };
}

/** A pixel of the padded input: zero on the border. */
export function paddedPixel(
  { x, settings }: ConvolutionModel,
  c: number,
  row: number,
  column: number,
): number {
  return onBorder(settings, row, column) ? 0 : x.get(c, row - settings.padding, column - settings.padding);
}

/** True for what padding has added. */
export function onBorder({ padding }: ConvolutionSettings, row: number, column: number): boolean {
  const [height, width] = inputSize;
  const inside = (at: number, size: number): boolean => at >= padding && at < size + padding;
  return !inside(row, height) || !inside(column, width);
}

/** The products whose sum an output is, channel by channel, row by row. */
export function termsOf(model: ConvolutionModel, { filter, row, column }: OutputPlace): Term[] {
  const { kernel, stride, dilation } = model.settings;
  const { first, count } = channelsOf(model, filter);
  const terms: Term[] = [];
  for (let channel = 0; channel < count; channel++)
    for (let i = 0; i < kernel; i++)
      for (let j = 0; j < kernel; j++) {
        const at = { row: row * stride + i * dilation, column: column * stride + j * dilation };
        terms.push({
          weight: { filter, channel, row: i, column: j },
          factor: model.weight.get(filter, channel, i, j),
          ...at,
          pixel: paddedPixel(model, first + channel, at.row, at.column),
        });
      }
  return terms;
}

/** Where in the padded input a weight meets a pixel: once for each output of its filter's channel. */
export function meetingsOf(
  { y, settings }: ConvolutionModel,
  { row, column }: WeightPlace,
): { readonly row: number; readonly column: number }[] {
  const { stride, dilation } = settings;
  const [, height = 0, width = 0] = y?.shape ?? [];
  return Array.from({ length: height * width }, (_, k) => ({
    row: Math.floor(k / width) * stride + row * dilation,
    column: (k % width) * stride + column * dilation,
  }));
}
