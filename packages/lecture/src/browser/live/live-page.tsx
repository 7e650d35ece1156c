import type { Notebook, Session } from "@convfuse/kernel";
import { render } from "preact";
import { filled } from "../../filled.js";
import type { Language } from "../../languages.js";
import { emptySource, LiveCell } from "../../site/live-cell.js";
import { PageOutputs } from "./cell-outputs.js";
import type { Action, LivePage } from "./contract.js";
import {
  decodeLink,
  digest,
  encodeLink,
  LinkError,
  type LinkedCode,
  longestLink,
  mostLinkedCells,
} from "./link.js";
import { loadScript } from "./load-script.js";
import { notebookText, plainNotebook } from "./notebook-file.js";
import { PageCell } from "./page-cell.js";
import { type RunNews, RunQueue } from "./run-queue.js";
import { SessionHost, type SessionState } from "./session-host.js";

/** The page's live part: its cells, its session, and what its buttons do. */
export class Page implements LivePage {
  readonly #main: HTMLElement;
  readonly #language: Language;
  readonly #status: HTMLElement;
  readonly #host: SessionHost;
  readonly #outputs: PageOutputs;
  readonly #queue: RunQueue;
  #cells: PageCell[];
  /** The cells that the page, or its link, came with. */
  #opened: readonly PageCell[];
  /** The address's code that the page shows, so that its own link is not read again. */
  #hash = "";

