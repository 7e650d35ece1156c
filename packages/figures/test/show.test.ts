import { tensor } from "@convfuse/core";
import { afterEach, expect, test, vi } from "vitest";
import { displayBundle, imagePanels, show } from "../src/index.js";

const figure = imagePanels({ x: tensor([[1, 2]]) }, { title: "x" });
const summary = "x: images with a value from 1 to 2.";

afterEach(() => vi.unstubAllGlobals());

test("the bundle holds the drawing without its summary, and the summary as text", () => {
  const { data, layout } = figure;
  expect(displayBundle(figure)).toEqual({
    "application/vnd.plotly.v1+json": { data, layout, config: { responsive: true, displaylogo: false } },
    "text/plain": summary,
  });
});

test("outside of a notebook the summary is printed", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  show(figure);
  expect(log.mock.calls).toEqual([[summary]]);
});

test("under convfuse's kernel one bundle is displayed, with this of its own", () => {
  const shown: unknown[] = [];
  const jupyter = {
    display(bundle: unknown) {
      shown.push(this === jupyter, bundle);
    },
  };
  vi.stubGlobal("jupyter", jupyter);
  show(figure);
  expect(shown).toEqual([true, displayBundle(figure)]);
});

test("under a tslab whose inner function is not where it was, the parts are displayed one by one", () => {
  const shown: unknown[] = [];
  const tslab = { display: { raw: (mime: string, content: unknown) => shown.push([mime, content]) } };
  vi.stubGlobal("__tslab__", { require: () => tslab });
  show(figure);
  expect(shown).toEqual(Object.entries(displayBundle(figure)));
});
