import { describe, expect, test } from "vitest";
import { arithmeticIn, resultsOf } from "./arithmetic.js";
import { type Cell, notebookNames, outputTextOf, readNotebook, textOf } from "./notebooks.js";

const names = notebookNames("en");

/** Numbers that somebody else published, or that a definition sets; those of the exercises are given there. */
const given: Readonly<Record<string, readonly string[]>> = {
  "features-read": ["2012"], // the year of AlexNet
  "source-way": ["0.00119", "0.00031"], // the source's times
  timing: ["0.00119", "0.00031"],
  grey: ["601"], // television's recommendation
  definition: ["112", "1280", "1000", "127"], // RepVGG-A0's first pixels, last channels and classes; the largest of eight bits
  "experiment-read": ["72.4", "75.1"], // RepVGG's authors
  "fuse-read": ["8.30"],
  ranges: ["256"], // the values of eight bits
  words: ["256"],
  load: ["1998", "1797"], // the digits: their year, and how many there are
};

/** The prose without code, links' targets and titles, and turns by degrees; thousands without their spaces. */
function proseOf(cell: Cell): string {
  return textOf(cell)
    .replaceAll(/```.*?```/gs, "")
    .replaceAll(/<div .*?<\/div>/gs, "")
    .replaceAll(/\[[^\]]*\]\([^)]*\)/g, "")
    .replaceAll(/\d+°/g, "")
    .replaceAll(/(?<=\d)(?:\\,| )(?=\d{3}\b)/g, "");
}

/** Numbers of three digits or more: shorter ones stand everywhere. */
function numbersIn(text: string): readonly string[] {
  return (text.match(/\d+(?:\.\d+)?/g) ?? []).filter(
    (number) => number.replace(".", "").replace(/^0+/, "").length >= 3,
  );
}

describe.each(names)("%s", (name) => {
  const english = readNotebook("en", name);
  const prose = english.cells.filter((cell) => cell.cell_type === "markdown");

  test.each(["en", "zh-CN"] as const)("%s: every sum in the text comes out as it says", (language) => {
    for (const cell of readNotebook(language, name).cells) {
      if (cell.cell_type !== "markdown") continue;
      for (const { text, left, right, digits } of arithmeticIn(textOf(cell)))
        expect(left, `${cell.id}: ${text}`).toBeCloseTo(right, digits);
    }
  });

  test("numbers in the text are those of the cells, or are worked out in it", () => {
    const shown = english.cells
      .filter((cell) => cell.cell_type === "code")
      .map((cell) => `${textOf(cell)}\n${outputTextOf(cell)}`)
      .join("\n")
      .replaceAll(/(?<=\d)[,_](?=\d{3})/g, "");
    const known = new Set(shown.match(/\d+(?:\.\d+)?/g));
    const values = [...known].map(Number);
    const workedOut = resultsOf(prose.map(textOf).join("\n\n"));
    for (const cell of prose) {
      if (cell.id === "exercises") continue;
      const unknown = numbersIn(proseOf(cell)).filter((number) => {
        const digits = number.split(".")[1]?.length ?? 0;
        return !(
          known.has(number) ||
          given[cell.id]?.includes(number) ||
          workedOut.has(Number(number)) ||
          // Rounded to what the text says of it.
          (digits > 0 && values.some((value) => value.toFixed(digits) === number))
        );
      });
      expect(unknown, cell.id).toEqual([]);
    }
  });

  test("both languages say the same numbers in each cell", () => {
    const numbers = (cell: Cell) => [...numbersIn(proseOf(cell))].sort();
    const chinese = readNotebook("zh-CN", name);
    for (const [i, cell] of english.cells.entries())
      if (cell.cell_type === "markdown")
        expect(numbers(chinese.cells[i] as Cell), cell.id).toEqual(numbers(cell));
  });
});
