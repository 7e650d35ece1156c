/** What a button asks for: `data-do` of the site's controls. */
export type Action =
  | "run"
  | "runAbove"
  | "stop"
  | "reset"
  | "nextError"
  | "runAll"
  | "resetPage"
  | "download"
  | "copyLink"
  | "addCell";

/** What the page does once its live part is loaded. */
export interface LivePage {
  /** Does what a button says; `cell` is the element that the button is in, if it is in one. */
  act(action: Action, cell: HTMLElement | undefined): void;
  /** Makes the source of a cell that was entered an editor. */
  edit(cell: HTMLElement): void;
  /** Puts a snippet into the notebook. */
  insert(source: string): void;
}

declare global {
  /** Set by assets/live.js. */
  var convfuseLive: LivePage | undefined;
  /** Set by assets/live-worker.js: the source of a session's worker. */
  var convfuseSessionWorker: string | undefined;
  /** Set by assets/live-files.js: the files that cells read by path, in base64. */
  var convfuseFiles: Readonly<Record<string, string>> | undefined;
  /** Set by a lesson's own script: its notebook. */
  var convfuseNotebook: unknown;
  var Plotly: { purge(plot: Element): void } | undefined;
  /** Set by assets/site.js: how it draws figures. */
  var convfuseSite: { draw(figure: Element): Promise<void>; markScrollers(): void } | undefined;
}
