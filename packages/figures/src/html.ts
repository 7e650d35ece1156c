import type { Figure } from "./figure.js";

/**
 * A figure as an HTML document of its own, which a file or a server can hold: the plot, and its summary as
 * the caption. It is legible on a light and on a dark background, and follows what the reader's system
 * prefers.
 *
 * @param figure what any function of this package gives
 * @param plotly the address of Plotly's script as the page will see it: a file beside it, or a server's
 * @returns the whole document; nothing that the figure says can leave its place in it
 * @see https://plotly.com/javascript/plotlyjs-function-reference/#plotlynewplot
 * @example
 * const page = toHtml(kernelHeatmap(ones([2, 3, 3, 3])), "plotly.min.js");
 * page.startsWith("<!doctype html>"); // true
 * page.includes('<script src="plotly.min.js"></script>'); // true
 */
export function toHtml(figure: Figure, plotly: string): string {
  const { summary, ...drawn } = figure;
  // Within a script only "<" could end it early; JSON may write it as an escape anywhere that it stands.
  const json = JSON.stringify({ ...drawn, config: { responsive: true, displaylogo: false } }).replaceAll(
    "<",
    "\\u003c",
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escaped(summary)}</title>
    <link rel="icon" href="data:,">
    <style>
      body { margin: 1rem; font-family: system-ui, sans-serif; }
      figure { margin: 0; }
    </style>
    <script src="${escaped(plotly)}"></script>
  </head>
  <body>
    <main>
      <figure>
        <div id="figure"></div>
        <figcaption>${escaped(summary)}</figcaption>
      </figure>
    </main>
    <script>Plotly.newPlot("figure", ${json});</script>
  </body>
</html>
`;
}

/** Text for HTML, within quotes as well. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
