/** What one cell of a lesson's page shows: texts with their classes, the words of plots, and how many frames. */
export interface ShownCell {
  readonly index: number;
  readonly state: string;
  readonly texts: readonly string[];
  readonly plots: readonly (string | null)[];
  readonly frames: number;
  /** Plots that are not drawn. */
  readonly undrawn: number;
}

export interface LessonRun {
  readonly before: readonly ShownCell[];
  readonly after: readonly ShownCell[];
}

/**
 * Runs inside a lesson's page, in whichever browser: presses the button with this name, waits until every cell has run, and
 * tells what stood there before and what stands there now.
 */
export async function runLesson(runAll: string): Promise<LessonRun> {
  const cells = [...document.querySelectorAll<HTMLElement>("[data-cell]")];
  const shown = (): ShownCell[] =>
    cells.map((cell) => ({
      index: Number(cell.dataset.cell),
      state: cell.dataset.state ?? "",
      texts: [...cell.querySelectorAll("[data-outputs] pre.output")].map(
        (pre) => `${pre.className}: ${pre.textContent}`,
      ),
      plots: [...cell.querySelectorAll(".js-plotly-plot")].map((plot) => plot.getAttribute("aria-label")),
      frames: cell.querySelectorAll("iframe[sandbox]").length,
      undrawn: [...cell.querySelectorAll<HTMLElement>(".plot")].filter((plot) => !plot.dataset.drawn).length,
    }));
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (!isSo()) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document, { attributes: true, childList: true, subtree: true });
      if (isSo()) {
        observer.disconnect();
        resolve();
      }
    });
  // Plots are drawn when they come into sight, or when the page is idle.
  await until(() => shown().every(({ undrawn }) => undrawn === 0));
  const before = shown();
  const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === runAll);
  button?.click();
  await until(() => cells.some(({ dataset }) => dataset.state !== "idle"));
  await until(
    () =>
      cells.every(({ dataset }) => dataset.state !== "running") &&
      shown().every(({ undrawn }) => undrawn === 0),
  );
  return { before, after: shown() };
}
