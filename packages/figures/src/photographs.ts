import { ArgumentError, checkOptions, type OptionNames, ShapeError, type Tensor } from "@convfuse/core";
import { packedArray } from "./bytes.js";
import type { Figure } from "./figure.js";
import { type Place, planPanels } from "./panels.js";
import { baseLayout } from "./theme.js";
import { labelTrace, planeAxes, planeSides } from "./tiles.js";

/** The options of {@link photographs}. */
export interface PhotographsOptions {
  /** What stands above. */
  readonly title: string;
  /** Photographs in a row. Default 2. */
  readonly columns?: number;
}

const photographsOptionNames: OptionNames<PhotographsOptions> = { title: true, columns: true };

/**
 * Photographs side by side, as an eye sees them: 0 is black and 1 is the full light, and what is below or
 * above is drawn as these.
 * @param images by name; [3, height, width] is red, green and blue, [height, width] or [1, height, width] is
 *   grey
 * @param options title, columns; see {@link PhotographsOptions}
 * @returns a figure with a panel an image
 * @throws {ArgumentError} if there is no image
 * @throws {ShapeError} if one is neither, or is empty
 * @example
 * photographs({ colours: rand([3, 6, 8]), grey: rand([6, 8]) }, { title: "Noise" });
 */
export function photographs(images: Readonly<Record<string, Tensor>>, options: PhotographsOptions): Figure {
  checkOptions("photographs", options, photographsOptionNames);
  const { title, columns: perRow = 2 } = options;
  const entries = Object.entries(images).map(([name, image]) => ({ name, ...pixelsOf(name, image) }));
  if (entries.length === 0) throw new ArgumentError("photographs", "needs at least one image");
  const { places, labels, columns, lines } = planPanels(entries, Math.min(perRow, entries.length));
  return {
    data: [
      ...entries.map(({ name, height, width, bytes }, k) => {
        const { x, y } = places[k] as Place;
        const z = packedArray(bytes, [height, width, 3]);
        const hovertemplate = `${name}: %{z}<extra></extra>`;
        return { type: "image", colormodel: "rgb", x0: x, dx: 1, y0: y, dy: 1, z, hovertemplate };
      }),
      labelTrace(labels),
    ],
    layout: baseLayout(title, lines * Math.min(34, 640 / columns), planeAxes(columns, lines), planeSides),
    summary: `Photographs of ${entries.map(({ name, height, width }) => `${name} (${height} x ${width} pixels)`).join(", ")}.`,
  };
}

/** Red, green and blue of each pixel, row by row, as bytes. */
function pixelsOf(name: string, image: Tensor): { height: number; width: number; bytes: Uint8Array } {
  const { shape } = image;
  const channels = shape.length === 2 ? 1 : shape[0];
  if (image.size === 0 || shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) {
    throw new ShapeError(
      "photographs",
      `${name} must be [3, height, width], [1, height, width] or [height, width]`,
      {
        [`${name}.shape`]: [...shape],
      },
    );
  }
  const [height, width] = shape.slice(-2) as [number, number];
  const bytes = new Uint8Array(height * width * 3);
  let at = 0;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      for (let c = 0; c < 3; c++) {
        const value = shape.length === 2 ? image.get(i, j) : image.get(channels === 3 ? c : 0, i, j);
        bytes[at++] = Math.round(255 * Math.min(Math.max(value, 0), 1));
      }
    }
  }
  return { height, width, bytes };
}
