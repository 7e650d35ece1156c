import {
  type Diagnostic,
  forEachDiagnostic,
  linter,
  nextDiagnostic,
  previousDiagnostic,
} from "@codemirror/lint";
import { type EditorState, type Extension, StateEffect, type StateEffectType } from "@codemirror/state";
import type { EditorView, KeyBinding } from "@codemirror/view";
import type { Assistance } from "./assistance.js";
import { fromCodePoints } from "./code-points.js";

/** How long a text has to stand unchanged before it is checked, in milliseconds. */
const stillness = 400;

/**
 * Has an editor's text checked again, though it is as it was: the cells that ran may have given it what it
 * needs.
 */
export const recheck: StateEffectType<null> = StateEffect.define<null>();

/** The check that was asked for last: one goes after the other, so that none stands in another's way. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Marks what the session's checker finds wrong in a text, as soon as it stands unchanged for a while.
 * `isFixed` tells that the marks are those of a run, which stay until the text changes.
 */
export function errorsWhileTyping(assistance: Assistance, isFixed: () => boolean): Extension {
  const check = async (view: EditorView): Promise<readonly Diagnostic[]> => {
    const { doc } = view.state;
    const earlier = last;
    const isOver = async (): Promise<readonly Diagnostic[]> => {
      await earlier;
      // Of a text that has changed meanwhile nobody wants to know.
      if (isFixed() || view.state.doc !== doc) return marked(view.state);
      return (await diagnostics(view, assistance)) ?? marked(view.state);
    };
    const found = isOver();
    last = found.catch(() => {});
    return found;
  };
  return linter(check, {
    delay: stillness,
    needsRefresh: ({ transactions }) =>
      transactions.some(({ effects }) => effects.some((effect) => effect.is(recheck))),
  });
}

/** The number of places that are marked. */
export function errorCount(state: EditorState): number {
  return marked(state).length;
}

/** F8 as in other editors: to the next error, whose words it shows. `tell` also says them. */
export function errorKeys(tell: (view: EditorView) => void): readonly KeyBinding[] {
  const going = (go: (view: EditorView) => boolean) => (view: EditorView) => {
    const hasErrors = errorCount(view.state) > 0;
    // False where the only one is selected already: it is told all the same.
    go(view);
    if (hasErrors) tell(view);
    return hasErrors;
  };
  return [{ key: "F8", run: going(nextDiagnostic), shift: going(previousDiagnostic) }];
}

/** The error that begins where the selection does: the one that was gone to. */
export function selectedError({
  state,
}: EditorView): { readonly line: number; readonly message: string } | undefined {
  const { from } = state.selection.main;
  const found = marked(state).find((diagnostic) => diagnostic.from === from);
  return found && { line: state.doc.lineAt(found.from).number, message: found.message };
}

async function diagnostics(
  { state }: EditorView,
  assistance: Assistance,
): Promise<readonly Diagnostic[] | undefined> {
  const session = await assistance.session();
  if (session === undefined) return undefined;
  const code = state.doc.toString();
  const found = await session.diagnose(code, assistance.pending()).catch(() => undefined);
  return found?.map(({ start, end, code: name, message }) => {
    const from = fromCodePoints(code, start);
    return {
      ...visible(code, from, fromCodePoints(code, end)),
      severity: "error",
      message: `${name}: ${message}`,
    };
  });
}

/** A range to be seen: where something is missing, the character before it is marked. */
function visible(code: string, from: number, to: number): { readonly from: number; readonly to: number } {
  if (to > from) return { from, to };
  return from === 0 ? { from, to: Math.min(1, code.length) } : { from: from - 1, to: from };
}

function marked(state: EditorState): readonly Diagnostic[] {
  const all: Diagnostic[] = [];
  forEachDiagnostic(state, (diagnostic, from, to) => all.push({ ...diagnostic, from, to }));
  return all;
}
