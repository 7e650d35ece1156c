import type { ComponentChildren, VNode } from "preact";
import { filled } from "../filled.js";
import type { Language } from "../languages.js";
import type { LiveWords } from "./live-words.js";

/** What a cell's buttons ask for, in the order in which they stand. */
const actions = ["run", "runAbove", "stop", "reset"] as const satisfies readonly (keyof LiveWords)[];

/** The source of an empty cell, as the highlighter writes sources. */
export const emptySource: string = '<pre class="shiki"><code></code></pre>';

/**
 * A code cell, as it is built and as a page adds one: source, buttons, outputs. Scripts that drive pages rely
 * on `data-cell` (the index among all cells of the notebook), `data-state` (idle, running, done, failed) and
 * `data-outputs`. A cell that no page can run has `data-needs`, and a sentence where others have their
 * buttons.
 *
 * @param props.number the number that readers see: code cells are counted from 1
 * @param props.source the highlighted source, in a `pre`
 * @param props.needs the program without which the cell does not run, and which a page has not
 */
export function LiveCell(props: {
  readonly id: string;
  readonly index: number;
  readonly number: number;
  readonly language: Language;
  readonly source: string;
  readonly needs?: string | undefined;
  readonly children?: ComponentChildren;
}): VNode {
  const { live } = props.language;
  const label = filled(live.cell, { cell: props.number });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's look and legend are for forms.
    <section
      id={props.id}
      class="code"
      role="group"
      aria-label={label}
      data-cell={props.index}
      data-number={props.number}
      data-state="idle"
      data-needs={props.needs}
    >
      <div class="source" dangerouslySetInnerHTML={{ __html: props.source }} />
      {props.needs === undefined ? (
        <CellBar live={live} />
      ) : (
        <p class="cell-bar">{filled(live.needs, { program: props.needs })}</p>
      )}
      <div data-outputs="">{props.children}</div>
    </section>
  );
}

function CellBar({ live }: { readonly live: LiveWords }): VNode {
  return (
    <div class="live cell-bar">
      {actions.map((action) => (
        <button type="button" data-do={action} aria-disabled={action === "stop" ? "true" : undefined}>
          {live[action]}
        </button>
      ))}
      <button type="button" class="errors" data-do="nextError" hidden />
      <span class="changed" hidden>
        {live.changed}
      </span>
      <span class="count" />
    </div>
  );
}
