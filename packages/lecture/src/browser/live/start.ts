/*
 * All that a lesson loads for its cells before a reader runs or edits one: it hands the first click or key on
 * to assets/live.js.
 */
import type { Action, LivePage } from "./contract.js";
import { loadScript } from "./load-script.js";

const assets = (document.currentScript as HTMLScriptElement).src.replace(/[^/]*$/, "");
const root = document.documentElement;
/** The sources that a reader can change, as long as they are only text. */
const sources = "[data-cell]:not([data-needs]) .source > pre";
const starters: ReadonlySet<string> = new Set<Action>(["run", "runAbove", "runAll"]);

/**
 * Hands something over to the page's live part, which it loads first; the reader is told where that fails.
 */
async function hand(over: (page: LivePage) => void): Promise<void> {
  try {
    await loadScript(`${assets}live.js`);
  } catch (error) {
    root.dataset.session = "none";
    const status = document.querySelector<HTMLElement>(".live-status");
    if (status)
      status.textContent = status.dataset.failed?.replace("{reason}", (error as Error).message) ?? "";
    return;
  }
  if (globalThis.convfuseLive) over(globalThis.convfuseLive);
}

function act(action: Action, cell: HTMLElement | undefined): void {
  // At once, also where the scripts take their time.
  if (starters.has(action) && root.dataset.session === "none") {
    root.dataset.session = "loading";
    const status = document.querySelector<HTMLElement>(".live-status");
    if (status) status.textContent = status.dataset.loading ?? "";
  }
  hand((page) => page.act(action, cell));
}

function cellOf(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>("[data-cell]") ?? undefined;
}

/** The source that an event is in, as long as it is only text. */
function plainSource(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>(sources) ?? undefined;
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  act(button.dataset.do as Action, cellOf(button));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
  // An input method's own key.
  if (event.isComposing) return;
  const cell = plainSource(event.target) && cellOf(event.target);
  if (!cell) return;
  event.preventDefault();
  act("run", cell);
});

/** Whether a pointer is down: what is being selected must stay where it is. */
let isPressed = false;
for (const type of ["pointerdown", "pointerup", "pointercancel"])
  document.addEventListener(type, () => {
    isPressed = type === "pointerdown";
  });

/** Whether an input method composes: what is being composed would be lost with the element that it is in. */
let isComposing = false;
for (const type of ["compositionstart", "compositionend"])
  document.addEventListener(type, () => {
    isComposing = type === "compositionstart";
  });

function edit(cell: HTMLElement): void {
  hand((page) => {
    if (!isComposing) page.edit(cell);
    // Behind the event, when the text is there in every browser.
    else document.addEventListener("compositionend", () => setTimeout(edit, 0, cell), { once: true });
  });
}

document.addEventListener("focusin", (event) => {
  const cell = plainSource(event.target) && cellOf(event.target);
  // A link in the source is there to be followed.
  if (!cell || (event.target as Element).closest("a")) return;
  if (isPressed) document.addEventListener("pointerup", () => edit(cell), { once: true });
  else edit(cell);
});

/** What a source was before it is changed for the first time. */
function remember(source: HTMLElement): void {
  source.dataset.original ??= source.textContent;
}

document.addEventListener("beforeinput", (event) => {
  const source = plainSource(event.target);
  if (source) remember(source);
});

/**
 * Puts text in the place of what is selected. Chromium's own command takes minutes for some thousand lines.
 */
function insert(text: string): void {
  const selection = getSelection();
  if (!selection?.rangeCount) return;
  const range = selection.getRangeAt(0);
  range.deleteContents();
  range.insertNode(document.createTextNode(text));
  range.collapse();
}

// Whatever stands in the clipboard, it is text here.
document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain");
  const source = plainSource(event.target);
  if (text === undefined || !source) return;
  event.preventDefault();
  remember(source);
  insert(text);
});

document.addEventListener("change", (event) => {
  const select = event.target as HTMLSelectElement;
  if (select.dataset?.snippets === undefined || select.value === "") return;
  const source = select.value;
  select.value = "";
  hand((page) => page.insert(source));
});

// Frames say how high their content is.
addEventListener("message", (event) => {
  const height = Number((event.data as { convfuseHeight?: unknown } | null)?.convfuseHeight);
  if (!(height >= 0)) return;
  for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe.html")) {
    if (frame.contentWindow === event.source) frame.style.height = `${Math.min(height, 4000)}px`;
  }
});

/** Sources take what is typed, before there is an editor: it takes over where they are. */
for (const source of document.querySelectorAll<HTMLElement>(sources)) {
  const number = cellOf(source)?.dataset.number ?? "";
  source.contentEditable = "plaintext-only";
  source.spellcheck = false;
  for (const link of source.querySelectorAll("a")) link.contentEditable = "false";
  source.setAttribute("role", "textbox");
  source.setAttribute("aria-multiline", "true");
  source.setAttribute(
    "aria-label",
    document.querySelector<HTMLElement>(".live-bar")?.dataset.code?.replace("{cell}", number) ?? number,
  );
}

// A link that carries code only shows it.
if (location.hash.startsWith("#code=")) hand(() => {});
