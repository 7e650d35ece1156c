import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Attributes, Figure } from "./figure.js";
import { axis, baseLayout, palette, readable, rounded } from "./theme.js";

/** The smallest and the largest of some weights. */
export interface Extent {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/** A layer's weights before a change and after it. */
export interface ChangedRange {
  /** Short. */
  readonly name: string;
  /** Of each branch. */
  readonly before: readonly Extent[];
  /** Of the one kernel. */
  readonly after: Extent;
}

/** The options of {@link weightRanges}. */
export interface WeightRangesOptions {
  /** Default: "Weight ranges". */
  readonly title?: string;
  /** Default "branches" and "fused". */
  readonly names?: readonly [before: string, after: string];
}

const weightRangesOptionNames: OptionNames<WeightRangesOptions> = { title: true, names: true };

/** Bars that lie over each other, in the palette's blue; their outlines are seen on a dark page, too. */
const seenThrough: Attributes = { color: "rgba(0,114,178,0.55)", line: { color: palette.blue, width: 1 } };

/**
 * From where to where weights reach, layer by layer: a bar for each branch before, drawn over each other, and
 * a bar for what they became. What an integer format has to cover is the length of a bar.
 *
 * @param ranges at least one layer
 * @param options title, names; see {@link WeightRangesOptions}
 * @returns a figure with two groups of bars a layer
 * @throws {ArgumentError} if there is no layer
 * @example
 * weightRanges([{ name: "stage0", before: [{ min: -0.2, max: 0.2 }, { min: 0.5, max: 1.5 }], after: { min: -0.2, max: 1.6 } }]);
 */
export function weightRanges(ranges: readonly ChangedRange[], options: WeightRangesOptions = {}): Figure {
  checkOptions("weightRanges", options, weightRangesOptionNames);
  if (ranges.length === 0) throw new ArgumentError("weightRanges", "needs at least one layer");
  const { title = "Weight ranges", names = ["branches", "fused"] } = options;
  const bar = (
    name: string,
    rows: readonly (Extent & { readonly name: string })[],
    marker: Attributes,
    place: number,
  ) => ({
    type: "bar",
    orientation: "h",
    name,
    y: rows.map((row) => row.name),
    base: rows.map(({ min }) => rounded(min)),
    x: rows.map(({ min, max }) => rounded(max - min)),
    customdata: rows.map(({ min, max }) => `${readable(min)} to ${readable(max)}`),
    hovertemplate: `%{y}, ${name}: %{customdata}<extra></extra>`,
    marker,
    width: 0.38,
    offset: place < 0 ? -0.4 : 0.02,
  });
  const before = ranges.flatMap(({ name, before: extents }) =>
    extents.map((extent) => ({ ...extent, name })),
  );
  const after = ranges.map(({ name, after: extent }) => ({ ...extent, name }));
  const widest = after.reduce((a, b) => (b.max - b.min > a.max - a.min ? b : a));
  return {
    data: [bar(names[0], before, seenThrough, -1), bar(names[1], after, { color: palette.vermillion }, 1)],
    layout: baseLayout(
      title,
      110 + 26 * ranges.length,
      {
        barmode: "overlay",
        xaxis: axis("weight", { zeroline: true, zerolinewidth: 2 }),
        yaxis: axis("", { type: "category", autorange: "reversed", dtick: 1 }),
        showlegend: true,
        legend: { orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom" },
      },
      { l: 16, r: 16, b: 86 },
    ),
    summary:
      `Weight ranges of ${ranges.length} layers, ${names[0]} against ${names[1]}; ` +
      `the widest is ${widest.name}, ${names[1]} from ${readable(widest.min)} to ${readable(widest.max)}.`,
  };
}
