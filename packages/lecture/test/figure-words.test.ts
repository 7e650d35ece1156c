import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { languages } from "../src/languages.js";
import { figureWordsInChinese } from "../src/site/figure-words.js";
import { figureJson, plotlyMime } from "../src/site/output.js";

const folder = new URL("../../../notebooks/zh-CN/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
const chinese = languages.find(({ tag }) => tag === "zh-CN") as (typeof languages)[number];

/** What has no Chinese: calls as the code has them, names of layers. */
const code = /^(y = )?[a-z]+\(.*\)$|^[a-z]+\d[\w.]*$|^RepVGG|^DBB/;

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

test.each(names)("%s: what its figures say on a Chinese page is Chinese, but for code", (name) => {
  const notebook = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as {
    readonly cells: readonly {
      readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
    }[];
  };
  const bundles = notebook.cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
  const figures = bundles.filter((data) => data[plotlyMime] !== undefined);
  for (const data of figures) {
    const { layout, data: traces } = JSON.parse(figureJson(data[plotlyMime], chinese)) as {
      readonly layout: { readonly title?: { readonly text: string } };
      readonly data: readonly Readonly<Record<string, unknown>>[];
    };
    const shown = [
      layout.title?.text ?? "",
      ...texts(
        Object.entries(layout).map(([key, axis]) =>
          /axis/.test(key) ? (axis as { title?: unknown }).title : "",
        ),
      ),
      ...texts(
        traces.map(({ name: own, colorbar }) => [
          own,
          (colorbar as { title?: { text?: string } })?.title?.text,
        ]),
      ),
      ...texts(traces.filter(({ type }) => type !== "heatmap").map(({ text, x, y }) => [text, x, y])),
    ];
    const english = shown.filter(
      (text) => /[a-z]{2}/.test(text) && !/\p{Script=Han}/u.test(text) && !code.test(text),
    );
    expect(english).toEqual([]);
    const caption = chinese.figureWords([data["text/plain"]].flat().join(""));
    expect(caption).toMatch(/\p{Script=Han}.*。$/u);
    // What the drawing says in Chinese its caption does not say in English.
    const labels = texts((data[plotlyMime] as { readonly data: unknown }).data).filter(
      (label) => /[a-z]{3}/.test(label) && chinese.figureWords(label) !== label,
    );
    expect(labels.filter((label) => caption.includes(label))).toEqual([]);
  }
});

test("lists are split between their entries, not inside brackets; what is unknown stays", () => {
  expect(figureWordsInChinese("largest |difference|: shift by (1, 3) 0, turn by 90° 0.5, mirror 2e-7.")).toBe(
    "最大 |差|：平移 (1, 3) 为 0，旋转 90° 为 0.5，翻转 为 2e-7。",
  );
  expect(figureWordsInChinese("One pixel<br>reaches 3 × 3 outputs")).toBe("一个像素影响 3 × 3 个输出");
  expect(figureWordsInChinese("stage1.0")).toBe("stage1.0");
  expect(figureWordsInChinese("kernel, turned, then slid: images with a value from 0 to 9.")).toBe(
    "核；先旋转，再滑动：各图像，数值从 0 到 9。",
  );
});
