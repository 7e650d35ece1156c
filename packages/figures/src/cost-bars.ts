import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { axis, baseLayout, palette, readable } from "./theme.js";

/** What one way of computing costs. */
export interface NamedCost {
  /** Short. */
  readonly name: string;
  /** Numbers that are stored. */
  readonly parameters: number;
  /** Multiply-accumulate operations for one input. */
  readonly macs: number;
}

/** The options of {@link costBars}. */
export interface CostBarsOptions {
  /** Default: "Parameters and multiply-accumulates". */
  readonly title?: string;
}

const costBarsOptionNames: OptionNames<CostBarsOptions> = { title: true };

/**
 * Parameters and multiply-accumulates of several ways to compute the same, as bars from zero.
 * @param costs at least one
 * @param options title; see {@link CostBarsOptions}
 * @returns two panels of bars, parameters and multiply-accumulates
 * @throws {ArgumentError} if there is nothing to draw
 * @example
 * costBars([{ name: "groups = 1", parameters: 76, macs: 5832 }, { name: "groups = 2", parameters: 40, macs: 2916 }]);
 */
export function costBars(costs: readonly NamedCost[], options: CostBarsOptions = {}): Figure {
  checkOptions("costBars", options, costBarsOptionNames);
  if (costs.length === 0) throw new ArgumentError("costBars", "needs at least one cost");
  const { title = "Parameters and multiply-accumulates" } = options;
  const names = costs.map(({ name }) => name);
  const bars = (key: "parameters" | "macs", panel: "" | "2", color: string) => ({
    type: "bar",
    orientation: "h",
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    x: costs.map((cost) => cost[key]),
    y: names,
    text: costs.map((cost) => readable(cost[key])),
    textposition: "auto",
    textangle: 0,
    cliponaxis: false,
    marker: { color },
    hovertemplate: "%{y}: %{x:,}<extra></extra>",
  });
  const categories = axis("", { type: "category", autorange: "reversed", showgrid: false });
  const height = 70 + 34 * costs.length;
  return {
    data: [bars("parameters", "", palette.blue), bars("macs", "2", palette.orange)],
    layout: baseLayout(
      title,
      2 * height,
      {
        xaxis: axis("parameters", { anchor: "y", rangemode: "tozero", showgrid: false }),
        yaxis: { ...categories, domain: [1 - (height - 70) / (2 * height - 48), 1], anchor: "x" },
        xaxis2: axis("multiply-accumulates for one input", {
          anchor: "y2",
          rangemode: "tozero",
          showgrid: false,
        }),
        yaxis2: { ...categories, domain: [0, (height - 70) / (2 * height - 48)], anchor: "x2" },
      },
      { l: 16, r: 24, b: 48 },
    ),
    summary: costs
      .map(
        ({ name, parameters, macs }) =>
          `${name}: ${readable(parameters)} parameters, ${readable(macs)} multiply-accumulates`,
      )
      .join("; ")
      .concat("."),
  };
}
