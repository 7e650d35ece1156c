import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, requirement } from "../../../test/support/requirement.js";
import { openPlotly, type PlotlyPage } from "./browser.js";
import { examples } from "./examples.js";

const executable = requirement(chromium());

describe.skipIf(executable === null)("Plotly in Chromium", () => {
  let plotly: PlotlyPage;
  beforeAll(async () => {
    plotly = await openPlotly(executable as string);
  }, 60_000);
  afterAll(() => plotly?.close());

  describe.each(Object.entries(examples()))("%s", (_, figure) => {
    test("Plotly.validate objects to nothing", async () => {
      expect(await plotly.validate(figure)).toEqual([]);
    });

    test.each([900, 375])("is drawn at a width of %i px with every word inside", async (width) => {
      const { title, marks, overflow, complaints } = await plotly.draw(figure, width);
      expect(complaints).toEqual([]);
      const { text } = figure.layout.title as { readonly text: string };
      expect(title).toBe(text.replaceAll("<br>", ""));
      expect(marks).toBeGreaterThan(0);
      expect(overflow).toBeLessThan(1);
    });
  });

  test("the validation does find a wrong attribute", async () => {
    const figure = { data: [{ type: "heatmap", z: [[1]], zminn: 0 }], layout: {}, summary: "" };
    expect(await plotly.validate(figure)).toEqual([expect.stringContaining("zminn")]);
  });

  test("play and slider move the animation through its frames", async () => {
    const { convolutionSteps: figure } = examples();
    if (figure === undefined) throw new Error("no example of convolutionSteps");
    await plotly.draw(figure, 900);
    const { page } = plotly;
    const sum = page.getByText("y[0, 1, 1] = 3 + 0 + 1 + 1 = 5", { exact: true });
    await sum.waitFor();
    await page.evaluate(() => {
      const plot = document.querySelector(".js-plotly-plot") as unknown as {
        once: (event: string, done: (value: unknown) => void) => void;
      };
      Object.assign(globalThis, { animated: new Promise((done) => plot.once("plotly_animated", done)) });
    });
    // Pressed until the frame is drawn, as a hand does: Plotly takes a slider that is let go in between for one that is still held.
    await page.locator(".slider-rail-touch-rect").hover({ position: { x: 1, y: 2 } });
    await page.mouse.down();
    await page.evaluate(() => (globalThis as unknown as { readonly animated: Promise<void> }).animated);
    await page.mouse.up();
    await page.getByText("now: y[0, 0, 0]").waitFor();
    await sum.waitFor({ state: "detached" });
    // A frame is shown for a moment only, which a look from outside may miss: the page itself keeps what it showed.
    await page.evaluate(() => {
      const shown = new Set<string>();
      const note = (): void => {
        for (const word of document.querySelectorAll("text")) shown.add(word.textContent ?? "");
      };
      new MutationObserver(note).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
      });
      Object.assign(globalThis, { shown });
    });
    await page.getByText("Play", { exact: true }).click();
    await page.waitForFunction(() =>
      [...(globalThis as unknown as { readonly shown: Set<string> }).shown].some((text) =>
        text.includes("now: y[0, 0, 2]"),
      ),
    );
    await page.getByText("Pause", { exact: true }).click();
  });
});
