import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Place, pairs, pairsAndLast, searchOver, words } from "../src/browser/search.js";
import { languages } from "../src/languages.js";
import { notebookFolder, readLesson } from "../src/lesson.js";
import { searchPlaces } from "../src/site/search-places.js";

const notebooks = fileURLToPath(new URL("../../../notebooks", import.meta.url));

const place = (url: string, heading: string, text: string, code = "", lesson = "A lesson"): Place => ({
  url,
  lesson,
  heading,
  text,
  code,
});

describe("words", () => {
  test("Chinese is cut into pairs, whatever a program takes for its words; Latin into words, numbers and names", () => {
    expect(words("零填充 3 × 3 conv2d_same", pairs)).toEqual(["零填", "填充", "3", "3", "conv2d_same"]);
    expect(words("核", pairs)).toEqual(["核"]);
    expect(words("用Conv2d卷积", pairsAndLast)).toEqual(["用", "Conv2d", "卷积", "积"]);
  });
});

describe("search", () => {
  const find = searchOver([
    place("a.html#one", "Padding", "Zeros around the input. verifyFusion(block, fused) compares both."),
    place("a.html#two", "Stride", "The padding stays; the stride is two. Depthwise convolution has groups."),
    place("b.html#three", "零填充", "输入四周填零，这就是零填充。感受野逐层变大。"),
    place("b.html#four", "恒等分支", "恒等分支把输入原样加到结果上。"),
  ]);
  const urls = (query: string): string[] => find(query, 10).map((found) => found.place.url);

  test("a heading counts more than a mention", () => {
    expect(urls("padding")).toEqual(["a.html#one", "a.html#two"]);
  });

  test("the beginning of a lesson with the word in its title comes first; prose counts more than code, and is what is shown", () => {
    const over = searchOver([
      place("c.html#code", "Here", "Nothing but code.", "const dilation = 2; dilation + dilation;"),
      place("c.html#prose", "There", "A dilation of two.", "conv2d(x, w, b, { dilation: 2 });"),
      place("d.html", "", "How large is it?", "", "Stride and dilation"),
    ]);
    const found = over("dilation", 10);
    expect(found.map((one) => one.place.url)).toEqual(["d.html", "c.html#prose", "c.html#code"]);
    expect(
      found.map(({ excerpt }) =>
        excerpt
          .map(({ text }) => text)
          .join("")
          .slice(0, 8),
      ),
    ).toEqual(["How larg", "A dilati", "const di"]);
  });

  test("every word has to occur; the beginning of one is enough, and a letter may be wrong", () => {
    expect(urls("padding stri")).toEqual(["a.html#two"]);
    expect(urls("padding nowhere")).toEqual([]);
    expect(urls("depthwize")).toEqual(["a.html#two"]);
  });

  test("a name in code is found by its parts", () => {
    expect(urls("verifyFusion")).toEqual(["a.html#one"]);
    expect(urls("fusion")).toEqual(["a.html#one"]);
  });

  test("a word is found with and without its hyphen, and shown as it is written", () => {
    const over = searchOver([
      place("a.html", "", "Papers call it re-parameterization."),
      place("b.html", "", "A depthwise layer has groups."),
    ]);
    const shown = (query: string) =>
      over(query, 10).map(({ place: { url }, excerpt }) => [url, ...excerpt.filter(({ hit }) => hit)]);
    const hit = { text: "re-parameterization", hit: true };
    expect(shown("reparam")).toEqual([["a.html", hit]]);
    expect(shown("reparameterization")).toEqual([["a.html", hit]]);
    expect(shown("depth-wise")).toEqual([["b.html", { text: "depthwise", hit: true }]]);
  });

  test("Chinese is found from the middle of a sentence, by one character too", () => {
    expect(urls("感受野")).toEqual(["b.html#three"]);
    expect(urls("零填充")).toEqual(["b.html#three"]);
    expect(urls("恒等 结果")).toEqual(["b.html#four"]);
    expect(urls("野")).toEqual(["b.html#three"]);
    expect(urls("受感")).toEqual([]);
  });

  test("the excerpt marks what was found, a run of Chinese in one piece", () => {
    const [found] = find("感受野", 10);
    expect(found?.excerpt.filter(({ hit }) => hit).map(({ text }) => text)).toContain("感受野");
    expect(found?.excerpt.map(({ text }) => text).join("")).toBe(found?.place.text);
  });

  test("the excerpt of a long text ends where a word does; a run without spaces is cut somewhere", () => {
    const text = (word: string, gap: string): string => Array.from({ length: 90 }, () => word).join(gap);
    const over = searchOver([
      place("e.html#one", "", `${text("pictures", " ")} nevermore ${text("pictures", " ")}`),
      place("e.html#two", "", `${text("卷积核", "")}感受野${text("卷积核", "")}`),
      place("e.html#three", "", `${text("x", "")} endless ${text("x", "")}`),
    ]);
    const shown = (query: string): string =>
      (over(query, 1)[0]?.excerpt ?? [])
        .map((piece) => piece.text)
        .join("")
        .replaceAll(/ +/g, " ");
    expect(shown("nevermore")).toMatch(/^…(?: pictures)+ nevermore(?: pictures)+ …$/);
    for (const query of ["nevermore", "感受野", "endless"]) expect(shown(query).length).toBeLessThan(240);
    expect(shown("感受野")).toMatch(/^… [卷积核]{40,}感受野[卷积核]{100,} …$/);
  });

  test("signs of patterns in a query are only signs", () => {
    expect(urls("(padding)* [stride")).toEqual(["a.html#two"]);
    expect(urls("*")).toEqual([]);
  });
});

describe("in the lecture", () => {
  const searches = new Map<string, ReturnType<typeof searchOver>>(
    languages.map((language) => {
      const folder = notebookFolder(notebooks, language);
      const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
      const lessons = names.sort().map((name) => readLesson(join(folder, name)));
      return [language.tag, searchOver(searchPlaces(lessons))];
    }),
  );

  // What the field calls it, and the lesson that explains it.
  test.each([
    ["en", "re-parameterization", "07"],
    ["en", "reparameterization", "07"],
    ["en", "reparameterisation", "07"],
    ["en", "residual", "07"],
    ["en", "operator fusion", "08"],
    ["en", "depthwise separable", "06"],
    ["en", "depth-wise", "06"],
    ["en", "receptive field", "04"],
    ["en", "cross-correlation", "01"],
    ["en", "crosscorrelation", "01"],
    ["en", "inference", "07"],
    ["zh-CN", "结构重参数化", "07"],
    ["zh-CN", "重参数化", "07"],
    ["zh-CN", "残差", "07"],
    ["zh-CN", "卷积残差模块算子融合", "07"],
    ["zh-CN", "算子融合", "08"],
    ["zh-CN", "深度可分离", "06"],
    ["zh-CN", "感受野", "04"],
    ["zh-CN", "互相关", "01"],
    ["zh-CN", "推理", "07"],
  ])(
    "%s: %s is found in lesson %s and, where it is a word of its own, in the glossary",
    (tag, query, lesson) => {
      const found =
        searches
          .get(tag)?.(query, 30)
          .map(({ place: { url } }) => url.slice(0, 2)) ?? [];
      expect(found).toContain(lesson);
      if (query !== "卷积残差模块算子融合") expect(found).toContain("gl");
    },
  );
});
