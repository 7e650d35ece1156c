import { ArgumentError, checkOptions, type OptionNames, type TimeComparison } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { aboveLegend, axis, baseLayout, faint, palette, readable, rounded } from "./theme.js";

/** One size and what was measured at it. */
export interface SizedComparison {
  /** Short, e.g. "64 ch, 56²". */
  readonly size: string;
  /** Of both alternatives: above 1, the second is faster. */
  readonly ratio: TimeComparison["ratio"];
  /** The same of the first against itself: how far from 1 noise alone goes. */
  readonly control: TimeComparison["ratio"];
}

/** The options of {@link ratioOverSizes}. */
export interface RatioOverSizesOptions {
  /** The names of a and b, short. */
  readonly names: readonly [a: string, b: string];
  /** What the sizes are, e.g. "channels, height x width". */
  readonly sizes: string;
  /** Ratios that theory suggests, by name: drawn as lines. Default: none. */
  readonly guides?: Readonly<Record<string, number>>;
  /** Default: "Time of a / time of b". */
  readonly title?: string;
}

/** Each its own, apart from the measured ones. */
const guideColours = [palette.orange, palette.skyBlue, palette.vermillion];

const ratioOverSizesOptionNames: OptionNames<RatioOverSizesOptions> = {
  names: true,
  sizes: true,
  guides: true,
  title: true,
};

/**
 * The ratio of two alternatives' times over sizes, with 95 % intervals, and the A/A control beside each.
 * @param measured at least one, in the order in which they are drawn
 * @param options names, sizes, guides, title; see {@link RatioOverSizesOptions}
 * @returns a figure with a point and a bar of its interval for each size
 * @throws {ArgumentError} if there is no size
 * @example
 * const x = ones([1, 2, 9, 9]);
 * const conv = new Conv2d(2, 2, 3, { padding: 1 });
 * const times = compareTimes({ a: () => add(conv.forward(x), x), b: () => conv.forward(x) }, { pairs: 5 });
 * ratioOverSizes([{ size: "2 ch, 9²", ...times }], { names: ["branches", "fused"], sizes: "input" });
 */
export function ratioOverSizes(measured: readonly SizedComparison[], options: RatioOverSizesOptions): Figure {
  checkOptions("ratioOverSizes", options, ratioOverSizesOptionNames);
  const [nameA, nameB] = options.names;
  const { title = `Time of ${nameA} / time of ${nameB}`, guides = {} } = options;
  if (measured.length === 0) throw new ArgumentError("ratioOverSizes", "needs at least one size");
  const series = (name: string, key: "ratio" | "control", color: string, symbol: string) => ({
    type: "scatter",
    mode: key === "ratio" ? "lines+markers" : "markers",
    name,
    x: measured.map(({ size }) => size),
    y: measured.map((one) => rounded(one[key].median)),
    error_y: {
      type: "data",
      symmetric: false,
      array: measured.map((one) => rounded(one[key].high - one[key].median)),
      arrayminus: measured.map((one) => rounded(one[key].median - one[key].low)),
      color,
      thickness: 2,
      width: 6,
    },
    ...(key === "ratio" ? { line: { color, width: 1, dash: "dot" } } : {}),
    marker: { color, size: 9, symbol },
    hovertemplate: "%{x}: %{y}<extra></extra>",
  });
  const guideLines = Object.entries(guides).map(([name, value], k) => ({
    type: "scatter",
    mode: "lines",
    name,
    x: measured.map(({ size }) => size),
    y: measured.map(() => value),
    line: { color: guideColours[k % guideColours.length] as string, width: 2, dash: "dash" },
    hovertemplate: `${name}: %{y}<extra></extra>`,
  }));
  const top = Math.max(
    ...measured.flatMap(({ ratio, control }) => [ratio.high, control.high]),
    ...Object.values(guides),
  );
  return {
    data: [
      ...guideLines,
      series(`${nameA} / itself (noise)`, "control", palette.purple, "circle"),
      series(`${nameA} / ${nameB}`, "ratio", palette.green, "diamond"),
    ],
    layout: baseLayout(
      title,
      460,
      {
        xaxis: axis(options.sizes, { ...aboveLegend(options.sizes), type: "category" }),
        yaxis: axis("ratio of times, with 95 % interval", { range: [0, rounded(Math.max(top, 1) * 1.1)] }),
        showlegend: true,
        legend: { orientation: "h", x: 0, y: -0.22, yanchor: "top" },
        shapes: [
          {
            type: "line",
            xref: "paper",
            x0: 0,
            x1: 1,
            y0: 1,
            y1: 1,
            line: { color: faint, width: 2, dash: "dash" },
          },
        ],
      },
      { l: 56, r: 16, b: 132 },
    ),
    summary: `Time of ${nameA} / time of ${nameB}: ${measured.map(({ size, ratio }) => `${readable(ratio.median)} at ${size}`).join(", ")}.`,
  };
}
