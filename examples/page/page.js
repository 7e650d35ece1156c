// A worker fuses, so that the page answers meanwhile; the page draws the kernel that came out into a div.
import { tensor } from "@convfuse/core";
import { kernelHeatmap } from "@convfuse/figures";
import Plotly from "plotly.js-cartesian-dist-min";

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const report = document.querySelector("#report");

worker.addEventListener("message", ({ data: { weight, text } }) => {
  const { summary, ...figure } = kernelHeatmap(tensor(weight), { title: "The fused kernel" });
  report.textContent = `${summary}\n\n${text}`;
  Plotly.newPlot("kernel", { ...figure, config: { responsive: true } });
});
worker.addEventListener("error", ({ message }) => {
  report.textContent = `It failed: ${message}`;
});
worker.postMessage({ channels: 2, seed: 0 });
