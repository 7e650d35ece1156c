import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Language, languages } from "../languages.js";
import { type Lesson, notebookFolder, readLesson } from "../lesson.js";
import { repository } from "../paths.js";
import { apiLinks, readApiPages } from "./api-links.js";
import { readCitation } from "./citation.js";
import { figuresScript } from "./figures-script.js";
import { mathStyles, writeFonts } from "./fonts.js";
import { fusePage } from "./fuse-page.js";
import { fuseWorkerScript } from "./fuse-worker-script.js";
import { highlighter } from "./highlight.js";
import { indexPage } from "./index-page.js";
import { lessonPage } from "./lesson-page.js";
import { notebookScript, writeLiveScripts } from "./live-scripts.js";
import { markdownRenderer } from "./markdown.js";
import { languageFolder } from "./page.js";
import { playgroundPage } from "./playground-page.js";
import { searchPlaces } from "./search-places.js";
import { searchScript } from "./search-script.js";

const require = createRequire(import.meta.url);

/**
 * Writes the static site: an index, a page that fuses networks, a playground and a page a lesson in every
 * language, their notebooks for download, and the assets that all pages share. It works from `file://`,
 * without a network. The folder is replaced whole, once everything is written.
 *
 * @param notebooks the folder of the executed notebooks, with a folder for each further language
 * @param site the folder to write
 * @param api the folder of the API reference, which becomes the site's `api/`, where names in the lessons'
 *   code lead; where nothing is there, nothing leads to it
 * @param lite the folder of the lessons in JupyterLite, which becomes the site's `lite/`; where nothing is
 *   there, nothing leads to it
 * @returns the number of pages
 */
export async function buildSite(notebooks: string, site: string, api = "", lite = ""): Promise<number> {
  await mkdir(dirname(site), { recursive: true });
  const temporary = await mkdtemp(`${site}.`);
  try {
    const highlight = await highlighter();
    const apiPages = readApiPages(api);
    const hasLite = lite !== "" && existsSync(join(lite, "lab/index.html"));
    const citation = await readCitation(join(repository, "CITATION.cff"));
    const assets = join(temporary, "assets");
    let pages = 0;
    for (const language of languages) {
      const lessons = await readLessons(notebooks, language);
      const folder = languageFolder(language);
      const root = folder === "" ? "" : "../";
      const target = join(temporary, folder);
      const renderers = { markdown: markdownRenderer(highlight, language.site.linkTo), highlight };
      await mkdir(target, { recursive: true });
      await writeFile(
        join(target, "index.html"),
        indexPage(lessons, language, root, { citation, hasApi: apiPages !== undefined, hasLite }),
      );
      await writeFile(join(target, "fuse.html"), fusePage(language, root));
      await writeFile(join(target, "playground.html"), playgroundPage(lessons, language, root));
      for (const lesson of lessons) {
        const links = apiLinks(lesson.notebook, apiPages ?? {}, `${root}api/`);
        await writeFile(
          join(target, `${lesson.name}.html`),
          lessonPage(lesson, lessons, language, root, renderers, links),
        );
        await writeFile(join(target, `${lesson.name}.notebook.js`), notebookScript(lesson.notebook));
        await cp(
          join(notebookFolder(notebooks, language), `${lesson.name}.ipynb`),
          join(target, `${lesson.name}.ipynb`),
        );
      }
      await mkdir(assets, { recursive: true });
      await writeFile(
        join(assets, `search-${language.tag}.js`),
        `globalThis.convfusePlaces = ${JSON.stringify(searchPlaces(lessons))};\n`,
      );
      pages += lessons.length + 3;
    }
    await copyAssets(assets);
    await writeLiveScripts(notebooks, assets);
    if (apiPages) {
      await cp(api, join(temporary, "api"), { recursive: true });
      await inOwnLetters(join(temporary, "api/assets/custom.css"));
    }
    if (hasLite) await cp(lite, join(temporary, "lite"), { recursive: true });
    await rm(site, { recursive: true, force: true });
    await rename(temporary, site);
    return pages;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function readLessons(notebooks: string, language: Language): Promise<Lesson[]> {
  const folder = notebookFolder(notebooks, language);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).sort();
  return names.map((name) => readLesson(join(folder, name)));
}

/** Sets the API reference in the site's fonts, which its style sheet names. */
async function inOwnLetters(sheet: string): Promise<void> {
  await writeFile(sheet, `@import "../../assets/fonts.css";\n${await readFile(sheet, "utf8")}`);
}

async function copyAssets(target: string): Promise<void> {
  await cp(fileURLToPath(new URL("../../assets/", import.meta.url)), target, { recursive: true });
  await writeFile(join(target, "fuse-worker.js"), await fuseWorkerScript());
  await writeFile(join(target, "search-engine.js"), await searchScript());
  await writeFile(join(target, "figures.js"), await figuresScript());
  await cp(
    require.resolve("plotly.js-cartesian-dist-min/plotly-cartesian.min.js"),
    join(target, "plotly.min.js"),
  );
  const katex = dirname(require.resolve("katex/dist/katex.min.css"));
  await writeFile(join(target, "katex.min.css"), await mathStyles(katex));
  // Every browser that can show the site reads woff2; the older forms of the fonts would only take room.
  const fonts = (await readdir(join(katex, "fonts"))).filter((name) => name.endsWith(".woff2"));
  for (const font of fonts) await cp(join(katex, "fonts", font), join(target, "fonts", font));
  await writeFonts(target);
}
