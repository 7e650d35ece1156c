import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { languages } from "../src/languages.js";
import { readLesson } from "../src/lesson.js";
import { inParts } from "../src/parts.js";

const lesson = (name: string) => ({ name });

test("lessons lie in the part that their number says, those without a number at the end", () => {
  const names = ["01-a", "06-b", "07-c", "15-d", "16-e", "17-f", "19-g", "glossary"];
  expect(
    inParts(names.map(lesson)).map(({ part, lessons }) => [part, ...lessons.map(({ name }) => name)]),
  ).toEqual([
    ["convolution", "01-a", "06-b"],
    ["fusing", "07-c", "15-d"],
    ["reasons", "16-e"],
    ["networks", "17-f", "19-g"],
    ["reference", "glossary"],
  ]);
});

test.each(languages)(
  "$name: a lesson's time and what to read before are read from its first cell",
  ({ folder, tag }) => {
    const file = new URL(`../../../notebooks/${folder}/07-fusion.ipynb`, import.meta.url);
    expect(readLesson(fileURLToPath(file)).effort).toBe(
      tag === "en" ? "30 minutes, after notebook 5." : "约 30 分钟，先读第 5 节。",
    );
  },
);
