import type { VNode } from "preact";
import type { Language } from "../languages.js";

/** The controls of a page whose cells run, and the one place where their changes of state are announced. */
export function LiveBar({ language }: { readonly language: Language }): VNode {
  const { live } = language;
  return (
    // biome-ignore lint/a11y/useSemanticElements: these are buttons, not a form's fields.
    <div class="live live-bar" role="group" aria-label={live.notebook} data-code={live.code}>
      <button type="button" data-do="runAll">
        {live.runAll}
      </button>
      <button type="button" data-do="resetPage">
        {live.resetPage}
      </button>
      <button type="button" data-do="download">
        {live.download}
      </button>
      <button type="button" data-do="copyLink">
        {live.copyLink}
      </button>
      <progress class="loading" aria-label={live.loading} />
      <p class="live-status" role="status" data-loading={live.loading} data-failed={live.notLoaded} />
    </div>
  );
}
