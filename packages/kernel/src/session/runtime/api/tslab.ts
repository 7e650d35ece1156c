import { nodeVersion } from "#host/runtime/versions.js";
import type { Json } from "../../types.js";
import { toJson } from "../json.js";
import { newId } from "../new-id.js";
import { showBundle } from "./jupyter.js";

/** What stock tslab's module "tslab" offers for display, so that its notebooks run unchanged. */
export interface Display {
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  svg(s: string): void;
  png(b: Uint8Array): void;
  jpeg(b: Uint8Array): void;
  gif(b: Uint8Array): void;
  pdf(b: Uint8Array): void;
  text(s: string): void;
  /** Data of any other MIME type: text as it is, bytes as base64. */
  raw(contentType: string, b: string | Uint8Array): void;
}

function createDisplay(id: string | undefined): Display {
  let shown = false;
  const raw = (mime: string, content: string | Uint8Array): void => {
    // Stock tslab passes on whatever it gets; notebooks use that to hand over JSON as an object.
    const data = typeof content === "string" && isJsonType(mime) ? parsed(content) : toJson(content);
    showBundle({ [mime]: data }, id === undefined ? {} : { display_id: id, update: shown });
    shown = true;
  };
  return {
    javascript: (s) => raw("text/javascript", s),
    html: (s) => raw("text/html", s),
    markdown: (s) => raw("text/markdown", s),
    latex: (s) => raw("text/latex", s),
    svg: (s) => raw("image/svg+xml", s),
    png: (b) => raw("image/png", b),
    jpeg: (b) => raw("image/jpeg", b),
    gif: (b) => raw("image/gif", b),
    pdf: (b) => raw("application/pdf", b),
    text: (s) => raw("text/plain", s),
    raw,
  };
}

function isJsonType(mime: string): boolean {
  return /^application\/(json|.*\+json)$/.test(mime);
}

/** A page draws a JSON type from JSON; text that is none goes out as it came. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

export const display: Display = createDisplay(undefined);

/** An output of its own: what is shown through it replaces what it showed before. */
export function newDisplay(): Display {
  return createDisplay(newId());
}

export const versions: { readonly tslab: string; readonly typescript: string; readonly node: string } = {
  tslab: "1.0.22",
  typescript: "6.0.3",
  node: nodeVersion,
};
