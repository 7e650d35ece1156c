import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { nextDiagnostic, setDiagnostics, setDiagnosticsEffect } from "@codemirror/lint";
import { Compartment, EditorState, Prec, Transaction } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { type Assistance, completionSource, hoverSource } from "./assistance.js";
import { editorTheme } from "./editor-theme.js";
import { errorCount, errorKeys, errorsWhileTyping, recheck, selectedError } from "./errors-while-typing.js";
import { plainText } from "./plain-text.js";
import type { ErrorPlace } from "./positions.js";

export interface EditorOptions {
  /** The element whose text the editor takes over; it stands in its place. */
  readonly plain: HTMLElement;
  readonly label: string;
  readonly assistance: Assistance;
  readonly onChange: () => void;
  /** As `onChange`, where the reader changed it. */
  readonly onEdit: () => void;
  readonly onRun: () => void;
  /** Told how many errors are marked, whenever that changes. */
  readonly onErrors: (count: number) => void;
  /** Told how many the checker has found in what the reader wrote, where it is another number than before. */
  readonly onTypedErrors: (count: number) => void;
  /** Told the error that the reader went to. */
  readonly onErrorShown: (line: number, message: string) => void;
  /** CodeMirror's own words in the page's language. */
  readonly phrases: Readonly<Record<string, string>>;
}

const narrow = matchMedia("(max-width: 600px)");

/** The editor of a cell. */
export class Editor {
  readonly #view: EditorView;
  readonly #options: EditorOptions;
  /** Whether the marks are those of a run, which stay until the text changes. */
  #isMarkedByRun = false;
  /** Whether the reader has written since the checker answered. */
  #isTyped = false;
  #errors = 0;
  #told = 0;

  constructor(options: EditorOptions) {
    this.#options = options;
    const { plain, label, assistance, onChange, onEdit, onRun, phrases } = options;
    const run = (view: EditorView): boolean => {
      closeCompletion(view);
      onRun();
      return true;
    };
    const hadFocus = plain === document.activeElement;
    const selection = hadFocus ? selectionIn(plain) : undefined;
    const wrapping = new Compartment();
    const wrapped = () => (narrow.matches ? EditorView.lineWrapping : []);
    this.#view = new EditorView({
      state: EditorState.create({
        doc: plainText(plain),
        ...(selection && { selection }),
        extensions: [
          Prec.highest(
            keymap.of([
              { key: "Shift-Enter", run },
              { key: "Mod-Enter", run },
              // Only while completions are offered; elsewhere it leads on through the page.
              { key: "Tab", run: acceptCompletion },
            ]),
          ),
          history(),
          javascript({ typescript: true }),
          syntaxHighlighting(classHighlighter),
          bracketMatching(),
          indentOnInput(),
          autocompletion({ override: [completionSource(assistance)], icons: false }),
          hoverTooltip(hoverSource(assistance)),
          errorsWhileTyping(assistance, () => this.#isMarkedByRun),
          keymap.of(errorKeys(() => this.#tellError())),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          wrapping.of(wrapped()),
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.phrases.of(phrases),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              this.#isMarkedByRun = false;
              onChange();
              if (update.transactions.some((each) => each.annotation(Transaction.userEvent))) {
                this.#isTyped = true;
                onEdit();
              }
            }
            const effects = update.transactions.flatMap((each) => each.effects);
            this.#countErrors(effects.some((effect) => effect.is(setDiagnosticsEffect)));
          }),
          editorTheme,
        ],
      }),
    });
    narrow.addEventListener("change", () =>
      this.#view.dispatch({ effects: wrapping.reconfigure(wrapped()) }),
    );
    plain.replaceWith(this.#view.dom);
    if (hadFocus) this.#view.focus();
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Can be undone, as what is typed. */
  set text(text: string) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Has the text checked again, as if it had changed. */
  recheck(): void {
    this.#view.dispatch({ effects: recheck.of(null) });
  }

  /** Goes to the next error, and shows and tells what it is. */
  showNextError(): void {
    this.#view.focus();
    nextDiagnostic(this.#view);
    this.#tellError();
  }

  /** Marks these places, where a run failed, until the text changes; without any, none is marked. */
  markErrors(places: readonly ErrorPlace[]): void {
    this.#isTyped = false;
    this.#isMarkedByRun = places.length > 0;
    const { doc } = this.#view.state;
    const diagnostics = places
      .filter(({ line }) => line <= doc.lines)
      .map(({ line, column, message }) => {
        const { from: start, to: end } = doc.line(line);
        const from = Math.min(start + column - 1, end);
        const word = /^[\w$]+|^./.exec(doc.sliceString(from, end))?.[0] ?? "";
        return { from, to: from + word.length, severity: "error" as const, message };
      });
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  #countErrors(isChecked: boolean): void {
    const { onErrors, onTypedErrors } = this.#options;
    const count = errorCount(this.#view.state);
    if (count !== this.#errors) onErrors(count);
    this.#errors = count;
    // Between two checks, what the reader deletes takes its errors with it: that is no news.
    if (!isChecked) return;
    if (this.#isTyped && count !== this.#told) onTypedErrors(count);
    this.#told = count;
    this.#isTyped = false;
  }

  #tellError(): void {
    const error = selectedError(this.#view);
    if (error) this.#options.onErrorShown(error.line, error.message);
  }
}

/** Where the reader's selection begins and ends inside an element, as offsets in its text. */
function selectionIn(element: HTMLElement): { anchor: number; head: number } | undefined {
  const selection = getSelection();
  if (!selection?.anchorNode || !selection.focusNode || !element.contains(selection.anchorNode))
    return undefined;
  const offset = (node: Node, at: number): number => {
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEnd(node, at);
    return plainText(range.cloneContents()).length;
  };
  const longest = plainText(element).length;
  return {
    anchor: Math.min(offset(selection.anchorNode, selection.anchorOffset), longest),
    head: element.contains(selection.focusNode)
      ? Math.min(offset(selection.focusNode, selection.focusOffset), longest)
      : longest,
  };
}
