import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Attributes, Figure } from "./figure.js";
import { aboveLegend, axis, baseLayout, cycle, readable, rounded } from "./theme.js";

/** One quantity over another. */
export interface Curve {
  /** Short. */
  readonly name: string;
  /** In the order in which they are joined. */
  readonly points: readonly CurvePoint[];
}

/** A point of a curve, with an interval where there is one. */
export interface CurvePoint {
  /** Where on the first axis. */
  readonly x: number;
  /** Where on the second axis. */
  readonly y: number;
  /** The interval's lower end. Default: no interval. */
  readonly low?: number;
  /** The interval's upper end. Default: no interval. */
  readonly high?: number;
}

/** The options of {@link curves}. */
export interface CurvesOptions {
  /** What stands above. */
  readonly title: string;
  /** What is on the axes, with units. */
  readonly axes: readonly [x: string, y: string];
  /** Axes with a logarithmic scale. Default: none. */
  readonly logarithmic?: "x" | "y" | "both" | "none";
}

const curvesOptionNames: OptionNames<CurvesOptions> = { title: true, axes: true, logarithmic: true };

/**
 * Curves over one axis, each in its colour and with its own dashes, and their intervals as bands.
 * @param drawn at least one, each with at least one point
 * @param options title, axes, logarithmic; see {@link CurvesOptions}
 * @returns a figure with a line a curve
 * @throws {ArgumentError} if there is no curve, or one has no point
 * @example
 * const points = [1, 2, 4].map((x) => ({ x, y: 1 / x, low: 0.9 / x, high: 1.1 / x }));
 * curves([{ name: "1 / x", points }], { title: "A curve", axes: ["x", "y"], logarithmic: "both" });
 */
export function curves(drawn: readonly Curve[], options: CurvesOptions): Figure {
  checkOptions("curves", options, curvesOptionNames);
  const { title, axes, logarithmic = "none" } = options;
  if (drawn.length === 0) throw new ArgumentError("curves", "needs at least one curve");
  for (const { name, points } of drawn) {
    if (points.length === 0) throw new ArgumentError("curves", `${name} needs at least one point`);
  }
  const scale = (name: "x" | "y"): Attributes =>
    logarithmic === name || logarithmic === "both"
      ? {
          type: "log",
          ...logarithmicTicks(drawn.flatMap(({ points }) => points.map((point) => point[name]))),
        }
      : {};
  const xs = drawn.flatMap(({ points }) => points.map(({ x }) => x));
  const counted = xs.every(Number.isInteger) && Math.max(...xs) - Math.min(...xs) <= mostTicks;
  return {
    data: drawn.flatMap(({ name, points }, k) => tracesOf(name, points, k)),
    layout: baseLayout(
      title,
      400,
      {
        // Between whole numbers that are counted there is nothing to mark.
        xaxis: axis(axes[0], { ...aboveLegend(axes[0]), ...(counted ? { dtick: 1 } : {}), ...scale("x") }),
        yaxis: axis(axes[1], scale("y")),
        showlegend: true,
        legend: { orientation: "h", x: 0, y: -0.22, yanchor: "top" },
      },
      { l: 56, r: 16, b: 110 },
    ),
    summary: `${axes[1]} over ${axes[0]}: ${drawn.map(summaryOf).join("; ")}.`,
  };
}

/** A tick a decade; where that would be one or two, also at two and five times its power of ten. */
function logarithmicTicks(values: readonly number[]): Attributes {
  // Others have no logarithm, and are not drawn.
  const exponents = values.filter((value) => value > 0).map(Math.log10);
  const [low, high] = [Math.min(...exponents), Math.max(...exponents)];
  if (!(high - low < 2)) return { dtick: 1 };
  const tickvals: number[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++)
    tickvals.push(...[1, 2, 5].map((digit) => Number(`${digit}e${decade}`)));
  return { tickvals };
}

/** The most ticks that a phone has room for. */
const mostTicks = 12;

const dashes = ["solid", "dash", "dot", "dashdot"] as const;
const symbols = ["circle", "diamond", "square", "triangle-up"] as const;

/** More points than this are a line, without a mark at each. */
const fewPoints = 24;

function tracesOf(name: string, points: readonly CurvePoint[], k: number): Attributes[] {
  const color = cycle[k % cycle.length] as string;
  const x = points.map((point) => rounded(point.x));
  const line: Attributes = {
    type: "scatter",
    name,
    x,
    y: points.map((point) => rounded(point.y)),
    line: { color, width: 2, dash: dashes[k % dashes.length] as string },
    ...(points.length > fewPoints
      ? { mode: "lines" }
      : {
          mode: "lines+markers",
          marker: { color, size: 8, symbol: symbols[k % symbols.length] as string },
        }),
    hovertemplate: `${name}, %{x}: %{y}<extra></extra>`,
  };
  if (points.every(({ low, high }) => low === undefined && high === undefined)) return [line];
  // The interval as one closed path: along its upper end and back along the lower.
  const band: Attributes = {
    type: "scatter",
    mode: "lines",
    x: [...x, ...x.toReversed()],
    y: [
      ...points.map(({ y, high = y }) => rounded(high)),
      ...points.map(({ y, low = y }) => rounded(low)).toReversed(),
    ],
    fill: "toself",
    fillcolor: color,
    opacity: 0.2,
    line: { width: 0, color },
    hoverinfo: "skip",
    showlegend: false,
  };
  return [band, line];
}

function summaryOf({ name, points }: Curve): string {
  const [first, last] = [points[0], points.at(-1)] as [CurvePoint, CurvePoint];
  return `${name} from ${readable(first.y)} at ${readable(first.x)} to ${readable(last.y)} at ${readable(last.x)}`;
}
