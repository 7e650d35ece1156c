import type { Attributes } from "./figure.js";
import { ink } from "./theme.js";

/** Play and pause, left below the drawing. */
export const playButtons: Attributes = {
  type: "buttons",
  direction: "left",
  x: 0,
  y: 0,
  xanchor: "left",
  yanchor: "top",
  pad: { t: 40 },
  showactive: false,
  buttons: [
    {
      label: "Play",
      method: "animate",
      args: [
        null,
        { frame: { duration: 700, redraw: true }, transition: { duration: 0 }, fromcurrent: true },
      ],
    },
    {
      label: "Pause",
      method: "animate",
      args: [[null], { frame: { duration: 0, redraw: false }, mode: "immediate" }],
    },
  ],
};

/** A slider over the frames, right of the buttons, that names the current one. */
export function frameSlider(names: readonly string[], active: number): Attributes {
  return {
    active,
    x: 0.36,
    len: 0.64,
    y: 0,
    yanchor: "top",
    pad: { t: 18 },
    ticklen: 0,
    minorticklen: 0,
    // The names of all steps do not fit below the slider; the current one stands above it.
    font: { color: "rgba(0,0,0,0)", size: 1 },
    currentvalue: { prefix: "now: ", font: { size: 13, color: ink }, xanchor: "left" },
    steps: names.map((name) => ({
      label: name,
      method: "animate",
      args: [[name], { frame: { duration: 0, redraw: true }, mode: "immediate" }],
    })),
  };
}
