import jsTokens, { type Token } from "js-tokens";
import { createHighlighterCore, type DecorationItem } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import type { ApiLinks } from "./api-links.js";

/**
 * Code to highlighted HTML, in light and dark at once (CSS chooses); names that have a page of the API
 * reference lead there.
 */
export type Highlighter = (code: string, language: string, links?: ApiLinks) => string;

const aliases: Readonly<Record<string, string>> = {
  ts: "typescript",
  py: "python",
  sh: "bash",
  js: "typescript",
};

let loaded: Promise<Highlighter> | undefined;

/** Loads, once, the few languages that the lecture quotes; a language it does not know is shown plain. */
export function highlighter(): Promise<Highlighter> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Highlighter> {
  const core = await createHighlighterCore({
    themes: [
      import("shiki/themes/github-light-high-contrast.mjs"),
      import("shiki/themes/github-dark-high-contrast.mjs"),
    ],
    langs: [
      import("shiki/langs/typescript.mjs"),
      import("shiki/langs/python.mjs"),
      import("shiki/langs/bash.mjs"),
      import("shiki/langs/json.mjs"),
    ],
    engine: createJavaScriptRegexEngine(),
  });
  const known = new Set(core.getLoadedLanguages());
  return (code, language, links) => {
    const lang = aliases[language] ?? language;
    const shown = code.replace(/\n$/, "");
    return core.codeToHtml(shown, {
      lang: known.has(lang) ? lang : "text",
      themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
      defaultColor: false,
      ...(links?.size ? { decorations: toLinks(shown, links) } : {}),
    });
  };
}

/**
 * Makes a link of the first place in the code where each name is used: a reader who goes from link to link
 * has enough of one. A property (`x.add`), a key (`{ add: 1 }`), a parameter with its type and the words of
 * texts and comments are other things of the same name.
 */
function toLinks(code: string, links: ApiLinks): DecorationItem[] {
  const tokens = placed(code).filter(({ type }) => !/Comment|WhiteSpace|LineTerminator/.test(type));
  const found = new Map<string, DecorationItem>();
  for (const [i, { type, value, start }] of tokens.entries()) {
    const href = type === "IdentifierName" && !found.has(value) ? links.get(value) : undefined;
    const before = tokens[i - 1]?.value ?? "";
    const isKey = tokens[i + 1]?.value === ":" && /^[{,(]$/.test(before);
    if (href === undefined || isKey || /^\??\.$/.test(before)) continue;
    const properties = { class: "api", href };
    found.set(value, { start, end: start + value.length, tagName: "a", properties, alwaysWrap: true });
  }
  return [...found.values()];
}

/** The code's tokens, each with where it starts. */
function placed(code: string): readonly (Token & { readonly start: number })[] {
  let start = 0;
  return [...jsTokens(code)].map((token) => {
    const own = start;
    start += token.value.length;
    return { ...token, start: own };
  });
}
