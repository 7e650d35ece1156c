import { stripVTControlCharacters } from "node:util";
import type { MimeBundle, Output } from "@convfuse/kernel";
import type { VNode } from "preact";
import type { Language } from "../languages.js";

export const plotlyMime = "application/vnd.plotly.v1+json";

/** One output of a code cell. The richest form that a page can show wins. */
export function OutputView({
  output,
  language,
}: {
  readonly output: Output;
  readonly language: Language;
}): VNode | null {
  switch (output.output_type) {
    case "stream":
      return <pre class={`output ${output.name}`}>{stripVTControlCharacters(output.text)}</pre>;
    case "error":
      return <pre class="output error">{stripVTControlCharacters(output.traceback.join("\n"))}</pre>;
    case "display_data":
    case "execute_result":
      return <BundleView data={output.data} language={language} />;
  }
}

function BundleView({
  data,
  language,
}: {
  readonly data: MimeBundle;
  readonly language: Language;
}): VNode | null {
  const plain = text(data["text/plain"]);
  const summary = data[plotlyMime] === undefined ? plain : language.figureWords(plain);
  if (data[plotlyMime] !== undefined) {
    return (
      <figure
        class="output figure"
        data-play={language.play}
        data-pause={language.pause}
        data-step={language.step}
      >
        <div class="plot" role="img" aria-label={summary}>
          <noscript>
            {language.needsScript} {summary}
          </noscript>
        </div>
        <script
          type="application/json"
          // The only character that could end the script early is "<".
          dangerouslySetInnerHTML={{
            __html: figureJson(data[plotlyMime], language).replaceAll("<", "\\u003c"),
          }}
        />
        <figcaption>{summary}</figcaption>
      </figure>
    );
  }
  for (const mime of ["image/svg+xml", "image/png", "image/jpeg", "image/gif"]) {
    const image = data[mime];
    if (image === undefined) continue;
    const base64 = mime === "image/svg+xml" ? Buffer.from(text(image)).toString("base64") : text(image);
    return <img class="output" src={`data:${mime};base64,${base64.replaceAll("\n", "")}`} alt={summary} />;
  }
  if (data["text/html"] !== undefined) {
    return <div class="output html scroll" dangerouslySetInnerHTML={{ __html: text(data["text/html"]) }} />;
  }
  return summary === "" ? null : <pre class="output result">{stripVTControlCharacters(summary)}</pre>;
}

/** Where a figure holds words that are shown. */
const shownWords = new Set(["text", "name", "x", "y", "ticktext", "categoryarray"]);

/** A figure as JSON, its words in the page's language. */
export function figureJson(figure: unknown, language: Language): string {
  const worded = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return shownWords.has(key) ? language.figureWords(value) : value;
    if (Array.isArray(value)) return value.map((entry) => worded(entry, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, worded(inner, name)]));
  };
  return JSON.stringify(worded(figure, ""));
}

/** The text that a MIME type holds; nothing where it holds something else. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
