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
  const summary = text(data["text/plain"]);
  if (data[plotlyMime] !== undefined) {
    return (
      <figure class="output figure">
        <div class="plot" role="img" aria-label={summary}>
          <noscript>
            {language.needsScript} {summary}
          </noscript>
        </div>
        <script
          type="application/json"
          // The only character that could end the script early is "<".
          dangerouslySetInnerHTML={{ __html: JSON.stringify(data[plotlyMime]).replaceAll("<", "\\u003c") }}
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

/** The text that a MIME type holds; nothing where it holds something else. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
