import type { Tensor } from "@convfuse/core";
import type { Attributes, Json } from "./figure.js";
import { ink, readable, rounded } from "./theme.js";

/** A matrix of numbers at a place in the plane; x goes right and y goes down, in cells. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  /** Rows of numbers; null is a cell that stays empty. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the pointer shows over a cell, before its value. */
  readonly name?: (row: number, column: number) => string;
}

/** The rows of one [height, width] image of a tensor whose leading axes are fixed. */
export function rows(x: Tensor, ...leading: readonly number[]): number[][] {
  const [height, width] = x.shape.slice(leading.length) as [number, number];
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => x.get(...leading, i, j)),
  );
}

/**
 * One heatmap trace that holds all tiles, with nothing between them, and the values as text where there is a
 * font size for them.
 */
export function tileTrace(tiles: readonly Tile[], more: Attributes, fontSize = 0): Attributes {
  const left = Math.min(...tiles.map((tile) => tile.x));
  const top = Math.min(...tiles.map((tile) => tile.y));
  const right = Math.max(...tiles.map((tile) => tile.x + (tile.values[0]?.length ?? 0)));
  const bottom = Math.max(...tiles.map((tile) => tile.y + tile.values.length));
  const blank = <T>(value: T): T[][] =>
    Array.from({ length: bottom - top }, () => new Array<T>(right - left).fill(value));
  const z = blank<number | null>(null);
  const names = blank("");
  const texts = blank("");
  for (const tile of tiles) {
    for (const [i, row] of tile.values.entries()) {
      for (const [j, value] of row.entries()) {
        if (value === null) continue;
        (z[tile.y - top + i] as (number | null)[])[tile.x - left + j] = rounded(value);
        (names[tile.y - top + i] as string[])[tile.x - left + j] = tile.name?.(i, j) ?? "";
        (texts[tile.y - top + i] as string[])[tile.x - left + j] = cellText(value);
      }
    }
  }
  const named = tiles.some((tile) => tile.name !== undefined);
  return {
    type: "heatmap",
    x0: left,
    dx: 1,
    y0: top,
    dy: 1,
    z,
    xgap: 1,
    ygap: 1,
    hoverongaps: false,
    ...(named
      ? { customdata: names, hovertemplate: "%{customdata} = %{z}<extra></extra>" }
      : { hovertemplate: "%{z}<extra></extra>" }),
    ...(fontSize > 0 ? { text: texts, texttemplate: "%{text}", textfont: { size: fontSize } } : {}),
    ...more,
  };
}

/**
 * Whole numbers as they are, others with two decimals and no 0 before the point: 0 stands for nothing but
 * zero, and .00 has no sign.
 */
function cellText(value: number): string {
  if (Number.isInteger(value)) return String(value).replace("-", "−");
  const text = value.toFixed(2).replace(/^(-?)0\./, "$1.");
  return text === "-.00" ? ".00" : text.replace("-", "−");
}

/** The most characters that a cell's text can have: 4 where there are fractions of less than 10. */
export function cellCharacters(values: readonly number[]): number {
  return Math.max(...values.map((value) => cellText(value).length));
}

/** Words in the plane, at the middle of a cell. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size?: number;
}

/** A text trace of labels. */
export function labelTrace(labels: readonly Label[], more: Attributes = {}): Attributes {
  return {
    type: "scatter",
    mode: "text",
    x: labels.map((label) => label.x),
    y: labels.map((label) => label.y),
    text: labels.map((label) => label.text),
    textfont: { color: ink, size: labels.map((label) => label.size ?? 12) },
    hoverinfo: "skip",
    cliponaxis: false,
    ...more,
  };
}

/** The outline of a rectangle of cells, as a closed path. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line trace around boxes. */
export function boxTrace(boxes: readonly Box[], color: string, width: number): Attributes {
  const x: Json[] = [];
  const y: Json[] = [];
  for (const box of boxes) {
    const [left, top] = [box.x - 0.5, box.y - 0.5];
    x.push(left, left + box.width, left + box.width, left, left, null);
    y.push(top, top, top + box.height, top + box.height, top, null);
  }
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color, width },
    hoverinfo: "skip",
  };
}

/** Axes of a plane of square cells, x right and y down, without ticks. */
export function planeAxes(width: number, height: number): Attributes {
  const hidden = { visible: false, fixedrange: true, constrain: "domain" };
  return {
    xaxis: { ...hidden, range: [-0.5, width - 0.5] },
    yaxis: {
      ...hidden,
      range: [height - 0.5, -0.5],
      scaleanchor: "x",
      scaleratio: 1,
      constraintoward: "top",
    },
  };
}

/**
 * A horizontal colour bar below the plane, with its ends and middle marked; `left` and `length` in fractions
 * of the plane's width.
 */
export function colorBar(
  title: string,
  [low, high]: readonly [low: number, high: number],
  left = 0.2,
  length = 0.6,
): Attributes {
  const marked = [low, (low + high) / 2, high].map(rounded);
  return {
    title: { text: title, side: "top" },
    orientation: "h",
    thickness: 10,
    x: left + length / 2,
    len: length,
    y: 0,
    yanchor: "top",
    tickvals: marked,
    ticktext: marked.map((value) => readable(value).replace("-", "−")),
    outlinewidth: 0,
  };
}

/** Margins around a plane, which has no axes to make room for. */
export const planeSides: Attributes = { l: 8, r: 8, b: 8 };

/** 0, 1, ..., length - 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** Cells are no larger than this, in pixels, where a figure's height is what limits them. */
const largestCell = 34;

/**
 * The font size, in pixels, at which texts of that many characters fit into cells on a phone with that many
 * columns; 0: none.
 */
export function cellFont(columns: number, characters: number): number {
  const size = Math.floor(Math.min(320 / columns, largestCell) / (characters * 0.6));
  return size < 9 ? 0 : Math.min(size, 14);
}
