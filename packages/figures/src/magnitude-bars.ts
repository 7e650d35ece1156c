import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { axis, baseLayout, faint, palette, readable, rounded } from "./theme.js";

/** A measured number of at least 0. */
export interface Magnitude {
  /** Short. */
  readonly name: string;
  /** In the unit that `quantity` names. */
  readonly value: number;
}

/** The options of {@link magnitudeBars}. */
export interface MagnitudeBarsOptions {
  /** What stands above. */
  readonly title: string;
  /** What the numbers are, with their unit. */
  readonly quantity: string;
  /**
   * Where a number counts as small, drawn as a dashed line; bars above it have the other colour. Default:
   * none.
   */
  readonly threshold?: number;
}

const magnitudeBarsOptionNames: OptionNames<MagnitudeBarsOptions> = {
  title: true,
  quantity: true,
  threshold: true,
};

/**
 * Named magnitudes as bars from zero, each with its number. Differences of a rounding error and of a mistake
 * are far apart, and look it.
 * @param magnitudes at least one
 * @param options title, quantity, threshold; see {@link MagnitudeBarsOptions}
 * @returns a figure with a bar a magnitude
 * @throws {ArgumentError} if there is nothing to draw, or a number is negative or not finite
 * @example
 * magnitudeBars([{ name: "shift", value: 0 }, { name: "rotation", value: 1.3 }], { title: "...", quantity: "max |difference|" });
 */
export function magnitudeBars(magnitudes: readonly Magnitude[], options: MagnitudeBarsOptions): Figure {
  checkOptions("magnitudeBars", options, magnitudeBarsOptionNames);
  const { title, quantity, threshold } = options;
  if (magnitudes.length === 0) throw new ArgumentError("magnitudeBars", "needs at least one number");
  for (const { name, value } of magnitudes) {
    if (!Number.isFinite(value) || value < 0) {
      throw new ArgumentError("magnitudeBars", `${name} must be a finite number of at least 0`, { value });
    }
  }
  const largest = Math.max(...magnitudes.map(({ value }) => value), threshold ?? 0) || 1;
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        x: magnitudes.map(({ value }) => rounded(value)),
        y: magnitudes.map(({ name }) => name),
        text: magnitudes.map(({ value }) => readable(value)),
        textposition: "outside",
        cliponaxis: false,
        marker: {
          color: magnitudes.map(({ value }) =>
            threshold === undefined || value <= threshold ? palette.blue : palette.vermillion,
          ),
        },
        hovertemplate: "%{y}: %{x}<extra></extra>",
      },
    ],
    layout: baseLayout(
      title,
      80 + 32 * magnitudes.length,
      {
        // Every bar carries its number, which a grid would strike through.
        xaxis: axis(quantity, { range: [0, rounded(largest * 1.22)], showgrid: false }),
        yaxis: axis("", { type: "category", autorange: "reversed", showgrid: false }),
        ...(threshold === undefined
          ? {}
          : {
              shapes: [
                {
                  type: "line",
                  yref: "paper",
                  x0: threshold,
                  x1: threshold,
                  y0: 0,
                  y1: 1,
                  line: { color: faint, width: 2, dash: "dash" },
                },
              ],
            }),
      },
      { l: 16, r: 16, b: 56 },
    ),
    summary: `${quantity}: ${magnitudes.map(({ name, value }) => `${name} ${readable(value)}`).join(", ")}.`,
  };
}
