import type { CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import type { HoverTooltipSource } from "@codemirror/view";
import type { Session } from "@convfuse/kernel";
import { fromCodePoints, toCodePoints } from "./code-points.js";

/** Who knows what code means. */
export interface Assistance {
  /** The session, which is waited for while it starts; undefined where there is none. */
  session(): Promise<Session | undefined>;
  /** The sources of the cells above that have not run: what they declare is to come. */
  pending(): readonly string[];
}

/** What the session's checker would put at the cursor. */
export function completionSource(assistance: Assistance): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const typed = context.matchBefore(/[\w$]+|\.[\w$]*/);
    if (typed === null && !context.explicit) return null;
    const code = context.state.doc.toString();
    const session = await assistance.session();
    if (session === undefined || context.aborted) return null;
    // One whose cells have broken it has no answer.
    const reply = await session.complete(code, toCodePoints(code, context.pos)).catch(() => undefined);
    if (context.aborted || reply === undefined || reply.matches.length === 0) return null;
    const from = fromCodePoints(code, reply.cursorStart);
    const isWord = /^[\w$]*$/.test(code.slice(from, context.pos));
    return {
      from,
      to: fromCodePoints(code, reply.cursorEnd),
      options: reply.matches.map((label, i) => ({ label, boost: -i / reply.matches.length })),
      // What is more than the word at the cursor is not to be compared with it.
      filter: isWord,
      ...(isWord && { validFor: /^[\w$]*$/ }),
    };
  };
}

/** What the session's checker knows of the name under the pointer. */
export function hoverSource(assistance: Assistance): HoverTooltipSource {
  return async (view, position) => {
    const word = view.state.wordAt(position);
    const session = word && (await assistance.session());
    if (!session) return null;
    const code = view.state.doc.toString();
    const reply = await session.inspect(code, toCodePoints(code, position), 0).catch(() => undefined);
    const text = reply?.data["text/plain"];
    if (!reply?.found || typeof text !== "string") return null;
    return {
      pos: word.from,
      end: word.to,
      above: true,
      create: () => {
        const dom = document.createElement("pre");
        dom.className = "live-hover";
        dom.textContent = text.slice(0, 4000);
        return { dom };
      },
    };
  };
}
