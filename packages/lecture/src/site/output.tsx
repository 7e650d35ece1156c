import type { MimeBundle, Output } from "@convfuse/kernel";
import type { VNode } from "preact";
import stripControls from "strip-ansi";
import type { Language } from "../languages.js";
import { figureHeight } from "./figure-height.js";
import { HtmlFrame } from "./html-frame.js";

export const plotlyMime = "application/vnd.plotly.v1+json";

/**
 * One output of a code cell, when the site is built and when its cell runs in the page. The richest form that
 * a page can show wins.
 */
export function OutputView({
  output,
  language,
}: {
  readonly output: Output;
  readonly language: Language;
}): VNode | null {
  switch (output.output_type) {
    case "stream":
      return (
        <pre class={`output ${output.name}${hasColumns(output.text) ? " columns" : ""}`}>
          {stripControls(output.text)}
        </pre>
      );
    case "error":
      return <pre class="output error">{stripControls(output.traceback.join("\n"))}</pre>;
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
    return <FigureView figure={data[plotlyMime]} summary={summary} language={language} />;
  }
  for (const mime of ["image/svg+xml", "image/png", "image/jpeg", "image/gif"]) {
    const image = data[mime];
    if (image === undefined) continue;
    const content =
      mime === "image/svg+xml"
        ? `,${encodeURIComponent(text(image))}`
        : `;base64,${text(image).replaceAll("\n", "")}`;
    return <img class="output" src={`data:${mime}${content}`} alt={summary} />;
  }
  if (data["text/html"] !== undefined) {
    return (
      <HtmlFrame
        html={text(data["text/html"])}
        title={summary === "" ? language.live.html : summary.slice(0, 200)}
      />
    );
  }
  return summary === "" ? null : <pre class="output result">{stripControls(summary)}</pre>;
}

/** As far as this into a text it is looked for columns. */
const mostLooked = 10_000;

/**
 * Whether a text is a table, by the gaps in more than one of its lines: on a phone that is moved sideways
 * rather than broken.
 */
function hasColumns(text: string): boolean {
  const gaps = text.slice(0, mostLooked).match(/^.*?\S {2,}\S/gm) ?? [];
  return gaps.length > 1;
}

/** A plot: room for it, its data, and what it shows in words. The page's script draws it. */
function FigureView({
  figure,
  summary,
  language,
}: {
  readonly figure: unknown;
  readonly summary: string;
  readonly language: Language;
}): VNode {
  const { frames } = figure as { readonly frames?: readonly unknown[] };
  return (
    <figure
      class="output figure"
      data-play={language.play}
      data-pause={language.pause}
      data-step={language.step}
    >
      <div class="stage">
        <div class="plot" role="img" aria-label={summary} style={`min-height: ${figureHeight(figure)}`}>
          <noscript>
            {language.needsScript} {summary}
          </noscript>
        </div>
        {frames && <div class="controls" />}
      </div>
      <script
        type="application/json"
        // The only character that could end the script early is "<".
        dangerouslySetInnerHTML={{ __html: figureJson(figure, language).replaceAll("<", "\\u003c") }}
      />
      <figcaption>{summary}</figcaption>
    </figure>
  );
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
