import type { Language } from "../languages.js";
import { contentId, renderPage } from "./page.js";

/** The page that fuses a visitor's own network. */
export function fusePage(language: Language, root: string): string {
  const words = language.fuse;
  return renderPage({
    title: `${words.title} · convfuse`,
    description: words.introduction,
    language,
    root,
    file: "fuse.html",
    hasPlots: false,
    scripts: ["fuse-worker.js", "fuse.js"],
    children: (
      <main id="fuse" data-words={JSON.stringify(words)}>
        <article id={contentId}>
          <h1>{words.title}</h1>
          <p>{words.introduction}</p>
          <p class="small">{words.privacy}</p>
          <noscript>
            <p>{words.needsScript}</p>
          </noscript>
          <div class="drop">
            <label class="button">
              {words.choose}
              <input type="file" accept=".onnx,.data,.bin,application/octet-stream" multiple />
            </label>
            <span class="small">{words.drop}</span>
          </div>
          <p role="status" class="status" />
          <progress hidden aria-label={words.title} />
          <div class="result" />
          <p class="small">
            {words.command} <code>npx convfuse fuse model.onnx</code>
          </p>
        </article>
      </main>
    ),
  });
}
