import type { VNode } from "preact";
import { type FigureName, figureNames, InteractiveFigure } from "../figures/registry.js";
import { chineseFigureWords, englishFigureWords } from "../figures/words.js";
import type { Language } from "../languages.js";
import type { MarkdownRenderer } from "./markdown.js";

/**
 * A cell of the lecture that is a figure to operate on a page; a notebook shows the text between the marks
 * instead.
 */
const mark = /^<div data-figure="([^"]*)"(?: data-settings='([^']*)')?>\n\n[\s\S]*\n\n<\/div>\s*$/;

/** True if a Markdown cell asks for an interactive figure. */
export function isFigureCell(source: string): boolean {
  return source.startsWith("<div data-figure=");
}

/** What each figure computes, beside it. */
const laws: Readonly<Record<FigureName, string>> = {
  convolution: "$$y_{o,r,s} = \\sum_{c,i,j} w_{o,c,i,j}\\; x_{c,\\; rS + iD - P,\\; sS + jD - P}$$",
  fusion: "$$W_3 * x + W_1 * x + x = (W_3 + \\tilde W_1 + \\tilde I) * x$$",
};

/**
 * The figure that a cell asks for, in its first state: readable and printable as it is, brought to life by
 * figures.js.
 * @throws {Error} if the cell is not as figures are marked, or the figure or one of its settings is unknown
 */
export function FigureCell(props: {
  readonly source: string;
  readonly anchor: string;
  readonly language: Language;
  readonly markdown: MarkdownRenderer;
}): VNode {
  const { source, anchor, language, markdown } = props;
  const [, name, settings = "{}"] = mark.exec(source) ?? [];
  const known = figureNames.find((one) => one === name);
  if (known === undefined) {
    throw new Error(
      `${anchor}: a figure is <div data-figure="${figureNames.join(" or ")}">, with text in it`,
    );
  }
  const words = language.tag === "zh-CN" ? chineseFigureWords : englishFigureWords;
  const given = JSON.parse(settings) as Readonly<Record<string, unknown>>;
  return (
    <figure id={anchor} class={`interactive ${known}`}>
      <figcaption>{words[known].name}</figcaption>
      <div dangerouslySetInnerHTML={{ __html: markdown(laws[known], known).html }} />
      <div data-figure={known} data-settings={settings}>
        <InteractiveFigure name={known} settings={given} words={words} />
      </div>
    </figure>
  );
}
