import { expect, test } from "vitest";
import { type Figure, toHtml } from "../src/index.js";

test("a page holds the figure, whatever words are in it", () => {
  const figure: Figure = {
    data: [{ type: "bar", name: '</script><script>alert("1")</script><!--' }],
    layout: {},
    frames: [{ name: "0", data: [{}], traces: [0] }],
    summary: 'a < b & "c" </title>',
  };
  const page = toHtml(figure, 'https://example.org/plotly.js?a="&b');
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).toContain('<script src="https://example.org/plotly.js?a=&quot;&amp;b"></script>');
  expect(page).toContain("<figcaption>a &lt; b &amp; &quot;c&quot; &lt;/title></figcaption>");
  const [, json] = /Plotly\.newPlot\("figure", (.*)\);<\/script>/.exec(page) as unknown as [string, string];
  const { summary, ...drawn } = figure;
  expect(JSON.parse(json)).toEqual({ ...drawn, config: { responsive: true, displaylogo: false } });
});
