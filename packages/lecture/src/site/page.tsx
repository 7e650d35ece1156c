import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { type Language, languages } from "../languages.js";

/** What stands in the frame of every page. */
export interface PageProps {
  readonly title: string;
  readonly description: string;
  readonly language: Language;
  /** From the page's folder to the site's: "" or "../". */
  readonly root: string;
  /** The page's own file name, the same in every language. */
  readonly file: string;
  readonly hasPlots: boolean;
  /** Further scripts of the page, in assets/. Default: none. */
  readonly scripts?: readonly string[];
  /** Further style sheets of the page, in assets/. Default: none. */
  readonly styles?: readonly string[];
  readonly children: ComponentChildren;
}

/** The id of what the first link of each page leads to. */
export const contentId = "content";

/** A whole HTML document. */
export function renderPage(props: PageProps): string {
  return `<!doctype html>\n${renderToString(<Page {...props} />)}\n`;
}

/** The folder of a language's pages, seen from the site's root. */
export function languageFolder(language: Language): string {
  return language.tag === "en" ? "" : `${language.tag}/`;
}

/** In this order: what stands later may overrule what stands before. */
const frameStyles = ["site.css", "layout.css", "front.css", "search.css", "print.css"];

function Page({
  title,
  description,
  language,
  root,
  file,
  hasPlots,
  scripts = [],
  styles = [],
  children,
}: PageProps): VNode {
  const isLive = scripts.includes("live-start.js");
  const words = language.site;
  return (
    <html lang={language.tag} data-session={isLive ? "none" : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content={description} />
        <title>{title}</title>
        <link rel="icon" href={`${root}assets/icon.svg`} />
        <link rel="stylesheet" href={`${root}assets/fonts.css`} />
        {!language.tag.startsWith("zh") && <link rel="stylesheet" href={`${root}assets/serif.css`} />}
        <link rel="stylesheet" href={`${root}assets/katex.min.css`} />
        {[...frameStyles, ...styles].map((sheet) => (
          <link rel="stylesheet" href={`${root}assets/${sheet}`} />
        ))}
        {languages
          .filter((other) => other !== language)
          .map((other) => (
            <link rel="alternate" hreflang={other.tag} href={`${root}${languageFolder(other)}${file}`} />
          ))}
        {hasPlots && <script defer src={`${root}assets/plotly.min.js`} />}
        <script defer src={`${root}assets/site.js`} />
        <script defer src={`${root}assets/search.js`} />
        {scripts.map((script) => (
          <script defer src={`${root}assets/${script}`} />
        ))}
      </head>
      <body>
        <a class="skip" href={`#${contentId}`}>
          {words.skip}
        </a>
        <header class="bar">
          <a class="home" href={`${root}${languageFolder(language)}index.html`}>
            <img src={`${root}assets/icon.svg`} alt="" width="24" height="24" />
            convfuse
          </a>
          <button
            type="button"
            class="search"
            data-index={`${root}assets/search-${language.tag}.js`}
            data-words={JSON.stringify(words.search)}
          >
            {words.search.open}
            <kbd>/</kbd>
          </button>
          <nav aria-label={words.languages}>
            {languages.map((other) =>
              other === language ? (
                <span aria-current="true">{other.name}</span>
              ) : (
                <a href={`${root}${languageFolder(other)}${file}`} lang={other.tag} hreflang={other.tag}>
                  {other.name}
                </a>
              ),
            )}
          </nav>
        </header>
        {children}
      </body>
    </html>
  );
}
