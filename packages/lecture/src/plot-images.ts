import { createRequire } from "node:module";
import { launchChromium } from "./browser.js";

const require = createRequire(import.meta.url);

/** A Plotly figure, as its MIME type has it. */
export type PlotlyFigure = { readonly data: unknown; readonly layout?: { readonly height?: number } };

/** Draws figures as PNG. */
export interface PlotPainter {
  /** A PNG, base64, 720 pixels wide at the double resolution, on white. */
  paint(figure: PlotlyFigure): Promise<string>;
  close(): Promise<void>;
}

/** What the page below gives to code that runs in it. */
declare const Plotly: {
  toImage(
    figure: PlotlyFigure,
    options: { format: "png"; width: number; height: number; scale: number },
  ): Promise<string>;
};

/** Starts Chromium with Plotly in an empty page. */
export async function startPlotPainter(): Promise<PlotPainter> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.addScriptTag({ path: require.resolve("plotly.js-cartesian-dist-min/plotly-cartesian.min.js") });
  return {
    async paint(figure) {
      const url = await page.evaluate(async (shown) => {
        const layout = { ...shown.layout, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff" };
        const size = { width: 720, height: shown.layout?.height ?? 450 };
        return Plotly.toImage({ ...shown, layout }, { format: "png", ...size, scale: 2 });
      }, figure);
      return url.replace(/^data:image\/png;base64,/, "");
    },
    close: () => browser.close(),
  };
}
