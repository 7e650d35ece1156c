import { ArgumentError, checkOptions, type OptionNames, ShapeError, type Tensor } from "@convfuse/core";
import { packedArray } from "./bytes.js";
import type { Attributes, Figure } from "./figure.js";
import { type Place, planPanels } from "./panels.js";
import { baseLayout, diverging, readable, sequential } from "./theme.js";
import {
  cellCharacters,
  cellFont,
  colorBar,
  labelTrace,
  planeAxes,
  planeSides,
  range,
  rows,
  tileTrace,
} from "./tiles.js";

/** The options of {@link imagePanels}. */
export interface ImagePanelsOptions {
  /** What stands above, and begins the summary. */
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
 * Images side by side on one colour scale, each under its name: diverging around zero if any value is
 * negative, else sequential. Photographs are {@link photographs}.
 *
 * @param images by name; each [height, width], or with leading axes of size 1. Images may differ in size.
 * @param options title, quantity, columns; see {@link ImagePanelsOptions}
 * @returns a figure with a panel an image
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
  const { places, labels, columns, lines } = planPanels(
    entries.map(({ name, values }) => ({ name, height: values.length, width: values[0]?.length ?? 0 })),
    perRow,
  );
  const all = entries.flatMap(({ values }) => values.flat());
  const low = Math.min(...all);
  const high = Math.max(...all);
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const [zmin, zmax] = low < 0 ? [-limit, limit] : [low, high === low ? low + 1 : high];
  const look = { colorscale: low < 0 ? diverging : sequential, zmin, zmax };
  const scale = { colorbar: colorBar(quantity, [zmin, zmax]) };
  const panels = entries.map((entry, k) => ({ ...entry, ...(places[k] as Place) }));
  const fine = columns > mostCells;
  const cells = fine
    ? panels.map((panel, k) => pictureTrace(panel, { ...look, ...(k === 0 ? scale : { showscale: false }) }))
    : [
        tileTrace(
          panels.map(({ name, ...tile }) => ({ ...tile, name: (i, j) => `${name} [${i}, ${j}]` })),
          { ...look, ...scale },
          cellFont(columns, cellCharacters(all)),
        ),
      ];
  return {
    data: [...cells, labelTrace(labels)],
    layout: baseLayout(
      title,
      lines * Math.min(34, (fine ? 640 : 520) / columns) + 56,
      planeAxes(columns, lines),
      {
        ...planeSides,
        b: 64,
      },
    ),
    summary: `${entries.map(({ name }) => name).join(", ")}: images with a ${quantity} from ${readable(low)} to ${readable(high)}.`,
  };
}

/**
 * Above this many columns cells are pixels of a picture: too small for gaps between them and for a name each.
 */
const mostCells = 80;

/** A heatmap of one large image, without gaps between its pixels. */
function pictureTrace(
  { name, x, y, values }: Place & { readonly name: string; readonly values: number[][] },
  look: Attributes,
): Attributes {
  const size = [values.length, values[0]?.length ?? 0];
  return {
    type: "heatmap",
    x0: x,
    dx: 1,
    y0: y,
    dy: 1,
    z: packedArray(Float32Array.from(values.flat()), size),
    hovertemplate: `${name}: %{z:.3g}<extra></extra>`,
    ...look,
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
