import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { axis, baseLayout, palette, readable, rounded } from "./theme.js";

/** How long a layer took before a change and after it, in milliseconds. */
export interface ChangedTime {
  /** Short. */
  readonly name: string;
  /** Milliseconds. */
  readonly before: number;
  /** Milliseconds. */
  readonly after: number;
}

/** The options of {@link layerTimes}. */
export interface LayerTimesOptions {
  /** Default: "Time per layer". */
  readonly title?: string;
  /** Default "branches" and "fused". */
  readonly names?: readonly [before: string, after: string];
}

const layerTimesOptionNames: OptionNames<LayerTimesOptions> = { title: true, names: true };

/**
 * The times of layers before and after, as bars from zero.
 * @param times at least one, in milliseconds
 * @param options title, names; see {@link LayerTimesOptions}
 * @returns a figure with two bars a layer
 * @throws {ArgumentError} if there is no layer
 * @example
 * layerTimes([{ name: "stage0", before: 2.5, after: 1.1 }]);
 */
export function layerTimes(times: readonly ChangedTime[], options: LayerTimesOptions = {}): Figure {
  checkOptions("layerTimes", options, layerTimesOptionNames);
  if (times.length === 0) throw new ArgumentError("layerTimes", "needs at least one layer");
  const { title = "Time per layer", names = ["branches", "fused"] } = options;
  const bars = (name: string, key: "before" | "after", color: string) => ({
    type: "bar",
    orientation: "h",
    name,
    y: times.map((time) => time.name),
    x: times.map((time) => rounded(time[key])),
    marker: { color },
    hovertemplate: `%{y}, ${name}: %{x} ms<extra></extra>`,
  });
  const total = (key: "before" | "after") => readable(times.reduce((sum, time) => sum + time[key], 0));
  return {
    data: [bars(names[0], "before", palette.blue), bars(names[1], "after", palette.vermillion)],
    layout: baseLayout(
      title,
      110 + 26 * times.length,
      {
        barmode: "group",
        bargap: 0.25,
        xaxis: axis("time, ms", { rangemode: "tozero" }),
        yaxis: axis("", { type: "category", autorange: "reversed", dtick: 1 }),
        showlegend: true,
        legend: { orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom" },
      },
      { l: 16, r: 16, b: 86 },
    ),
    summary: `Times of ${times.length} layers: ${names[0]} ${total("before")} ms in all, ${names[1]} ${total("after")} ms.`,
  };
}
