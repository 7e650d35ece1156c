import { checkOptions, type OptionNames, ShapeError, type Tensor } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { baseLayout, diverging, readable } from "./theme.js";
import {
  cellCharacters,
  cellFont,
  colorBar,
  type Label,
  labelTrace,
  planeAxes,
  planeSides,
  range,
  rows,
  tileTrace,
} from "./tiles.js";

/** The options of {@link kernelHeatmap}. */
export interface KernelHeatmapOptions {
  /** Default: "Weight of shape [...]". */
  readonly title?: string;
}

const kernelHeatmapOptionNames: OptionNames<KernelHeatmapOptions> = { title: true };

/**
 * A convolution's weight as a table of kernels: a row an output channel, a column an input channel of its
 * group, each cell one weight with its value.
 * @param weight [out channels, in channels / groups, kernel height, kernel width]
 * @param options title; see {@link KernelHeatmapOptions}
 * @returns a figure with a heat map a kernel, all on one colour scale
 * @throws {ShapeError} if the weight is not of rank 4 or has an empty axis
 * @throws {ArgumentError} if an option is unknown or outside its domain
 * @example
 * manualSeed(0);
 * kernelHeatmap(new Conv2d(3, 2, 3).weight).summary; // "2 x 3 kernels of 3 x 3 weights, from -0.184 to 0.191."
 */
export function kernelHeatmap(weight: Tensor, options: KernelHeatmapOptions = {}): Figure {
  checkOptions("kernelHeatmap", options, kernelHeatmapOptionNames);
  if (weight.shape.length !== 4 || weight.size === 0) {
    throw new ShapeError(
      "kernelHeatmap",
      "weight must be [out, in / groups, kernel height, kernel width], none empty",
      {
        "weight.shape": [...weight.shape],
      },
    );
  }
  const [outs, ins, height, width] = weight.shape as [number, number, number, number];
  const { title = `Weight of shape [${weight.shape.join(", ")}]` } = options;
  // Two cells for the rows' labels, one for the columns', one between kernels.
  const left = 2;
  const place = (o: number, c: number) => ({ x: left + c * (width + 1), y: 1 + o * (height + 1) });
  const tiles = range(outs).flatMap((o) =>
    range(ins).map((c) => ({
      ...place(o, c),
      values: rows(weight, o, c),
      name: (i: number, j: number) => `weight[${o}, ${c}, ${i}, ${j}]`,
    })),
  );
  const labels: Label[] = [
    ...range(ins).map((c) => ({ x: place(0, c).x + (width - 1) / 2, y: -0.1, text: `in ${c}` })),
    ...range(outs).map((o) => ({ x: 0.3, y: place(o, 0).y + (height - 1) / 2, text: `out ${o}` })),
  ];
  const values = tiles.flatMap((tile) => tile.values.flat());
  const low = Math.min(...values);
  const high = Math.max(...values);
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const columns = left + ins * (width + 1) - 1;
  const lines = 1 + outs * (height + 1) - 1;
  const font = cellFont(columns, cellCharacters(values));
  return {
    data: [
      tileTrace(
        tiles,
        {
          colorscale: diverging,
          zmin: -limit,
          zmax: limit,
          showscale: font === 0,
          ...(font === 0 ? { colorbar: colorBar("weight", [-limit, limit]) } : {}),
        },
        font,
      ),
      labelTrace(labels),
    ],
    layout: baseLayout(
      title,
      lines * Math.min(36, 520 / columns) + (font === 0 ? 56 : 8),
      planeAxes(columns, lines),
      { ...planeSides, b: font === 0 ? 64 : 8 },
    ),
    summary: `${outs} x ${ins} kernels of ${height} x ${width} weights, from ${readable(low)} to ${readable(high)}.`,
  };
}
