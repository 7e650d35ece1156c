import type { Language } from "../languages.js";
import type { Lesson } from "../lesson.js";
import { LiveBar } from "./live-bar.js";
import { emptySource, LiveCell } from "./live-cell.js";
import { liveStart } from "./live-scripts.js";
import { contentId, renderPage } from "./page.js";

/** A notebook with one empty cell; each lesson's first cell, which needs no other, can be put into it. */
export function playgroundPage(lessons: readonly Lesson[], language: Language, root: string): string {
  const words = language.live;
  const snippets = lessons.flatMap(({ title, notebook }) => {
    const first = notebook.cells.find((cell) => cell.cell_type === "code");
    return first === undefined ? [] : [{ title, source: first.source }];
  });
  return renderPage({
    title: `${words.playgroundTitle} · convfuse`,
    description: words.playgroundIntroduction,
    language,
    root,
    file: "playground.html",
    hasPlots: false,
    scripts: liveStart,
    styles: ["live.css"],
    children: (
      <main id={contentId} data-live="playground">
        <article>
          <h1>{words.playgroundTitle}</h1>
          <p>{words.playgroundIntroduction}</p>
          <noscript>
            <p>{words.playgroundNeedsScript}</p>
          </noscript>
          <LiveBar language={language} />
          <LiveCell id="cell-id=0" index={0} number={1} language={language} source={emptySource} />
          <p class="live add-cell">
            <button type="button" data-do="addCell">
              {words.addCell}
            </button>
            <label>
              {words.snippet}
              <select data-snippets="">
                <option value="">{words.choose}</option>
                {snippets.map(({ title, source }) => (
                  <option value={source}>{title}</option>
                ))}
              </select>
            </label>
          </p>
          <p class="live small">{words.playgroundKeys}</p>
        </article>
      </main>
    ),
  });
}