  constructor(main: HTMLElement, language: Language, assets: string) {
    this.#main = main;
    this.#language = language;
    this.#status = main.querySelector<HTMLElement>(".live-status") as HTMLElement;
    this.#outputs = new PageOutputs(language, assets);
    this.#host = new SessionHost({
      assets,
      onEvent: (event) => this.#outputs.add(event),
      onLeftOut: (leftOut) => this.#outputs.leave(leftOut),
      onState: (state, reason) => this.#onState(state, reason),
    });
    this.#queue = new RunQueue({
      host: this.#host,
      outputs: this.#outputs,
      announce: (news) => this.#announceRun(news),
      endedReason: language.live.ended,
      goneText: (reason) => filled(language.live.gone, { reason }),
    });
    // What no page can run stays as it was built.
    const elements = main.querySelectorAll<HTMLElement>("[data-cell]:not([data-needs])");
    this.#cells = [...elements].map((element) => this.#cell(element));
    this.#opened = [...this.#cells];
    this.#readLink();
    addEventListener("hashchange", () => this.#readLink());
  }

  act(action: Action, element: HTMLElement | undefined): void {
    const cell = this.#cells.find((candidate) => candidate.element === element);
    switch (action) {
      case "run":
        if (cell) this.#run([cell]);
        break;
      case "runAbove":
        if (cell) this.#run(this.#cells.slice(0, this.#cells.indexOf(cell)));
        break;
      case "runAll":
        this.#run(this.#cells);
        break;
      case "stop":
        if (cell) this.#queue.stop(cell);
        break;
      case "nextError":
        cell?.showNextError();
        break;
      case "reset":
        if (cell) this.#reset(cell);
        break;
      case "resetPage":
        this.#resetPage();
        break;
      case "download":
        this.#download();
        break;
      case "copyLink":
        this.#copyLink();
        break;
      case "addCell":
        this.#addCell("").focus();
        this.#say(this.#language.live.wasAdded, { cell: this.#cells.length });
        break;
    }
  }

  edit(element: HTMLElement): void {
    this.#cells.find((cell) => cell.element === element)?.edit();
  }

  insert(source: string): void {
    const last = this.#cells.at(-1);
    const cell = last && last.source.trim() === "" ? last : this.#addCell("");
    cell.source = source;
    cell.focus();
  }

  #run(cells: readonly PageCell[]): void {
    this.#queue.add(cells);
    // Nothing stands above the first cell: no session is on its way, as was said too early.
    if (cells.length === 0) this.#onState(this.#host.state, "");
  }

  #cell(element: HTMLElement): PageCell {
    const cell: PageCell = new PageCell(element, {
      words: this.#language.live,
      outputs: this.#outputs.of(element.querySelector<HTMLElement>("[data-outputs]") as HTMLElement),
      assistance: { session: () => this.#assistant(), pending: () => this.#pendingAbove(cell) },
      onEdit: () => {
        // Whoever writes wants completions; one that died waits for the next Run.
        if (this.#host.state === "none") this.#host.open().catch((error: Error) => this.#sayNotLoaded(error));
      },
      onRun: (self) => this.#queue.add([self]),
      say: (sentence, values) => this.#say(sentence, values),
    });
    return cell;
  }

  /** What the cells above a cell will declare, which have not run. */
  #pendingAbove(cell: PageCell): readonly string[] {
    return this.#cells
      .slice(0, this.#cells.indexOf(cell))
      .filter((other) => !this.#queue.hasRun(other))
      .map(({ source }) => source);
  }

  async #assistant(): Promise<Session | undefined> {
    const state = this.#host.state;
    if (state !== "ready" && state !== "loading") return undefined;
    try {
      return (await this.#host.open()).session;
    } catch {
      return undefined;
    }
  }

  #addCell(source: string): PageCell {
    const last = this.#cells.at(-1);
    const index = (last?.index ?? -1) + 1;
    const box = document.createElement("div");
    const number = this.#cells.length + 1;
    render(
      <LiveCell
        id={`cell-id=${index}`}
        index={index}
        number={number}
        language={this.#language}
        source={emptySource}
      />,
      box,
    );
    const element = box.firstElementChild as HTMLElement;
    if (last) last.element.after(element);
    else this.#main.querySelector("article")?.append(element);
    const cell = this.#cell(element);
    cell.source = source;
    this.#cells.push(cell);
    cell.edit();
    return cell;
  }

  #reset(cell: PageCell): void {
    if (cell.state === "running") this.#queue.stop(cell);
    this.#outputs.forget(cell.outputs);
    cell.reset();
    this.#say(this.#language.live.wasReset, { cell: cell.number });
  }

  /** As it was when it was opened: sources, outputs, no session, no cells beside those that were there. */
  #resetPage(): void {
    this.#queue.clear();
    this.#host.end();
    for (const cell of this.#cells) {
      this.#outputs.forget(cell.outputs);
      cell.reset();
    }
    for (const cell of this.#cells) if (!this.#opened.includes(cell)) cell.element.remove();
    this.#cells = [...this.#opened];
    this.#say(this.#language.live.pageWasReset);
  }

  async #download(): Promise<void> {
    const name = this.#main.dataset.live ?? "notebook";
    let built: Notebook = plainNotebook(this.#cells);
    if (name !== "playground") {
      try {
        await loadScript(`${name}.notebook.js`);
      } catch (error) {
        this.#sayNotLoaded(error as Error);
        return;
      }
      built = globalThis.convfuseNotebook as Notebook;
    }
    this.#outputs.flush();
    const text = notebookText(built, this.#cells);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    link.download = `${name}.ipynb`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  async #copyLink(): Promise<void> {
    try {
      this.#hash = await encodeLink(this.#linkedCode());
    } catch (error) {
      this.#sayLinkError(this.#language.live.linkNotMade, error);
      return;
    }
    location.hash = this.#hash;
    try {
      await navigator.clipboard.writeText(location.href);
      this.#say(this.#language.live.linkCopied);
    } catch {
      this.#say(this.#language.live.linkInAddress);
    }
  }

  #linkedCode(): LinkedCode {
    if (this.#main.dataset.live === "playground") return this.#cells.map(({ source }) => source);
    const changed = this.#cells.filter(({ isChanged }) => isChanged);
    return {
      ...Object.fromEntries(changed.map(({ index, source }) => [index, source])),
      built: digest(changed.map(({ original }) => original)),
    };
  }

  /** Shows the code of the address, and runs none of it. */
  async #readLink(): Promise<void> {
    if (location.hash === this.#hash) return;
    let isOther: boolean;
    try {
      const code = await decodeLink(location.hash);
      if (code === undefined) return;
      isOther = this.#show(code);
    } catch (error) {
      this.#sayLinkError(this.#language.live.linkUnreadable, error);
      return;
    }
    this.#hash = location.hash;
    this.#say(isOther ? this.#language.live.linkOfOther : this.#language.live.linkRead);
  }

  /**
   * Shows all of a link's code, or throws and shows nothing of it. Tells whether other text stood in its
   * place when the link was made: the lesson has changed since.
   */
  #show(code: LinkedCode): boolean {
    const isPlayground = this.#main.dataset.live === "playground";
    // A list is a playground's link, and no lesson's.
    if (Array.isArray(code) !== isPlayground) throw new LinkError("notCode");
    if (isPlayground) {
      this.#open(Object.values(code));
      return false;
    }
    const { built, ...sources } = code as Readonly<Record<string, string>>;
    const cells = Object.entries(sources).map(
      ([index, source]) => [this.#cells.find((cell) => cell.index === Number(index)), source] as const,
    );
    // The lesson may have had other cells when its link was made.
    if (cells.some(([cell]) => cell === undefined)) throw new LinkError("notCode");
    for (const [cell, source] of cells) if (cell) cell.source = source;
    return built !== undefined && built !== digest(cells.map(([cell]) => cell?.original ?? ""));
  }

  #sayLinkError(sentence: string, error: unknown): void {
    const { linkProblems } = this.#language.live;
    const reason =
      error instanceof LinkError
        ? filled(linkProblems[error.problem], { bytes: longestLink, cells: mostLinkedCells })
        : String(error);
    this.#say(sentence, { reason });
  }

  /** Makes the playground one of these cells. */
  #open(sources: readonly string[]): void {
    this.#opened = this.#cells.slice(0, 1);
    this.#resetPage();
    for (const [i, source] of sources.entries()) {
      const cell = this.#cells[i] ?? this.#addCell("");
      cell.source = source;
      cell.adopt();
    }
    this.#opened = [...this.#cells];
  }

  #onState(state: SessionState, reason: string): void {
    const { live } = this.#language;
    document.documentElement.dataset.session = state;
    if (state === "loading") {
      this.#queue.restart();
      this.#say(live.loading);
    } else if (state === "ready") {
      this.#say(live.ready);
      for (const cell of this.#cells) cell.recheck();
    } else if (state === "dead") this.#say(live.gone, { reason });
    else this.#say("");
  }

  #announceRun(news: RunNews): void {
    const { live } = this.#language;
    const cell = news.cell.number;
    // What a cell has declared, others may have been waiting for.
    if (news.kind === "done" || news.kind === "failed" || news.kind === "stopped")
      for (const other of this.#cells) other.recheck();
    if (news.kind !== "failed") {
      this.#say(live[news.kind], { cell });
      return;
    }
    const above = this.#cells.slice(0, this.#cells.indexOf(news.cell));
    const isAboveMissing = above.some((other) => !this.#queue.hasRun(other));
    const hint = news.isBroken ? live.needsReset : isAboveMissing ? live.needsAbove : "";
    this.#say(live.failed + hint, { cell, reason: news.reason });
  }

  #sayNotLoaded({ message }: Error): void {
    this.#say(this.#language.live.notLoaded, { reason: message });
  }

  #say(sentence: string, values: Readonly<Record<string, string | number>> = {}): void {
    this.#status.textContent = filled(sentence, values);
  }
}
