import { createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

/** Code to highlighted HTML, in light and dark at once (CSS chooses). */
export type Highlighter = (code: string, language: string) => string;

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
  return (code, language) => {
    const lang = aliases[language] ?? language;
    return core.codeToHtml(code.replace(/\n$/, ""), {
      lang: known.has(lang) ? lang : "text",
      themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
      defaultColor: false,
    });
  };
}
