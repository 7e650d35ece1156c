import { join, relative } from "node:path";
import { type Notebook, type Output, readNotebook, writeNotebook } from "@convfuse/kernel";
import { lectureNotebooks } from "./execute-lecture.js";
import { type PlotlyFigure, type PlotPainter, startPlotPainter } from "./plot-images.js";
import { plotlyMime } from "./site/output.js";

/**
 * Puts the outputs of executed notebooks into the committed ones, each plot also as an image: GitHub's
 * preview shows nothing else. All images are drawn before the first file is written.
 */
export async function updateNotebooks(notebooks: string, executed: string): Promise<number> {
  const painter = await startPlotPainter();
  try {
    const updated: [string, Notebook][] = [];
    for (const file of await lectureNotebooks(notebooks)) {
      const notebook = readNotebook(join(executed, relative(notebooks, file)));
      updated.push([file, await withImages(notebook, painter)]);
    }
    for (const [file, notebook] of updated) writeNotebook(file, notebook);
    return updated.length;
  } finally {
    await painter.close();
  }
}

async function withImages(notebook: Notebook, painter: PlotPainter): Promise<Notebook> {
  const cells: Notebook["cells"] = [];
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") {
      cells.push(cell);
      continue;
    }
    const outputs: Output[] = [];
    for (const output of cell.outputs) outputs.push(await withImage(output, painter));
    cells.push({ ...cell, outputs });
  }
  return { ...notebook, cells };
}

async function withImage(output: Output, painter: PlotPainter): Promise<Output> {
  if (output.output_type !== "display_data" && output.output_type !== "execute_result") return output;
  const figure = output.data[plotlyMime];
  if (figure === undefined) return output;
  return {
    ...output,
    data: { ...output.data, "image/png": await painter.paint(figure as unknown as PlotlyFigure) },
  };
}
