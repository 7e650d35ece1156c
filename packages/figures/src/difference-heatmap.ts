import { checkOptions, maxAbsDiff, type OptionNames, ShapeError, sub, type Tensor } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { baseLayout, diverging, readable, sequential } from "./theme.js";
import {
  colorBar,
  type Label,
  labelTrace,
  planeAxes,
  planeSides,
  range,
  rows,
  type Tile,
  tileTrace,
} from "./tiles.js";

/** The options of {@link differenceHeatmap}. */
export interface DifferenceHeatmapOptions {
  /** Default: "Before, after, and their difference". */
  readonly title?: string;
  /** The columns' names. Default "before" and "after". */
  readonly names?: readonly [before: string, after: string];
}

const differenceHeatmapOptionNames: OptionNames<DifferenceHeatmapOptions> = { title: true, names: true };

/**
 * Two results and their difference, cell by cell: a row a channel; the results share one colour scale, the
 * difference has its own.
 * @param before [channels, height, width], or [1, channels, height, width]
 * @param after the same shape
 * @param options title, names; see {@link DifferenceHeatmapOptions}
 * @returns a figure with three columns of heat maps
 * @throws {ShapeError} if the shapes differ, or are not one image
 * @throws {ArgumentError} if an option is unknown or outside its domain
 * @example
 * const x = randn([1, 2, 9, 9]);
 * differenceHeatmap(x, add(x, 1e-6)).summary;
 */
export function differenceHeatmap(
  before: Tensor,
  after: Tensor,
  options: DifferenceHeatmapOptions = {},
): Figure {
  checkOptions("differenceHeatmap", options, differenceHeatmapOptionNames);
  const { title = "Before, after, and their difference", names = ["before", "after"] } = options;
  const worst = maxAbsDiff(before, after);
  const [left, right, difference] = [before, after, sub(after, before)].map(channelImages) as [
    number[][][],
    number[][][],
    number[][][],
  ];
  const height = left[0]?.length ?? 0;
  const width = left[0]?.[0]?.length ?? 0;
  const margin = Math.max(1, Math.round(width / 6));
  const place = (column: number, channel: number) => ({
    x: margin + column * (width + margin),
    y: margin + channel * (height + 1),
  });
  const column = (images: number[][][], index: number, name: string): Tile[] =>
    images.map((values, c) => ({ ...place(index, c), values, name: (i, j) => `${name} [${c}, ${i}, ${j}]` }));
  const results = [...left, ...right].flat(2);
  const low = Math.min(...results);
  const high = Math.max(...results);
  const labels: Label[] = [...names, "difference"].map((text, k) => ({
    x: place(k, 0).x + (width - 1) / 2,
    y: (margin - 1) / 2 - 0.25,
    text,
  }));
  const columns = margin + 3 * (width + margin) - margin;
  const lines = margin + left.length * (height + 1) - 1;
  const limit = worst || 1;
  return {
    data: [
      tileTrace([...column(left, 0, names[0]), ...column(right, 1, names[1])], {
        colorscale: sequential,
        zmin: low,
        zmax: high === low ? low + 1 : high,
        colorbar: colorBar("value", [low, high === low ? low + 1 : high], 0.05, 0.4),
      }),
      tileTrace(column(difference, 2, `${names[1]} − ${names[0]}`), {
        colorscale: diverging,
        zmin: -limit,
        zmax: limit,
        colorbar: colorBar("difference", [-limit, limit], 0.55, 0.4),
      }),
      labelTrace([
        ...labels,
        ...range(left.length).map((c) => ({
          x: (margin - 1) / 2 - 0.25,
          y: place(0, c).y + (height - 1) / 2,
          text: `${c}`,
        })),
      ]),
    ],
    layout: baseLayout(title, lines * Math.min(22, 520 / columns) + 68, planeAxes(columns, lines), {
      ...planeSides,
      b: 72,
    }),
    summary:
      worst === 0
        ? `${names[0]} and ${names[1]} are equal in every cell.`
        : `${names[0]} and ${names[1]} differ by at most ${readable(worst)}, at values from ${readable(low)} to ${readable(high)}.`,
  };
}

function channelImages(x: Tensor): number[][][] {
  const leading = x.shape.slice(0, -3);
  if (x.shape.length < 3 || x.shape.length > 4 || leading.some((size) => size !== 1) || x.size === 0) {
    throw new ShapeError(
      "differenceHeatmap",
      "both must be [channels, height, width], or one image of a batch",
      {
        shape: [...x.shape],
      },
    );
  }
  const batch = leading.map(() => 0);
  return range(x.shape[leading.length] as number).map((c) => rows(x, ...batch, c));
}
