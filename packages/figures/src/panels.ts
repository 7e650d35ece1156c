import { type Label, range } from "./tiles.js";

/** Where a panel of a figure stands, in cells. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Panels in rows, each under its name. */
export interface PanelPlan {
  readonly places: readonly Place[];
  readonly labels: readonly Label[];
  /** The size of the whole plane, in cells. */
  readonly columns: number;
  readonly lines: number;
}

/** Lays panels out in rows of `perRow`, each of which has room for the largest panel and its name. */
export function planPanels(
  panels: readonly { readonly name: string; readonly height: number; readonly width: number }[],
  perRow: number,
): PanelPlan {
  const width = Math.max(...panels.map((panel) => panel.width));
  const height = Math.max(...panels.map((panel) => panel.height));
  // Gaps grow with the images, so that names stay apart where a phone makes the cells small.
  const gap = Math.max(1, Math.round(width / 8));
  const head = Math.max(1, Math.round((width * perRow) / 16));
  const places = range(panels.length).map((k) => ({
    x: (k % perRow) * (width + gap),
    y: Math.floor(k / perRow) * (height + head + gap) + head,
  }));
  const labels = panels.map(({ name, width: own }, k): Label => {
    const { x, y } = places[k] as Place;
    return { x: x + (own - 1) / 2, y: y - 0.5 - head / 2, text: name };
  });
  return {
    places,
    labels,
    columns: perRow * (width + gap) - gap,
    lines: Math.ceil(panels.length / perRow) * (height + head + gap) - gap,
  };
}
