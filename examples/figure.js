// A figure outside of a notebook: an HTML page, and with a Chromium at hand an SVG and a PNG. node figure.js FOLDER [CHROMIUM]
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { argv, exit } from "node:process";
import { pathToFileURL } from "node:url";
import { Conv2d, manualSeed } from "@convfuse/core";
import { kernelHeatmap, toHtml } from "@convfuse/figures";
import { chromium } from "playwright-core";

const [folder, executablePath] = argv.slice(2);
if (folder === undefined) {
  console.error("usage: node figure.js FOLDER [CHROMIUM]");
  exit(2);
}

manualSeed(0);
const figure = kernelHeatmap(new Conv2d(3, 2, 3).weight, { title: "A kernel as PyTorch makes it" });

mkdirSync(folder, { recursive: true });
const plotly = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min/plotly-cartesian.min.js");
copyFileSync(plotly, join(folder, "plotly.min.js"));
writeFileSync(join(folder, "kernel.html"), toHtml(figure, "plotly.min.js"));
console.log(`written: ${join(folder, "kernel.html")}`);

// Plotly draws in browsers only. What it drew, Plotly.toImage gives as a picture.
if (executablePath !== undefined) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.goto(pathToFileURL(resolve(folder, "kernel.html")).href);
  for (const format of ["svg", "png"]) {
    // The figure's paper is transparent, for pages of any colour; a picture may stand alone.
    const address = await page.evaluate(
      ({ data, layout, format }) =>
        globalThis.Plotly.toImage(
          { data, layout: { ...layout, paper_bgcolor: "white" } },
          { format, width: 800, height: 450, scale: 2 },
        ),
      { ...figure, format },
    );
    const picture = await (await fetch(address)).arrayBuffer();
    writeFileSync(join(folder, `kernel.${format}`), new Uint8Array(picture));
    console.log(`written: ${join(folder, `kernel.${format}`)}`);
  }
  await browser.close();
}
