import { tex } from "@mdit/plugin-tex";
import { renderToString } from "katex";
import MarkdownIt from "markdown-it";
import type { Highlighter } from "./highlight.js";

/** Markdown, as a notebook's cells hold it, to HTML. */
export type MarkdownRenderer = (markdown: string) => string;

/**
 * A renderer for CommonMark with tables, TeX between dollar signs, highlighted fences and raw HTML (the notebooks are ours, and their
 * folded solutions are `<details>`). Links to other notebooks lead to their pages. TeX that is wrong throws.
 */
export function markdownRenderer(highlight: Highlighter): MarkdownRenderer {
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
  const links = markdown.renderer.rules.link_open;
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const href = token?.attrGet("href");
    if (token && href && !/^[a-z]+:/i.test(href))
      token.attrSet("href", href.replace(/\.ipynb(?=$|#)/, ".html"));
    return links ? links(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
  };
  // A wide table scrolls by itself, so that the page does not on a phone.
  markdown.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
  markdown.renderer.rules.table_close = () => "</table></div>\n";
  return (source) => markdown.render(source);
}
