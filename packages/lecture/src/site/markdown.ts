import { tex } from "@mdit/plugin-tex";
import { renderToString } from "katex";
import MarkdownIt from "markdown-it";
import type { Highlighter } from "./highlight.js";

/** A heading of a page. */
export interface Heading {
  readonly id: string;
  /** 1 for the page's title. */
  readonly level: number;
  readonly text: string;
}

/** A cell's Markdown as HTML, and the headings in it. */
export interface Prose {
  readonly html: string;
  readonly headings: readonly Heading[];
}

/**
 * Markdown, as a notebook's cell holds it, to HTML. Headings get ids from the cell's, which is the same in
 * every language.
 */
export type MarkdownRenderer = (markdown: string, cell: string) => Prose;

/** What is collected while a cell is rendered. */
interface Rendering {
  readonly cell: string;
  readonly headings: Heading[];
}

/**
 * A renderer for CommonMark with tables, TeX between dollar signs, highlighted fences and raw HTML (the
 * notebooks are ours, and their folded solutions are `<details>`). Links to other notebooks lead to their
 * pages. TeX that is wrong throws.
 *
 * @param linkTo what the link beside a heading is called
 */
export function markdownRenderer(
  highlight: Highlighter,
  linkTo: (heading: string) => string,
): MarkdownRenderer {
  const markdown = new MarkdownIt({
    html: true,
    linkify: false,
    typographer: false,
    highlight: (code, language) => highlight(code, language),
  });
  markdown.use(tex, {
    render: (content, displayMode) => {
      const html = renderToString(content, { displayMode, strict: "error" });
      return displayMode ? `<p>${html}</p>\n` : html;
    },
  });
  markdown.core.ruler.push("joined-formulas", ({ tokens }) => joinFormulas(tokens));
  const { rules } = markdown.renderer;
  const formula = rules.math_inline as NonNullable<typeof rules.math_inline>;
  rules.math_inline = (tokens, index, ...others) => {
    const html = formula(tokens, index, ...others);
    const beside = tokens[index]?.meta as Beside | null | undefined;
    if (!beside) return html;
    const { escapeHtml } = markdown.utils;
    return `<span class="together">${escapeHtml(beside.left)}${html}${escapeHtml(beside.right)}</span>`;
  };
  rules.text = (tokens, index) => markdown.utils.escapeHtml(withoutBreaks(tokens[index]?.content ?? ""));
  const links = rules.link_open;
  rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const href = token?.attrGet("href");
    if (token && href && !/^[a-z]+:/i.test(href))
      token.attrSet("href", href.replace(/\.ipynb(?=$|#)/, ".html"));
    return links ? links(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
  };
  rules.heading_open = (tokens, index, _options, { cell, headings }: Rendering) => {
    const { tag } = tokens[index] as { readonly tag: string };
    const text = (tokens[index + 1]?.children ?? []).map(({ content }) => content).join("");
    const id = headings.length === 0 ? cell : `${cell}-${headings.length + 1}`;
    headings.push({ id, level: Number(tag.slice(1)), text });
    return `<${tag} id="${markdown.utils.escapeHtml(id)}">`;
  };
  rules.heading_close = (tokens, index, _options, { headings }: Rendering) => {
    const { tag } = tokens[index] as { readonly tag: string };
    const { id, level, text } = headings.at(-1) as Heading;
    const { escapeHtml } = markdown.utils;
    // A page's title needs no link: the page's address leads to it.
    const link =
      level === 1
        ? ""
        : ` <a class="anchor" href="#${escapeHtml(id)}" aria-label="${escapeHtml(linkTo(text))}">#</a>`;
    return `${link}</${tag}>\n`;
  };
  // A wide table scrolls by itself, so that the page does not on a phone.
  rules.table_open = () => '<div class="scroll"><table>\n';
  rules.table_close = () => "</table></div>\n";
  // The corner of a table names no column, so it is not a heading of one.
  const cellTag = (
    tokens: readonly { readonly tag: string; readonly content: string }[],
    index: number,
  ): string => (tokens[index]?.content === "" ? "td" : "th");
  rules.th_open = (tokens, index, options, _env, self) => {
    const token = tokens[index] as { tag: string };
    token.tag = cellTag(tokens, index + 1);
    return self.renderToken(tokens, index, options);
  };
  rules.th_close = (tokens, index, options, _env, self) => {
    const token = tokens[index] as { tag: string };
    token.tag = cellTag(tokens, index - 1);
    return self.renderToken(tokens, index, options);
  };
  return (source, cell) => {
    const rendering: Rendering = { cell, headings: [] };
    return { html: markdown.render(source, rendering), headings: rendering.headings };
  };
}

/**
 * A size (3 × 3), a long number (37 120) and a share (20 %) stay on one line: their spaces are such as no
 * line ends at.
 */
function withoutBreaks(text: string): string {
  return text
    .replaceAll(/(?<=[\dk]) × (?=[\dk])/g, "\u00a0×\u00a0")
    .replaceAll(/(?<=\d) (?=\d{3}(?!\d)|%)/g, "\u00a0");
}

/** The punctuation that belongs to a formula, taken from the text around it. */
interface Beside {
  readonly left: string;
  readonly right: string;
}

/** As many letters of a formula fit in a line of a phone with what stands beside them. */
const shortFormula = 24;

/**
 * A line may begin right after a formula, even with a comma, and end right before one, even with a bracket:
 * CSS takes its boxes for pictures. So what stands beside a short formula becomes a part of it, and the whole
 * is not broken.
 */
function joinFormulas(
  tokens: readonly {
    readonly children: readonly { readonly type: string; content: string; meta: unknown }[] | null;
  }[],
): void {
  for (const { children } of tokens) {
    for (const [index, formula] of (children ?? []).entries()) {
      if (formula.type !== "math_inline" || lettersOf(formula.content) > shortFormula) continue;
      const [before, after] = [children?.[index - 1], children?.[index + 1]];
      const left = before?.type === "text" ? (/[\p{Ps}\p{Pi}]+$/u.exec(before.content)?.[0] ?? "") : "";
      const right =
        after?.type === "text"
          ? (/^[\p{Pe}\p{Pf}.,;:!?%，。；：！？、％]+/u.exec(after.content)?.[0] ?? "")
          : "";
      if (left === "" && right === "") continue;
      if (before) before.content = before.content.slice(0, before.content.length - left.length);
      if (after) after.content = after.content.slice(right.length);
      formula.meta = { left, right } satisfies Beside;
    }
  }
}

/** About how many letters of TeX are seen: a command is one of them. */
function lettersOf(tex: string): number {
  return tex.replaceAll(/\\(?:[A-Za-z]+|.)/g, "x").replaceAll(/[\s{}^_]/g, "").length;
}
