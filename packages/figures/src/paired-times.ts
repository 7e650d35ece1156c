import { checkOptions, type OptionNames, type TimeComparison } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { axis, baseLayout, faint, palette, readable, rounded } from "./theme.js";

/** The options of {@link pairedTimes}. */
export interface PairedTimesOptions {
  /** The names of a and b, short. */
  readonly names: readonly [a: string, b: string];
  /** Default: "a against b". */
  readonly title?: string;
}

const pairedTimesOptionNames: OptionNames<PairedTimesOptions> = { names: true, title: true };

/**
 * A timing comparison: above, every sample of both alternatives with their quartiles; below, the ratio a / b
 * of each pair with its median and 95 % interval, next to a against itself, which shows how far from 1 noise
 * alone goes.
 *
 * @param comparison what `compareTimes` returned
 * @param options names, title; see {@link PairedTimesOptions}
 * @returns a figure with two panels: times in milliseconds, and ratios
 * @throws {ArgumentError} if an option is unknown or outside its domain
 * @example
 * const x = ones([1, 2, 9, 9]);
 * const conv = new Conv2d(2, 2, 3, { padding: 1 });
 * const times = compareTimes({ a: () => add(conv.forward(x), x), b: () => conv.forward(x) }, { pairs: 5 });
 * pairedTimes(times, { names: ["three branches", "one convolution"] });
 */
export function pairedTimes(comparison: TimeComparison, options: PairedTimesOptions): Figure {
  checkOptions("pairedTimes", options, pairedTimesOptionNames);
  const [nameA, nameB] = options.names;
  const { title = `${nameA} against ${nameB}` } = options;
  const { pairs, ratio, control } = comparison;
  const [unit, perMillisecond] = comparison.medianA < 1 ? (["µs", 1000] as const) : (["ms", 1] as const);
  const shown = (milliseconds: number) => milliseconds * perMillisecond;
  const times = (name: string, side: "a" | "b", color: string) => ({
    type: "box",
    name,
    x: pairs.map((pair) => rounded(shown(pair[side]))),
    boxpoints: "all",
    jitter: 0.6,
    pointpos: 0,
    marker: { color, size: 5, opacity: 0.6 },
    line: { color, width: 2 },
    fillcolor: "rgba(0,0,0,0)",
    hovertemplate: `%{x} ${unit}<extra></extra>`,
  });
  // A sample that something interrupted may take many times as long; all others would have to share what room
  // it leaves.
  const latest = Math.max(upperFence(pairs.map(({ a }) => a)), upperFence(pairs.map(({ b }) => b)));
  const beyond = pairs.flatMap(({ a, b }) => [a, b]).filter((time) => time > latest).length;
  const left = beyond > 0 ? `; ${beyond} slower not shown` : "";
  const highest = Math.max(upperFence(pairs.map(({ a, b }) => a / b)), ratio.high, control.high, 1);
  const lowest = Math.min(...pairs.map(({ a, b }) => a / b), ratio.low, control.low, 1);
  const room = (highest - lowest) * 0.06;
  const names = { above: `${nameA} / ${nameB}`, control: `${nameA} / itself` };
  const interval = (name: string, { median, low, high }: TimeComparison["ratio"], color: string) => ({
    type: "scatter",
    mode: "markers",
    xaxis: "x2",
    yaxis: "y2",
    x: [rounded(median)],
    y: [name],
    error_x: {
      type: "data",
      symmetric: false,
      array: [rounded(high - median)],
      arrayminus: [rounded(median - low)],
      color,
      thickness: 3,
      width: 8,
    },
    marker: { color, size: 11, symbol: "diamond" },
    hovertemplate: `median %{x}, 95 % interval ${readable(low)} to ${readable(high)}<extra></extra>`,
  });
  return {
    data: [
      times(nameB, "b", palette.vermillion),
      times(nameA, "a", palette.blue),
      {
        type: "scatter",
        mode: "markers",
        xaxis: "x2",
        yaxis: "y2",
        x: pairs.map(({ a, b }) => rounded(a / b)),
        y: pairs.map(() => names.above),
        marker: { color: palette.green, size: 5, opacity: 0.35 },
        hovertemplate: "one pair: %{x}<extra></extra>",
      },
      interval(names.control, control, palette.purple),
      interval(names.above, ratio, palette.green),
    ],
    layout: baseLayout(
      title,
      430,
      {
        xaxis: axis(`time of one call, ${unit}${left}`, {
          domain: [0, 1],
          anchor: "y",
          range: [0, rounded(shown(latest) * 1.05)],
        }),
        yaxis: axis("", { domain: [0.6, 1], anchor: "x", ticklabelposition: "outside" }),
        xaxis2: axis("ratio of times (1: equally fast)", {
          anchor: "y2",
          range: [rounded(lowest - room), rounded(highest + room)],
        }),
        yaxis2: axis("", {
          domain: [0, 0.36],
          anchor: "x2",
          type: "category",
          categoryarray: [names.control, names.above],
        }),
        shapes: [
          {
            type: "line",
            xref: "x2",
            yref: "y2 domain",
            x0: 1,
            x1: 1,
            y0: 0,
            y1: 1,
            line: { color: faint, width: 2, dash: "dash" },
          },
        ],
      },
      { l: 16, r: 16, b: 48 },
    ),
    summary:
      `Time of ${nameA} / time of ${nameB}: ${readable(ratio.median)} (95 % interval ${readable(ratio.low)} to ${readable(ratio.high)}), ` +
      `medians ${readable(shown(comparison.medianA))} and ${readable(shown(comparison.medianB))} ${unit}; ` +
      `${nameA} / itself: ${readable(control.low)} to ${readable(control.high)}.`,
  };
}

/**
 * The largest value, or where values would count as far out: three times the middle half's width above it.
 */
function upperFence(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const quartile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
  const [low, high] = [quartile(0.25), quartile(0.75)];
  return Math.min(sorted.at(-1) as number, high + 3 * (high - low));
}
