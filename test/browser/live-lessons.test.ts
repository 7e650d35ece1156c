import { env } from "node:process";
import { pathToFileURL } from "node:url";
import type { Notebook } from "@convfuse/kernel";
import { launchChromium, neededProgram, nondeterministic } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtSite } from "../support/built-site.js";
import { firefox, launchFirefox } from "../support/firefox.js";
import { committedLessons } from "../support/lecture.js";
import { type LessonRun, runLesson, type ShownCell } from "../support/live-lesson.js";
import { chromium, requirement } from "../support/requirement.js";
import { serveFolder } from "../support/static-server.mjs";

/**
 * Lessons whose pages are run, by a part of their names: two that between them have every kind of output. `npm run
 * live:lessons` has all, or others.
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

let site: string;
let server: Awaited<ReturnType<typeof serveFolder>>;

beforeAll(async () => {
  site = await builtSite();
  server = await serveFolder(site);
}, 120_000);
afterAll(() => server?.close());

type Cell = Notebook["cells"][number];

/** A browser, as far as this suite drives it. */
interface Driver {
  /** Opens a page, runs its cells, and gives what was shown and what the browser complained of. */
  run(address: string, runAll: string): Promise<LessonRun & { readonly problems: readonly string[] }>;
  close(): Promise<void>;
}

/** What Playwright's pages, which drive Chromium, and Puppeteer's, which drive Firefox, have in common. */
interface DrivenPage {
  setDefaultNavigationTimeout(milliseconds: number): void;
  goto(address: string): Promise<unknown>;
  evaluate(run: typeof runLesson, runAll: string): Promise<LessonRun>;
  close(): Promise<void>;
}

/** Listens to a page: what the browser complained of. */
class Complaints {
  readonly problems: string[] = [];
  readonly console = (message: { type(): string; text(): string }): void => {
    if (/^(?:error|warn|warning)$/.test(message.type())) this.problems.push(message.text());
  };
  readonly error = (error: unknown): void => {
    this.problems.push(String(error));
  };
}

async function runOn(
  page: DrivenPage,
  { problems }: Complaints,
  address: string,
  runAll: string,
): ReturnType<Driver["run"]> {
  // Machines that stall are no failure; the test has a limit of its own.
  page.setDefaultNavigationTimeout(0);
  await page.goto(address);
  const run = await page.evaluate(runLesson, runAll);
  await page.close();
  return { ...run, problems };
}

async function drivenChromium(): Promise<Driver> {
  const browser = await launchChromium();
  return {
    async run(address, runAll) {
      const [page, heard] = [await browser.newPage(), new Complaints()];
      page.on("console", heard.console);
      page.on("pageerror", heard.error);
      return runOn(page, heard, address, runAll);
    },
    close: () => browser.close(),
  };
}

async function drivenFirefox(path: string): Promise<Driver> {
  const browser = await launchFirefox(path);
  return {
    async run(address, runAll) {
      const [page, heard] = [await browser.newPage(), new Complaints()];
      page.on("console", heard.console).on("pageerror", heard.error);
      return runOn(page, heard, address, runAll);
    },
    close: () => browser.close(),
  };
}

/** Of a cell whose numbers differ from run to run, only what kind of outputs it has. */
function comparable(cells: readonly ShownCell[], varying: ReadonlySet<number>): readonly object[] {
  return cells.map(({ state: _, ...cell }) => (varying.has(cell.index) ? { index: cell.index } : cell));
}

const fromFiles = { place: "files", address: (): string => pathToFileURL(site).href };
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
