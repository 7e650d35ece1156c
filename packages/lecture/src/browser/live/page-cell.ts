import { filled } from "../../filled.js";
import type { LiveWords } from "../../site/live-words.js";
import type { Assistance } from "./assistance.js";
import type { CellOutputs } from "./cell-outputs.js";
import { Editor } from "./editor.js";
import { plainText } from "./plain-text.js";
import type { ErrorPlace } from "./positions.js";

/** `data-state` of a cell. A cell that waits for others is running, one that was stopped has failed. */
export type CellState = "idle" | "running" | "done" | "failed";

export interface PageCellOptions {
  readonly words: LiveWords;
  readonly outputs: CellOutputs;
  readonly assistance: Assistance;
  readonly onEdit: () => void;
  readonly onRun: (cell: PageCell) => void;
  /** Says something to the reader. */
  readonly say: (sentence: string, values: Readonly<Record<string, string | number>>) => void;
}

/**
 * A code cell of the page: its source, which becomes an editor when it is used, its state and its outputs.
 */
export class PageCell {
  /** Among all cells of the notebook. */
  readonly index: number;
  /** As readers count. */
  readonly number: number;
  readonly outputs: CellOutputs;
  readonly #element: HTMLElement;
  readonly #options: PageCellOptions;
  /** The source that the cell is reset to. */
  #original: string;
  #plain: HTMLElement;
  #editor: Editor | undefined;
  /** The run whose outputs stand there; undefined where it is not of this session. */
  executionCount: number | undefined;

  constructor(element: HTMLElement, options: PageCellOptions) {
    this.#element = element;
    this.#options = options;
    this.index = Number(element.dataset.cell);
    this.number = Number(element.dataset.number);
    this.outputs = options.outputs;
    this.#plain = element.querySelector<HTMLElement>(".source > pre") as HTMLElement;
    this.#original = this.#plain.dataset.original ?? plainText(this.#plain);
    this.#markChanged();
  }

  get element(): HTMLElement {
    return this.#element;
  }

  get state(): CellState {
    return this.#element.dataset.state as CellState;
  }

  set state(state: CellState) {
    this.#element.dataset.state = state;
    const stop = this.#element.querySelector('[data-do="stop"]');
    if (state === "running") stop?.removeAttribute("aria-disabled");
    else stop?.setAttribute("aria-disabled", "true");
  }

  get source(): string {
    return this.#editor?.text ?? plainText(this.#plain);
  }

  /** The source that the cell is reset to. */
  get original(): string {
    return this.#original;
  }

  /** Shows another source, which counts as the reader's change. */
  set source(source: string) {
    if (this.#editor) this.#editor.text = source;
    else {
      this.#plain.textContent = source;
      this.#markChanged();
    }
  }

  get isChanged(): boolean {
    return this.source !== this.#original;
  }

  /** Takes the source as it is for the one that the cell is reset to. */
  adopt(): void {
    this.#original = this.source;
    this.#markChanged();
  }

  /** Source and outputs as they were built. */
  reset(): void {
    if (this.isChanged) this.source = this.#original;
    this.#editor?.markErrors([]);
    this.outputs.restore();
    this.state = "idle";
    this.count(undefined);
  }

  /** The number that errors call the run by. */
  count(executionCount: number | undefined): void {
    this.executionCount = executionCount;
    const shown = this.#element.querySelector(".count");
    if (shown) shown.textContent = executionCount === undefined ? "" : `In [${executionCount}]`;
  }

  markErrors(places: readonly ErrorPlace[]): void {
    if (places.length > 0) this.edit();
    this.#editor?.markErrors(places);
  }

  /** Has the source checked again, where it is an editor. */
  recheck(): void {
    this.#editor?.recheck();
  }

  /** Goes to the next error in the source. */
  showNextError(): void {
    this.#editor?.showNextError();
  }

  /** Makes the source an editor, with the cursor where it was. */
  edit(): void {
    if (this.#editor) return;
    const { words, say } = this.#options;
    const { number } = this;
    this.#editor = new Editor({
      plain: this.#plain,
      label: filled(words.code, { cell: number }),
      phrases: words.editor,
      onErrors: (count) => this.#countErrors(count),
      onTypedErrors: (count) => say(count === 0 ? words.noErrors : words.errors, { cell: number, count }),
      onErrorShown: (line, message) => say(words.errorShown, { line, message }),
      assistance: this.#options.assistance,
      onChange: () => this.#markChanged(),
      onEdit: this.#options.onEdit,
      onRun: () => this.#options.onRun(this),
    });
    // What was typed while the editor was on its way.
    this.#markChanged();
  }

  focus(): void {
    this.edit();
    this.#editor?.focus();
  }

  #countErrors(count: number): void {
    const button = this.#element.querySelector<HTMLElement>('[data-do="nextError"]');
    if (!button) return;
    button.hidden = count === 0;
    button.textContent = filled(this.#options.words.errorCount, { count });
  }

  #markChanged(): void {
    const { isChanged } = this;
    this.#element.toggleAttribute("data-changed", isChanged);
    const mark = this.#element.querySelector<HTMLElement>(".changed");
    if (mark) mark.hidden = !isChanged;
  }
}
