import { describe, expect, test } from "vitest";
import { type Cell, type Notebook, notebookNames, readNotebook, readText, textOf } from "./notebooks.js";

const names = notebookNames("en");
const chapters = names.filter((name) => /^\d/.test(name));

const code = (notebook: Notebook) => notebook.cells.filter((cell) => cell.cell_type === "code");
const prose = (notebook: Notebook) => notebook.cells.filter((cell) => cell.cell_type === "markdown");
const headings = (cell: Cell) => textOf(cell).match(/^#+ (?=.)/gm) ?? [];
/** What the prose holds besides words: formulas, links' targets, code and folded solutions. */
const count = (cell: Cell, pattern: RegExp) => (textOf(cell).match(pattern) ?? []).length;

test("every notebook is there in both languages", () => {
  expect(names.length).toBeGreaterThan(0);
  expect(notebookNames("zh-CN")).toEqual(names);
});

/** A notebook's prose in one piece, without the marks of emphasis. */
const plainProse = (language: "en" | "zh-CN", name: string): string =>
  prose(readNotebook(language, name)).map(textOf).join("\n").replaceAll("*", "");

describe.each(["en", "zh-CN"] as const)("the glossary, %s", (language) => {
  const rows = [
    ...prose(readNotebook(language, "glossary.ipynb"))
      .map(textOf)
      .join("\n")
      .matchAll(/^\| (.+?) \| .+ \| \[\d+\]\((.+?)\) \|$/gm),
  ].map(([, word = "", lesson = ""]) => ({
    // "shortcut, identity branch", "multiply-accumulate (MAC)": the lesson has one of them; its spelling is British.
    names: word
      .toLowerCase()
      .replaceAll("ization", "isation")
      .split(/[,，(（)）]/)
      .map((one) => one.trim())
      .filter((one) => one !== ""),
    lesson,
  }));

  test("leads each word to a lesson that has it, and not behind the one that introduces it", () => {
    expect(rows.length).toBeGreaterThan(50);
    for (const { names: words, lesson } of rows) {
      const text = plainProse(language, lesson).toLowerCase().replaceAll("ization", "isation");
      expect(
        words.some((word) => text.includes(word)),
        `${words}: ${lesson}`,
      ).toBe(true);
      const introduced = chapters.find((chapter) =>
        words.some((word) =>
          prose(readNotebook(language, chapter)).map(textOf).join("\n").toLowerCase().includes(`**${word}**`),
        ),
      );
      expect(introduced === undefined || introduced >= lesson, `${words}: ${introduced}`).toBe(true);
    }
  });
});

test("Chinese prose says the field's words, and none that people do not search for", () => {
  const notes = /读表|玩具例子|恒等支路|补零|使用时|缓冲(?!区)|(?<!通道)乘数|边框/g;
  for (const name of names) expect(plainProse("zh-CN", name).match(notes) ?? [], name).toEqual([]);
});

describe.each(names)("%s", (name) => {
  const english = readNotebook("en", name);
  const chinese = readNotebook("zh-CN", name);

  test("both languages have the same cells, in the same order", () => {
    const shape = (notebook: Notebook) => notebook.cells.map((cell) => `${cell.cell_type} ${cell.id}`);
    expect(shape(chinese)).toEqual(shape(english));
  });

  test("both languages have identical code cells with identical tags", () => {
    const texts = (notebook: Notebook) => code(notebook).map((cell) => [textOf(cell), cell.metadata]);
    expect(texts(chinese)).toEqual(texts(english));
  });

  test("both languages have the same headings, displayed formulas, links and solutions in each cell", () => {
    const parts = (notebook: Notebook) =>
      prose(notebook).map((cell) => ({
        id: cell.id,
        headings: headings(cell),
        formulas: count(cell, /\$\$/g),
        links: [...textOf(cell).matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]),
        solutions: count(cell, /<details>/g),
      }));
    expect(parts(chinese)).toEqual(parts(english));
  });

  test("the prose is in its language", () => {
    const chineseLetters = (cell: Cell) => count(cell, /\p{Script=Han}/gu);
    // The glossary has every word in both.
    const withChinese = prose(english)
      .filter((cell) => chineseLetters(cell) > 0)
      .map(({ id }) => id);
    expect(withChinese).toEqual(name === "glossary.ipynb" ? ["words"] : []);
    expect(prose(chinese).filter((cell) => chineseLetters(cell) === 0)).toEqual([]);
  });

  test.each(["en", "zh-CN"] as const)(
    "the %s file is nbformat 4.5, written as Jupyter writes it",
    (language) => {
      const text = readText(language, name);
      const notebook = JSON.parse(text) as Notebook;
      expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
      expect(text).toBe(`${JSON.stringify(notebook, null, 1)}\n`);
      expect(notebook.metadata).toMatchObject({
        kernelspec: { language: "typescript" },
        language_info: { name: "typescript" },
      });
      const ids = notebook.cells.map((cell) => cell.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
    },
  );

  test("links to other notebooks and their cells lead somewhere", () => {
    for (const cell of prose(english)) {
      for (const [, file, id] of textOf(cell).matchAll(/\]\(([\w-]+\.ipynb)(?:#cell-id=([\w-]+))?\)/g)) {
        expect(names).toContain(file);
        if (id) expect(readNotebook("en", file as string).cells.map((target) => target.id)).toContain(id);
      }
    }
  });

  test("code in the text, quoted or in a solution, has lines of at most 92 characters, as cells have", () => {
    for (const cell of [...prose(english), ...prose(chinese)])
      for (const [, block] of textOf(cell).matchAll(/^```[^\n]*\n(.*?)^```/gms))
        for (const line of (block as string).split("\n"))
          expect(line.length, `${cell.id}: ${line}`).toBeLessThanOrEqual(92);
  });

  test("no code cell has more than 35 lines, or lines of more than 92 characters, the type any, a path of one machine, or time and chance without its tag", () => {
    for (const cell of code(english)) {
      const text = textOf(cell);
      const lines = text.split("\n");
      expect(lines.length, cell.id).toBeLessThanOrEqual(35);
      expect(Math.max(...lines.map((line) => line.length)), cell.id).toBeLessThanOrEqual(92);
      expect(text, cell.id).not.toMatch(/\bany\b|ts-(ignore|expect-error|nocheck)/);
      expect(text, cell.id).not.toMatch(/["'`](\/|[A-Z]:\\|file:|https?:)/);
      if (/compareTimes\(|performance\.|Date\b|Math\.random/.test(text)) {
        expect(cell.metadata.tags, cell.id).toContain("nondeterministic");
      }
    }
  });
});

describe.each(chapters)("%s", (name) => {
  const notebook = readNotebook("en", name);
  const sections = prose(notebook).flatMap((cell) =>
    [...textOf(cell).matchAll(/^## (.+)$/gm)].map((match) => match[1]),
  );

  test("has a title with its number, and the sections of a chapter in their order", () => {
    expect(textOf(notebook.cells[0] as Cell)).toMatch(new RegExp(`^# ${Number(name.slice(0, 2))}\\. `));
    const required = ["Definition", "By hand", "Summary", "Exercises"];
    expect(sections.filter((section) => required.includes(section as string))).toEqual(required);
    expect(sections.slice(-2)).toEqual(["Summary", "Exercises"]);
  });

  test("its summary leads to the glossary", () => {
    const summary = prose(notebook).find((cell) => /^## Summary$/m.test(textOf(cell)));
    expect(summary && textOf(summary)).toContain("](glossary.ipynb)");
  });

  test.each(["en", "zh-CN"] as const)(
    "%s: says how long it takes, and names earlier lessons only to read before",
    (language) => {
      const effort = textOf(readNotebook(language, name).cells[0] as Cell)
        .split("\n\n")
        .at(-1) as string;
      expect(effort).toMatch(language === "en" ? /^\d+ minutes[,.] / : /^约 \d+ 分钟，/);
      for (const [, before] of effort.matchAll(/\]\(([^)]+)\)/g))
        expect((before as string) < name, before).toBe(true);
    },
  );

  test("draws a plot, and folds a solution for each exercise", () => {
    expect(code(notebook).filter((cell) => /\bshow\(/.test(textOf(cell))).length).toBeGreaterThan(0);
    const last = notebook.cells.at(-1) as Cell;
    expect(count(last, /^\d+\. /gm)).toBeGreaterThanOrEqual(3);
    expect(count(last, /<details>/g)).toBe(count(last, /^\d+\. /gm));
    expect(count(last, /<\/details>/g)).toBe(count(last, /<details>/g));
  });
});
