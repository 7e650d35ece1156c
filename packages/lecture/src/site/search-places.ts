import type { Place } from "../browser/search.js";
import type { Lesson } from "../lesson.js";
import { texText } from "./tex-text.js";

/** What the search looks through: each section of each lesson as plain text, and its code, in order. */
export function searchPlaces(lessons: readonly Lesson[]): Place[] {
  return lessons.flatMap((lesson) => {
    const page = `${lesson.name}.html`;
    let place = { url: page, lesson: lesson.title, heading: "", text: "", code: "" };
    const places = [place];
    for (const cell of lesson.notebook.cells) {
      const { source } = cell;
      if (cell.cell_type === "code") {
        place.code += `${source}\n`;
        continue;
      }
      if (cell.cell_type !== "markdown") continue;
      const heading = /^##+ +(.+)$/m.exec(source)?.[1];
      if (heading !== undefined) {
        const url = `${page}#${cell.id}`;
        place = { url, lesson: lesson.title, heading: plain(heading), text: "", code: "" };
        places.push(place);
      }
      place.text += `${plain(source.replaceAll(/^#+ .*$/gm, ""))}\n`;
    }
    return places;
  });
}

/** Markdown without its marks and the lines of its tables, formulas as a line of text. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/\$\$?([^$]+)\$\$?/g, (_, formula: string) => texText(formula))
    .replaceAll(/<\/?[a-z][^>]*>/gi, " ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/^\|[-:| ]+\|$\n?/gm, "")
    .replaceAll(/^ *(?:[-*]|```\w*)(?: +|$)/gm, "")
    .replaceAll("|", " ")
    .replaceAll(/[*`]/g, "")
    .replaceAll(/[ \t]+/g, " ")
    .trim();
}
