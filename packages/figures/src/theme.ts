import type { Attributes, Json } from "./figure.js";

/**
 * Okabe and Ito's palette, which stays apart under every common colour blindness:
 * https://jfly.uni-koeln.de/color/.
 */
export const palette = {
  blue: "#0072B2",
  vermillion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
  orange: "#E69F00",
  skyBlue: "#56B4E9",
} as const;

/** The palette in the order in which groups take it. */
export const cycle: readonly string[] = Object.values(palette);

/** Text and axes: a contrast of 4.5 on white and of 4.6 on black. */
export const ink = "#757575";
/** Lines behind the data. */
export const faint = "rgba(128,128,128,0.3)";

/**
 * Signed values: blue below zero, vermillion above. Its middle is not quite white, so that zero is a cell on
 * a white page too.
 */
export const diverging: Json = [
  [0, palette.blue],
  [0.5, "#F0F0F0"],
  [1, palette.vermillion],
];
/** Unsigned values. */
export const sequential = "Cividis";

/** How many characters of a title fit in one line of a phone. */
const titleWidth = 40;

/** Layout that all figures share; `height` is that of the drawing without its title, in pixels. */
export function baseLayout(
  title: string,
  height: number,
  more: Attributes = {},
  sides: Attributes = { l: 56, r: 16, b: 48 },
): Attributes {
  const lines = wrap(title, titleWidth);
  const top = 32 + 20 * lines.length;
  return {
    title: {
      text: lines.join("<br>"),
      font: { size: 15 },
      x: 0.5,
      xanchor: "center",
      y: 1,
      yanchor: "top",
      yref: "container",
      // Plotly anchors the last line.
      pad: { t: 12 + 20 * (lines.length - 1) },
    },
    font: { family: "system-ui, 'Liberation Sans', Arial, sans-serif", size: 12, color: ink },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { t: top, ...sides },
    height: height + top,
    autosize: true,
    showlegend: false,
    ...more,
  };
}

/** An axis with a title and a faint grid. */
export function axis(title: string, more: Attributes = {}): Attributes {
  return {
    title: { text: title },
    ...(more.showgrid === false ? {} : { gridcolor: faint }),
    zerolinecolor: faint,
    linecolor: faint,
    automargin: true,
    ...more,
  };
}

/**
 * What holds the title of a horizontal axis to its ticks: a legend below may have many lines, and little room
 * on a phone.
 */
export function aboveLegend(title: string): Attributes {
  return { title: { text: title, standoff: 6 } };
}

/**
 * Breaks a text between words into as few lines of at most `width` characters as can be, all about as long:
 * no word stands alone.
 */
export function wrap(text: string, width: number): string[] {
  const fewest = filled(text, width).length;
  let narrow = Math.ceil(text.length / fewest);
  while (filled(text, narrow).length > fewest) narrow++;
  return filled(text, narrow);
}

/** As many words in each line as fit. */
function filled(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A number with six significant digits, which is more than a screen shows and a third of the bytes. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** A number for reading: `0`, `1.2e-7`, `0.34`, `1,204`. */
export function readable(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
