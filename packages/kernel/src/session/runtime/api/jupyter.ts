import { changeFolder, showOrSetVariable } from "#host/runtime/folder.js";
import { shell } from "#host/runtime/shell.js";
import type { Json, MimeBundle } from "../../types.js";
import { bundleOf, ownBundle, withText } from "../bundle.js";
import { emit } from "../events.js";
import { toJson } from "../json.js";
import { newId } from "../new-id.js";
import { ownerId } from "../runs.js";
import { type Comms, comms } from "./comms.js";
import { type Displayable, html, image, json, markdown, svg, table } from "./helpers.js";

export type { Comm, Comms } from "./comms.js";
export type { Displayable } from "./helpers.js";

export interface DisplayOptions {
  /**
   * The value is a MIME bundle and is shown as it is. Without it, an object whose keys are all MIME types is
   * one too.
   */
  readonly raw?: boolean;
  readonly metadata?: { readonly [key: string]: unknown };
  /** Names the output, so that a later call can update it. */
  readonly display_id?: string;
  /** Replaces what is shown under `display_id`. */
  readonly update?: boolean;
}

/** What every cell finds as the global `jupyter`. */
export interface Jupyter {
  /** The key of a method that gives an object's own MIME bundle: `Symbol.for("Jupyter.display")`. */
  readonly $display: symbol;
  /**
   * Shows a MIME bundle, or any value as a cell's result is shown.
   * @example jupyter.display({ "text/html": "<b>bold</b>", "text/plain": "bold" }, { raw: true });
   */
  display(value: unknown, options?: DisplayOptions): Promise<void>;
  /** Sends an iopub message of another type. */
  broadcast(type: string, content: unknown): void;
  /** Takes away what the cell has shown; with `wait`, only when the next output comes. */
  clearOutput(options?: { readonly wait?: boolean }): void;
  readonly comms: Comms;
  /** HTML, as a value that shows itself; also as a template tag. */
  html(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable;
  /** Markdown, as a value that shows itself; also as a template tag. */
  markdown(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable;
  /** The same as `markdown`. */
  md(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable;
  /** A picture from SVG's text, as a value that shows itself; also as a template tag. */
  svg(text: string | TemplateStringsArray, ...values: readonly unknown[]): Displayable;
  /** A PNG, JPEG, GIF, WebP or SVG picture, from its bytes or from a file. */
  image(source: string | URL | Uint8Array): Displayable;
  /**
   * What a line `!command` does: runs it in a shell, shows its output as it comes, and fails where it does.
   */
  shell(command: string): Promise<void>;
  /**
   * What a line `%cd folder` does: paths of files and commands count from there; imports stay with the
   * notebook's folder.
   */
  cd(folder: string): void;
  /** What a line `%env` does: shows all variables of the environment, or `NAME`, or sets `NAME=VALUE`. */
  env(request?: string): void;
  /** A value as a tree that can be opened. */
  json(value: unknown): Displayable;
  /**
   * Rows of objects or of arrays as a table.
   * @throws {RangeError} if there are more than 100,000
   */
  table(rows: Iterable<object>, columns?: readonly string[]): Displayable;
}

const mimePattern = /^[a-z]+\/[\w.+-]+$/i;

function isBundle(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  try {
    const keys = Object.keys(value);
    return keys.length > 0 && keys.every((key) => mimePattern.test(key));
  } catch {
    return false;
  }
}

/** Shows a bundle at once: as a new output, or in place of the one with its `display_id`. */
export function showBundle(data: MimeBundle, options: DisplayOptions = {}, parent: string = ownerId()): void {
  const display_id = options.display_id ?? (options.update ? newId() : undefined);
  emit({
    type: options.update ? "update_display_data" : "display_data",
    parent,
    data,
    metadata: toJson(options.metadata ?? {}) as { readonly [key: string]: Json },
    transient: display_id === undefined ? {} : { display_id },
  });
}

export const jupyter: Jupyter = {
  $display: Symbol.for("Jupyter.display"),
  // Not an `async` function: what is ready is shown before the call returns.
  display(value, options = {}) {
    const parent = ownerId();
    if (options.raw === true && !isBundleObject(value))
      return Promise.reject(
        new TypeError(`jupyter.display: a raw bundle must be an object; got ${typeof value}`),
      );
    if (options.raw === true || (options.raw === undefined && isBundle(value))) {
      showBundle(toJson(value) as MimeBundle, options, parent);
      return Promise.resolve();
    }
    const own = ownBundle(value);
    if (isBundleObject(own) && !(own instanceof Promise)) {
      showBundle(withText(own, value), options, parent);
      return Promise.resolve();
    }
    return bundleOf(value).then((bundle) => showBundle(bundle, options, parent));
  },
  broadcast(type, content) {
    emit({ type: "broadcast", parent: ownerId(), messageType: String(type), content: toJson(content) });
  },
  clearOutput({ wait = false } = {}) {
    emit({ type: "clear_output", parent: ownerId(), wait });
  },
  comms,
  html,
  markdown,
  md: markdown,
  svg,
  image,
  shell,
  cd: changeFolder,
  env: (request = "") => showOrSetVariable(request),
  json,
  table,
};

function isBundleObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
