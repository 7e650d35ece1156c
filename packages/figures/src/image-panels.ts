import { ArgumentError, checkOptions, type OptionNames, ShapeError, type Tensor } from "@convfuse/core";
import type { Figure } from "./figure.js";
import { baseLayout, diverging, readable, sequential } from "./theme.js";
import {
  cellCharacters,
  cellFont,
  colorBar,
  type Label,
  labelTrace,
  planeAxes,
  planeSides,
  range,
  rows,
  tileTrace,
} from "./tiles.js";

/** The options of {@link imagePanels}. */
export interface ImagePanelsOptions {
  readonly title: string;
  /** What a cell's number is, with its unit. Default "value". */
  readonly quantity?: string;
  /** Panels in a row. Default 3. */
  readonly columns?: number;
}

const imagePanelsOptionNames: OptionNames<ImagePanelsOptions> = {
  title: true,
  quantity: true,
  columns: true,
};

/**
 * Images side by side on one colour scale, each under its name: diverging around zero if any value is negative, else sequential.
 *
 * @param images by name; each [height, width], or with leading axes of size 1. Images may differ in size.
 * @throws {ArgumentError} if there is no image
 * @throws {ShapeError} if one has more than one channel, or is empty
 * @example
 * const x = randn([1, 1, 8, 8]);
 * const conv = new Conv2d(1, 1, 3);
 * imagePanels({ x, "conv(x)": conv.forward(x) }, { title: "An input and its feature map" });
 */
export function imagePanels(images: Readonly<Record<string, Tensor>>, options: ImagePanelsOptions): Figure {
  checkOptions("imagePanels", options, imagePanelsOptionNames);
  const { title, quantity = "value" } = options;
  const entries = Object.entries(images).map(([name, image]) => ({ name, values: onlyImage(name, image) }));
  if (entries.length === 0) throw new ArgumentError("imagePanels", "needs at least one image");
  const perRow = Math.min(options.columns ?? 3, entries.length);
  const width = Math.max(...entries.map(({ values }) => values[0]?.length ?? 0));
  const height = Math.max(...entries.map(({ values }) => values.length));
  // Gaps grow with the images, so that names stay apart where a phone makes the cells small.
  const gap = Math.max(1, Math.round(width / 8));
  const head = Math.max(1, Math.round((width * perRow) / 16));
  const placed = entries.map((entry, k) => ({
    ...entry,
    x: (k % perRow) * (width + gap),
    y: Math.floor(k / perRow) * (height + head + gap) + head,
  }));
  const all = entries.flatMap(({ values }) => values.flat());
  const low = Math.min(...all);
  const high = Math.max(...all);
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const [zmin, zmax] = low < 0 ? [-limit, limit] : [low, high === low ? low + 1 : high];
  const columns = perRow * (width + gap) - gap;
  const lines = Math.ceil(entries.length / perRow) * (height + head + gap) - gap;
  const font = cellFont(columns, cellCharacters(all));
  const labels: Label[] = placed.map(({ name, x, y, values }) => ({
    x: x + ((values[0]?.length ?? 1) - 1) / 2,
    y: y - 0.5 - head / 2,
    text: name,
  }));
  return {
    data: [
      tileTrace(
        placed.map(({ name, x, y, values }) => ({ x, y, values, name: (i, j) => `${name} [${i}, ${j}]` })),
        {
          colorscale: low < 0 ? diverging : sequential,
          zmin,
          zmax,
          colorbar: colorBar(quantity, [zmin, zmax]),
        },
        font,
      ),
      labelTrace(labels),
    ],
    layout: baseLayout(title, lines * Math.min(34, 520 / columns) + 56, planeAxes(columns, lines), {
      ...planeSides,
      b: 64,
    }),
    summary: `${entries.map(({ name }) => name).join(", ")}: images with a ${quantity} from ${readable(low)} to ${readable(high)}.`,
  };
}

function onlyImage(name: string, image: Tensor): number[][] {
  const leading = image.shape.slice(0, -2);
  if (image.shape.length < 2 || image.size === 0 || leading.some((size) => size !== 1)) {
    throw new ShapeError(
      "imagePanels",
      `${name} must be [height, width], or have leading axes of size 1 only`,
      {
        [`${name}.shape`]: [...image.shape],
      },
    );
  }
  return rows(image, ...range(leading.length).map(() => 0));
}
