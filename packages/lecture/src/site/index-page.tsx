import type { ComponentChildren, VNode } from "preact";
import type { Language } from "../languages.js";
import type { Lesson } from "../lesson.js";
import { inParts } from "../parts.js";
import { bibtex, type Citation } from "./citation.js";
import { contentId, renderPage } from "./page.js";
import { Picture } from "./picture.js";
import type { IndexWords } from "./site-words.js";

/** What the index shows besides the lessons. */
export interface IndexParts {
  readonly citation: Citation;
  /** Whether the site has the API reference. */
  readonly hasApi: boolean;
  /** Whether it has the lessons in JupyterLite. */
  readonly hasLite: boolean;
}

/**
 * The site's front: what this is about in a picture, the path through a language's lessons, and how to use
 * and cite it.
 */
export function indexPage(
  lessons: readonly Lesson[],
  language: Language,
  root: string,
  parts: IndexParts,
): string {
  const words = language.site.index;
  return renderPage({
    title: `${language.siteTitle} · convfuse`,
    description: language.siteIntroduction,
    language,
    root,
    file: "index.html",
    hasPlots: false,
    children: (
      <main id={contentId} class="front">
        <div class="opening">
          <div>
            <h1>{language.siteTitle}</h1>
            <p class="lead">{language.siteIntroduction}</p>
            <p class="actions">
              {lessons[0] && (
                <a class="button strong" href={`${lessons[0].name}.html`}>
                  {words.begin}
                </a>
              )}
              <a class="button" href="fuse.html">
                {language.fuse.title}
              </a>
              <a class="button" href="playground.html">
                {language.live.playgroundTitle}
              </a>
            </p>
          </div>
          <Picture words={words.picture} pause={words.pause} />
        </div>
        <Path lessons={lessons} language={language} />
        <section class="use" id="use">
          <h2>{words.use}</h2>
          <div class="columns">
            <div>
              <p>{words.useIntroduction}</p>
              <pre>{"npm run lecture\nnpm run --silent convfuse -- fuse model.onnx"}</pre>
              <h3>{words.notebooks}</h3>
              <p>
                {words.notebooksHow[0]} <code>npm run lab</code> {words.notebooksHow[1]}
              </p>
              {parts.hasLite && (
                <p>
                  <a href={`${root}lite/lab/index.html`}>{words.lite}</a> {words.liteHow}
                </p>
              )}
              <p class="small">{words.source}</p>
            </div>
            <div>
              <h3>{words.packagesCaption}</h3>
              <Packages words={words} api={parts.hasApi ? `${root}api/` : undefined} />
              {parts.hasApi && (
                <p>
                  <a href={`${root}api/index.html`}>{language.api}</a>
                </p>
              )}
            </div>
          </div>
        </section>
        <section class="cite" id="cite">
          <h2>{words.cite}</h2>
          <p>{words.citeIntroduction}</p>
          <pre>{bibtex(parts.citation)}</pre>
        </section>
      </main>
    ),
  });
}

function Path({
  lessons,
  language,
}: {
  readonly lessons: readonly Lesson[];
  readonly language: Language;
}): VNode {
  const words = language.site.index;
  const numbers = new Map(lessons.map((lesson) => [lesson.name, numberOf(lesson)]));
  return (
    <section class="path" id="path">
      <h2>{words.path}</h2>
      <p class="lead">{words.pathIntroduction}</p>
      {inParts(lessons).map(({ part, lessons: own }) => {
        const minutes = own.reduce((sum, lesson) => sum + lesson.minutes, 0);
        return (
          <section class="part">
            <header>
              <h3 id={part}>{language.parts[part]}</h3>
              {minutes > 0 && <p class="small">{words.lessons(own.length, minutes)}</p>}
            </header>
            <ol class="lessons" aria-labelledby={part}>
              {own.map((lesson) => (
                <LessonCard lesson={lesson} numbers={numbers} words={words} />
              ))}
            </ol>
          </section>
        );
      })}
    </section>
  );
}

function LessonCard({
  lesson,
  numbers,
  words,
}: {
  readonly lesson: Lesson;
  readonly numbers: ReadonlyMap<string, string>;
  readonly words: IndexWords;
}): VNode {
  const before = lesson.after.map((name) => numbers.get(name) ?? "").filter((number) => number !== "");
  const facts: ComponentChildren[] = [];
  if (lesson.minutes > 0) facts.push(words.minutes(lesson.minutes));
  if (before.length > 0) facts.push(words.after(before));
  return (
    <li>
      <a href={`${lesson.name}.html`}>{lesson.title}</a>
      {facts.length > 0 && <p class="facts">{facts.join(" · ")}</p>}
      <p>{lesson.description}</p>
    </li>
  );
}

/** What can be installed; each library leads to its part of the API reference, where that is. */
function Packages({ words, api }: { readonly words: IndexWords; readonly api: string | undefined }): VNode {
  return (
    <dl>
      {Object.entries(words.packages).map(([name, does]) => (
        <>
          <dt>
            {api !== undefined && name.startsWith("@") ? (
              <a href={`${api}modules/${name.replaceAll(/\W/g, "_")}.html`}>
                <code>{name}</code>
              </a>
            ) : (
              <code>{name}</code>
            )}
          </dt>
          <dd>{does}</dd>
        </>
      ))}
    </dl>
  );
}

/** A lesson's number, as its title begins with it; "" where it has none. */
function numberOf(lesson: Lesson): string {
  return /^\d+/.exec(lesson.title)?.[0] ?? "";
}
