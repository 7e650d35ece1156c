import type { Figure, Json } from "./figure.js";

/** Text and drawings of one thing, by MIME type; a front end takes the richest that it knows. */
export type MimeBundle = { readonly [mime: string]: Json };

/** The MIME type that JupyterLab, VS Code and the lecture's site draw with Plotly. */
const plotly = "application/vnd.plotly.v1+json";

/**
 * What a notebook stores of a figure: the drawing, and its summary as text.
 * @param figure what any function of this package gives
 * @returns the figure for Plotly under `application/vnd.plotly.v1+json`, its summary under `text/plain`
 * @example
 * Object.keys(displayBundle(kernelHeatmap(ones([2, 3, 3, 3])))); // ["application/vnd.plotly.v1+json", "text/plain"]
 */
export function displayBundle(figure: Figure): MimeBundle {
  const { data, layout, frames } = figure;
  const config = { responsive: true, displaylogo: false };
  // Frames are data of declared shape, which the type checker does not count as an index signature.
  const drawing = { data, layout, ...(frames ? { frames: frames as unknown as Json } : {}), config };
  return { [plotly]: drawing, "text/plain": figure.summary };
}

/**
 * Shows a figure where the program runs: as one display in a notebook (under convfuse's kernel, or under
 * tslab), else as a line of text.
 * @param figure what any function of this package gives
 * @example
 * show(kernelHeatmap(new Conv2d(3, 2, 3).weight));
 */
export function show(figure: Figure): void {
  const bundle = displayBundle(figure);
  const display = kernelDisplay() ?? tslabDisplay();
  if (display) display(bundle);
  else console.log(figure.summary);
}

type Display = (bundle: MimeBundle) => void;

/** The global names that kernels define. */
interface Kernels {
  readonly jupyter?: { readonly display?: Display };
  readonly __tslab__?: { readonly require: TslabRequire };
}

interface TslabRequire {
  (name: "tslab"): { readonly display: { readonly raw: (mime: string, content: Json) => void } };
  readonly cache?: Readonly<Record<string, { readonly exports: TslabJupyter } | undefined>>;
}

/** The module in which tslab keeps the function that its own `display` calls. */
interface TslabJupyter {
  readonly lastWriteDisplayData?:
    | ((content: { data: MimeBundle; metadata: object; transient: object }, update: boolean) => void)
    | null;
}

function kernelDisplay(): Display | undefined {
  const { jupyter } = globalThis as Kernels;
  return typeof jupyter?.display === "function" ? (bundle) => jupyter.display?.(bundle) : undefined;
}

/**
 * tslab's public `display.raw` takes one MIME type a display. One display with several goes through the
 * function below it, found in the module cache of tslab's own `require`; where a tslab has no such function,
 * the text follows as a display of its own.
 */
function tslabDisplay(): Display | undefined {
  const tslab = (globalThis as Kernels).__tslab__;
  if (typeof tslab?.require !== "function") return undefined;
  const cache = tslab.require.cache ?? {};
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const write = path === undefined ? undefined : cache[path]?.exports.lastWriteDisplayData;
  if (write) return (data) => write({ data, metadata: {}, transient: {} }, false);
  const { display } = tslab.require("tslab");
  return (bundle) => {
    for (const [mime, content] of Object.entries(bundle)) display.raw(mime, content);
  };
}
