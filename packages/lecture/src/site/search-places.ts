import type { Place } from "../browser/search.js";
import type { Lesson } from "../lesson.js";

/** What the search looks through: each section of each lesson with its code, as plain text, in order. */
export function searchPlaces(lessons: readonly Lesson[]): Place[] {
  return lessons.flatMap((lesson) => {
    const page = `${lesson.name}.html`;
    let place = { url: page, lesson: lesson.title, heading: "", text: "" };
    const places = [place];
    for (const cell of lesson.notebook.cells) {
      const { source } = cell;
      if (cell.cell_type === "code") {
        place.text += `${source}\n`;
        continue;
      }
      if (cell.cell_type !== "markdown") continue;
      const heading = /^##+ +(.+)$/m.exec(source)?.[1];
      if (heading !== undefined) {
        place = { url: `${page}#${cell.id}`, lesson: lesson.title, heading: plain(heading), text: "" };
        places.push(place);
      }
      place.text += `${plain(source.replaceAll(/^#+ .*$/gm, ""))}\n`;
    }
    return places;
  });
}

/** Markdown without its marks, TeX without its commands. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/\$\$?([^$]+)\$\$?/g, (_, formula: string) => formula.replaceAll(/\\[a-z]+|[\\{}]/gi, ""))
    .replaceAll(/<\/?[a-z][^>]*>/gi, " ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[*`|]/g, "")
    .replaceAll(/[ \t]+/g, " ")
    .trim();
}
