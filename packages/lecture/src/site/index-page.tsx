import type { Language } from "../languages.js";
import type { Lesson } from "../lesson.js";
import { inParts } from "../parts.js";
import { renderPage } from "./page.js";

/** The list of a language's lessons; with a link to the API reference where the site has one. */
export function indexPage(
  lessons: readonly Lesson[],
  language: Language,
  root: string,
  hasApi: boolean,
): string {
  return renderPage({
    title: `${language.siteTitle} · convfuse`,
    description: language.siteIntroduction,
    language,
    root,
    file: "index.html",
    hasPlots: false,
    children: (
      <main>
        <article>
          <h1>{language.siteTitle}</h1>
          <p>{language.siteIntroduction}</p>
          <p>
            <a href="fuse.html">{language.fuse.title}</a> ·{" "}
            <a href="playground.html">{language.live.playgroundTitle}</a>
          </p>
          {hasApi && (
            <p>
              <a href={`${root}api/index.html`}>{language.api}</a>
            </p>
          )}
          {inParts(lessons).map(({ part, lessons: own }) => (
            <section>
              <h2>{language.parts[part]}</h2>
              <ol class="lessons" aria-label={language.parts[part]}>
                {own.map((lesson) => (
                  <li>
                    <a href={`${lesson.name}.html`}>{lesson.title}</a>
                    <p>{lesson.description}</p>
                    {lesson.effort !== "" && <p class="small">{lesson.effort}</p>}
                  </li>
                ))}
              </ol>
            </section>
          ))}
        </article>
      </main>
    ),
  });
}
