import { type CodeCell, type Output, OutputCollector, type SessionEvent } from "@convfuse/kernel";
import type { LeftOut } from "@convfuse/kernel/browser";
import { render } from "preact";
import { filled } from "../../filled.js";
import type { Language } from "../../languages.js";
import { OutputView } from "../../site/output.js";
import { inTurn } from "./in-turn.js";
import { LimitedEvents } from "./limited-events.js";
import { loadScript } from "./load-script.js";

/** Longest wait before what arrived is shown, in milliseconds. */
const longestWait = 40;

/** How long a run that shows nothing leaves in its place what stood there, in milliseconds. */
const longestLeftover = 400;

/** An output that is in the page, and what it showed when it was last rendered. */
interface Shown {
  readonly output: Output;
  readonly box: HTMLElement;
  content: unknown;
}

/**
 * The outputs of the page's cells: those of a run take the place of those that were built, in the same looks.
 */
export class PageOutputs {
  readonly #language: Language;
  readonly #assets: string;
  /** By run. */
  readonly #owners = new Map<string, CellOutputs>();
  readonly #collector = new OutputCollector((parent) => this.#owners.get(parent)?.model);
  readonly #waiting = new Set<CellOutputs>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(language: Language, assets: string) {
    this.#language = language;
    this.#assets = assets;
  }

  of(element: HTMLElement): CellOutputs {
    return new CellOutputs(element, this.#language, this.#assets);
  }

  /** From here on the events of this run belong to the cell, and those of its earlier runs to nobody. */
  begin(run: string, outputs: CellOutputs): void {
    this.forget(outputs);
    this.#owners.set(run, outputs);
    outputs.begin();
    const { model } = outputs;
    // What an earlier run left is not to be taken for this one's.
    setTimeout(() => {
      if (outputs.model === model) outputs.show();
    }, longestLeftover);
  }

  forget(outputs: CellOutputs): void {
    for (const [run, owner] of this.#owners) if (owner === outputs) this.#owners.delete(run);
  }

  add(event: SessionEvent): void {
    if (!("parent" in event)) return;
    const owner = this.#owners.get(event.parent);
    const shown = owner?.limits.limited(event);
    if (owner === undefined || shown === undefined) {
      if (owner) this.#waiting.add(owner);
    } else {
      this.#collector.add(shown);
      // Whichever cells show what is updated.
      if (event.type === "update_display_data")
        for (const other of this.#owners.values()) this.#waiting.add(other);
      this.#waiting.add(owner);
    }
    this.#timer ??= setTimeout(() => this.flush(), longestWait);
  }

  /** Notes what a run's output had beyond what a page shows. */
  leave({ parent, characters, outputs }: LeftOut): void {
    const owner = this.#owners.get(parent);
    if (!owner) return;
    owner.limits.leave(characters, outputs);
    this.#waiting.add(owner);
    this.#timer ??= setTimeout(() => this.flush(), longestWait);
  }

  /** Shows what has arrived. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const outputs of this.#waiting) outputs.show();
    this.#waiting.clear();
  }
}

/** What stands below one cell. */
export class CellOutputs {
  readonly #element: HTMLElement;
  readonly #language: Language;
  readonly #assets: string;
  readonly #built: readonly Node[];
  #shown: Shown[] | undefined;
  model: CodeCell = emptyModel();
  limits: LimitedEvents;

  constructor(element: HTMLElement, language: Language, assets: string) {
    this.#element = element;
    this.#language = language;
    this.#assets = assets;
    this.#built = [...element.childNodes];
    this.limits = this.#newLimits();
  }

  /** The outputs of the cell's last run in this page; undefined where those that were built stand. */
  get live(): readonly Output[] | undefined {
    return this.#shown === undefined ? undefined : this.model.outputs;
  }

  /** What stands there stays until the run brings something, or ends. */
  begin(): void {
    this.model = emptyModel();
    this.limits = this.#newLimits();
  }

  /** The outputs that the page was built with. */
  restore(): void {
    this.begin();
    if (this.#shown === undefined) return;
    this.#shown = undefined;
    release(this.#element);
    this.#element.replaceChildren(...this.#built);
    this.#draw(this.#element);
  }

  /** Adds what the page itself has to say, as an error. */
  addError(text: string): void {
    this.model.outputs.push({ output_type: "error", ename: "", evalue: text, traceback: [text] });
    this.show();
  }

  /** Adds a text that was asked for, as help on a name. */
  addText(text: string): void {
    this.model.outputs.push({ output_type: "display_data", data: { "text/plain": text }, metadata: {} });
    this.show();
  }

  show(): void {
    const { outputs } = this.model;
    const before = this.#shown ?? [];
    const kept = before.findIndex(({ output }, i) => output !== outputs[i]);
    const shown = kept < 0 ? before : before.slice(0, kept);
    if (this.#shown === undefined) {
      release(this.#element);
      this.#element.replaceChildren();
    }
    for (const { box } of before.slice(shown.length)) {
      release(box);
      box.remove();
    }
    let isNew = this.#shown === undefined || shown.length !== before.length;
    for (const entry of shown) isNew = this.#update(entry) || isNew;
    for (const output of outputs.slice(shown.length)) {
      const box = document.createElement("div");
      box.className = "shown";
      const entry: Shown = { output, box, content: undefined };
      this.#element.append(box);
      this.#update(entry);
      shown.push(entry);
      isNew = true;
    }
    this.#shown = shown;
    this.#noteLeftOut();
    if (isNew) globalThis.convfuseSite?.markScrollers();
  }

  /** Whether there was something to do. */
  #update(entry: Shown): boolean {
    const { output, box } = entry;
    const content = output.output_type === "stream" ? output.text : "data" in output ? output.data : output;
    if (content === entry.content) return false;
    // A figure is drawn into what was rendered, so another one begins anew.
    if (entry.content !== undefined && "data" in output) {
      release(box);
      render(null, box);
    }
    entry.content = content;
    try {
      render(<OutputView output={output} language={this.#language} />, box);
    } catch (error) {
      // A cell can display what is not of the kind that it says it is.
      box.replaceChildren(errorNote(error));
      return true;
    }
    this.#draw(box);
    return true;
  }

  /** Draws the figures inside; where one cannot be drawn, its words stand there. */
  async #draw(box: HTMLElement): Promise<void> {
    const figures = [...box.querySelectorAll("figure.figure")];
    if (figures.length === 0) return;
    try {
      if (globalThis.Plotly === undefined) await loadScript(`${this.#assets}plotly.min.js`);
    } catch {
      return;
    }
    for (const figure of figures) {
      const fail = (error: unknown): void => figure.querySelector(".plot")?.replaceChildren(errorNote(error));
      inTurn(() => {
        try {
          if (figure.isConnected) globalThis.convfuseSite?.draw(figure).catch(fail);
        } catch (error) {
          fail(error);
        }
      });
    }
  }

  #noteLeftOut(): void {
    const { characters, outputs } = this.limits.leftOut;
    const words = this.#language.live;
    let note = this.#element.querySelector(":scope > .left-out");
    if (characters === 0 && outputs === 0) {
      note?.remove();
      return;
    }
    note ??= Object.assign(document.createElement("p"), { className: "left-out small" });
    const count = (value: number): string => value.toLocaleString(this.#language.tag);
    note.textContent = [
      characters > 0 ? filled(words.moreText, { count: count(characters) }) : "",
      outputs > 0 ? filled(words.moreOutputs, { count: count(outputs) }) : "",
    ].join(" ");
    this.#element.append(note);
  }

  #newLimits(): LimitedEvents {
    return new LimitedEvents((count) =>
      filled(this.#language.live.tooLarge, { count: count.toLocaleString(this.#language.tag) }),
    );
  }
}

/** Takes drawings away that are about to leave the page, which would go on listening to its window. */
function release(element: HTMLElement): void {
  for (const plot of element.querySelectorAll(".js-plotly-plot")) globalThis.Plotly?.purge(plot);
}

/** Stands in the place of an output that cannot be shown. */
function errorNote(error: unknown): HTMLElement {
  const note = document.createElement("pre");
  note.className = "output error";
  note.textContent = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return note;
}

function emptyModel(): CodeCell {
  return { cell_type: "code", source: "", metadata: {}, execution_count: null, outputs: [] };
}
