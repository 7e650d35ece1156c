import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conv2d, tensor, toNested } from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { bibtex, readCitation } from "../src/site/citation.js";
import { figureHeight } from "../src/site/figure-height.js";
import { highlighter } from "../src/site/highlight.js";
import { markdownRenderer } from "../src/site/markdown.js";
import { pictureNumbers } from "../src/site/picture-numbers.js";
import { texText } from "../src/site/tex-text.js";

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

describe("headings", () => {
  test("get their ids from the cell, not from the words, so that links hold in every language", async () => {
    const markdown = markdownRenderer(await highlighter(), (heading) => `Link to ${heading}`);
    const { html, headings } = markdown("## By `hand` & *foot*\n\ntext\n\n### 第二", "by-hand");
    expect(headings).toEqual([
      { id: "by-hand", level: 2, text: "By hand & foot" },
      { id: "by-hand-2", level: 3, text: "第二" },
    ]);
    expect(html).toContain('<h2 id="by-hand">By <code>hand</code> &amp; <em>foot</em>');
    expect(html).toContain('<a class="anchor" href="#by-hand-2" aria-label="Link to 第二">#</a></h3>');
    expect(markdown("# Title", "title").html).toBe('<h1 id="title">Title</h1>\n');
  });
});

test("sizes, long numbers and shares are not broken between lines, and code keeps its spaces", async () => {
  const markdown = markdownRenderer(await highlighter(), String);
  const shown = (text: string): string => markdown(text, "cell").html.replaceAll("\u00a0", "_").trim();
  expect(shown("a 3 × 3 or k × k of 9 108 968, 1.8 % in all")).toBe(
    "<p>a 3_×_3 or k_×_k of 9_108_968, 1.8_% in all</p>",
  );
  expect(shown("`3 × 3`")).toBe("<p><code>3 × 3</code></p>");
});

describe("formulas", () => {
  test("keep punctuation and brackets beside them on their line, and let words go, where they are short", async () => {
    const markdown = markdownRenderer(await highlighter(), String);
    // A formula of one letter ends where four of its boxes do.
    const shown = (text: string): string =>
      markdown(text, "cell").html.replaceAll(/<span class="katex">.*?(?:<\/span>){4}/gs, "@");
    const together = (text: string): string => `<span class="together">${text}</span>`;
    expect(shown("so ($a$, $b$) is")).toBe(`<p>so ${together("(@,")} ${together("@)")} is</p>\n`);
    expect(shown("设$a$，则“$b$”（$c$）。")).toBe(
      `<p>设${together("@，")}则${together("“@”")}${together("（@）。")}</p>\n`,
    );
    // A long one has to be broken somewhere.
    expect(markdown(`$${"a + b + c + ".repeat(5)}d$, so`, "cell").html).not.toContain("together");
  });

  test.each([
    [String.raw`2 \cdot 3\times3 \cdot 3 = 54`, "2 · 3×3 · 3 = 54"],
    [
      String.raw`y = W * x + \sum_{c=0}^{C_{\text{in}}-1} \tilde x_{c,\,i}`,
      "y = W ∗ x + ∑_c=0^C_in-1 x_c, i",
    ],
    [
      String.raw`\lfloor \frac{n + 2p - k}{s} \rfloor + \tfrac12 \le \dfrac{1}{9}`,
      "⌊ (n + 2p - k)/s ⌋ + 1/2 ≤ 1/9",
    ],
    [String.raw`\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`, "1 2 3 4"],
  ])("%s is plain text where nothing is typeset", (formula, text) => {
    expect(texText(formula)).toBe(text);
  });

  test("no command is left of any formula, and no number runs into the next", () => {
    const folder = fromRoot("notebooks");
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".ipynb"))) {
      const { cells } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      for (const [, formula = ""] of cells
        .filter(({ cell_type }: { cell_type: string }) => cell_type === "markdown")
        .flatMap(({ source }: { source: string[] | string }) => [
          ...[source]
            .flat()
            .join("")
            .matchAll(/\$\$?([^$]+)\$\$?/g),
        ])) {
        const numbers = (of: string): string[] => of.match(/\d+/g) ?? [];
        // A fraction may be written of two digits: \frac12.
        const given = formula.replaceAll(/(frac *)(\d) *(\d)/g, "$1$2 $3");
        expect(numbers(texText(formula)), formula).toEqual(numbers(given));
        expect(texText(formula), formula).not.toMatch(/[\\{}&]/);
      }
    }
  });
});

describe("a figure's height", () => {
  const margin = { t: 50, b: 60, l: 8, r: 12 };
  test("is the figure's own, or Plotly's where it says nothing", () => {
    expect(figureHeight({ layout: { height: 452, margin } })).toBe("452px");
    expect(figureHeight({ layout: {} })).toBe("450px");
  });

  test("of square cells is what the width allows, up to the figure's own", () => {
    const layout = {
      height: 410,
      margin,
      xaxis: { range: [-0.5, 9.5] },
      yaxis: { range: [4.5, -0.5], scaleanchor: "x" },
    };
    expect(figureHeight({ layout })).toBe("calc(110px + min((100cqw - 20px) * 0.5, 300px))");
  });

  test("of an animation is without the room for Plotly's own slider", () => {
    expect(figureHeight({ layout: { height: 400, margin }, frames: [{}] })).toBe("348px");
  });
});

test("the picture's numbers: the sum of the three kernels, slid over the input, gives the output", () => {
  const { padded, branches, fused, output } = pictureNumbers();
  expect(fused).toEqual(
    [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) => branches.reduce((sum, plane) => sum + (plane[i]?.[j] ?? Number.NaN), 0)),
    ),
  );
  expect(toNested(conv2d(tensor([padded]), tensor([[fused]])))).toEqual([output]);
});

describe("CITATION.cff", () => {
  test("has the version and the licence of the packages, and names nobody", async () => {
    const citation = await readCitation(fromRoot("CITATION.cff"));
    const { version, license } = JSON.parse(readFileSync(fromRoot("packages/core/package.json"), "utf8"));
    expect(citation.version).toBe(version);
    expect(readFileSync(fromRoot("CITATION.cff"), "utf8")).toContain(`license: ${license}\n`);
    expect(citation.author).toBe("The convfuse authors");
    expect(bibtex(citation)).toContain("author  = {{The convfuse authors}},");
  });
});
