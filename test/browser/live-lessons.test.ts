import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { pathToFileURL } from "node:url";
import type { Notebook } from "@convfuse/kernel";
import { buildSite, launchChromium, neededProgram, nondeterministic } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firefox, launchFirefox } from "../support/firefox.js";
import { committedLessons, notebooksFolder } from "../support/lecture.js";
import { type LessonRun, runLesson, type ShownCell } from "../support/live-lesson.js";
import { chromium, requirement } from "../support/requirement.js";
import { type StaticServer, serveFolder } from "../support/static-server.js";

/**
 * Lessons whose pages are run, by a part of their names: two that between them have every kind of output. With `.` for all it takes many
 * minutes.
 */
const wanted = env.CONVFUSE_LIVE_LESSONS;
const lessons = committedLessons
  .filter(({ name }) => new RegExp(wanted ?? "^0[57]-").test(name))
  // The glossary has none.
  .filter(({ english }) => english.cells.some((cell) => cell.cell_type === "code"));

const allLanguages = [
  { folder: "", notebook: "english", runAll: "Run all" },
  { folder: "zh-CN/", notebook: "chinese", runAll: "全部运行" },
] as const;

const work = mkdtempSync(join(tmpdir(), "convfuse-lessons-"));
const site = join(work, "site");
const files = pathToFileURL(site).href;
let server: StaticServer;

beforeAll(async () => {
  for (const { folder } of allLanguages) {
    mkdirSync(join(work, "notebooks", folder), { recursive: true });
    for (const { name } of lessons)
      cpSync(join(notebooksFolder, folder, name), join(work, "notebooks", folder, name));
  }
  cpSync(join(notebooksFolder, "data"), join(work, "notebooks", "data"), { recursive: true });
  await buildSite(join(work, "notebooks"), site);
  server = await serveFolder(site);
}, 120_000);
afterAll(() => {
  server?.close();
  rmSync(work, { recursive: true, force: true });
});

type Cell = Notebook["cells"][number];

/** A browser, as far as this suite drives it. */
interface Driver {
  /** Opens a page, runs its cells, and gives what was shown and what the browser complained of. */
  run(address: string, runAll: string): Promise<LessonRun & { readonly problems: readonly string[] }>;
  close(): Promise<void>;
}

async function drivenChromium(): Promise<Driver> {
  const browser = await launchChromium();
  return {
    async run(address, runAll) {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      await page.goto(address);
      const run = await page.evaluate(runLesson, runAll);
      await page.close();
      return { ...run, problems };
    },
    close: () => browser.close(),
  };
}

async function drivenFirefox(path: string): Promise<Driver> {
  const browser = await launchFirefox(path);
  return {
    async run(address, runAll) {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warn") problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      await page.goto(address);
      const run = await page.evaluate(runLesson, runAll);
      await page.close();
      return { ...run, problems };
    },
    close: () => browser.close(),
  };
}

/** Of a cell whose numbers differ from run to run, only what kind of outputs it has. */
function comparable(cells: readonly ShownCell[], varying: ReadonlySet<number>): readonly object[] {
  return cells.map(({ state: _, ...cell }) => (varying.has(cell.index) ? { index: cell.index } : cell));
}

const fromFiles = { place: "files", address: (): string => files };
const fromServer = { place: "a static server", address: (): string => server.origin };

for (const { name, need, open, places, languages } of [
  {
    name: "Chromium",
    need: chromium(),
    open: (_path: string) => drivenChromium(),
    // live.test.ts has its pages from files.
    places: wanted === undefined ? [fromServer] : [fromFiles, fromServer],
    languages: wanted === undefined ? allLanguages.slice(0, 1) : allLanguages,
  },
  {
    name: "Firefox",
    need: firefox(),
    open: drivenFirefox,
    places: [fromFiles, fromServer],
    languages: allLanguages,
  },
]) {
  const cases = places.flatMap((place) =>
    lessons.flatMap((lesson) => languages.map((language) => ({ ...place, lesson, language }))),
  );
  const path = requirement(need);
  describe.skipIf(path === null)(
    `every lesson runs in ${name} to the outputs that its page was built with`,
    () => {
      let driver: Driver;
      beforeAll(async () => {
        driver = await open(path as string);
      }, 120_000);
      afterAll(() => driver?.close());

      test.each(
        cases.map((each) => ({
          ...each,
          page: `${each.language.folder}${each.lesson.name.replace("ipynb", "html")}`,
        })),
      )("$page from $place", { timeout: 600_000 }, async ({ lesson, language, address, page }) => {
        const { before, after, problems } = await driver.run(`${address()}/${page}`, language.runAll);
        const { cells } = lesson[language.notebook];
        const varying = new Set(
          cells.flatMap(({ metadata }, index) =>
            (metadata.tags as readonly string[] | undefined)?.includes(nondeterministic) ? [index] : [],
          ),
        );
        const isElsewhere = (index: number): boolean => neededProgram(cells[index] as Cell) !== undefined;
        expect(after.filter(({ index, state }) => state !== (isElsewhere(index) ? "idle" : "done"))).toEqual(
          [],
        );
        expect(comparable(after, varying)).toEqual(comparable(before, varying));
        expect(problems).toEqual([]);
      });
    },
  );
}
