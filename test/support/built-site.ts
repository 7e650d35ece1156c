import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSite } from "@convfuse/lecture";
import type { Page } from "playwright-core";
import { inject } from "vitest";
import { notebooksFolder } from "./lecture.js";

/** The pages of the lessons, the errata and the glossary, in English: `01-seeing.html` and so on. */
export const lessonPages: readonly string[] = readdirSync(notebooksFolder)
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => name.replace(".ipynb", ".html"));

/** Every page of the site, each in both languages. */
export const sitePages: readonly string[] = [
  "index.html",
  "fuse.html",
  "playground.html",
  ...lessonPages,
].flatMap((name) => [name, `zh-CN/${name}`]);

/** The lesson with an animation and planes of cells. */
export const animatedPage = lessonPages.find((name) => name.includes("weight-shapes")) as string;

/**
 * The site of the committed lessons, built once for all suites of a run: the first one that asks builds it, the others wait. Nobody
 * writes into it. Returns its folder.
 */
export async function builtSite(): Promise<string> {
  const folder = inject("siteFolder");
  const site = join(folder, "site");
  const failure = join(folder, "failure.txt");
  if (isFirst(join(folder, "claimed"))) {
    try {
      await buildSite(notebooksFolder, site);
    } catch (error) {
      writeFileSync(`${failure}.part`, error instanceof Error ? String(error.stack) : String(error));
      renameSync(`${failure}.part`, failure);
    }
  }
  // The site appears whole: its folder is renamed when everything is written.
  await until(folder, () => existsSync(site) || existsSync(failure));
  if (existsSync(failure)) throw new Error(`the site could not be built: ${readFileSync(failure, "utf8")}`);
  return site;
}

/** Making a folder fails for all but one. */
function isFirst(claim: string): boolean {
  try {
    mkdirSync(claim);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Looks again whenever something in the folder changes. */
async function until(folder: string, isSo: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const watcher = watch(folder, look);
    look();
    function look(): void {
      if (!isSo()) return;
      watcher.close();
      resolve();
    }
  });
}

/** Waits until every plot of the page is drawn. */
export async function plotsDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement>("figure.figure .plot")].every((plot) => plot.dataset.drawn),
  );
}

/** A list that grows by everything that goes wrong on the page from now on; asking the network for anything is wrong, too. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`asks the network for ${request.url()}`);
  });
  return problems;
}
