import type { Locator, Page } from "playwright-core";

/** The code cell with this number on a page of JupyterLab or JupyterLite. */
export function labCell(page: Page, index: number): Locator {
  return page.locator(".jp-CodeCell").nth(index);
}

/** What the cell has given out. */
export function labOutput(page: Page, index: number): Locator {
  return labCell(page, index).locator(".jp-OutputArea-output");
}

/** Puts the cursor behind the cell's text. */
export async function editLabCell(page: Page, index: number): Promise<void> {
  await labCell(page, index).locator(".cm-content").click();
  await page.keyboard.press("Control+End");
}

/**
 * In a session that knows `const answer`: Tab behind the beginning of that name in cell 3 completes it, alone or from a list, and
 * Shift+Tab on it in cell 2 shows what it is.
 */
export async function completesAndInspects(page: Page): Promise<void> {
  await editLabCell(page, 3);
  await page.keyboard.press("Tab");
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll(".jp-CodeCell .cm-content")][3]?.textContent === "answer" ||
      document.querySelector(".jp-Completer")?.textContent?.includes("answer"),
  );
  await page.keyboard.press("Escape");
  await editLabCell(page, 2);
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+Tab");
  await page.locator(".jp-Tooltip", { hasText: "const answer: " }).waitFor();
  await page.keyboard.press("Escape");
}
