import type { Edit } from "./unit.js";

/** Applies edits that do not overlap; of two at one place, the one given first comes first. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Sorts in place by position, keeping the order of insertion at equal ones. */
export function sortEdits(edits: Edit[]): Edit[] {
  return edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index)
    .map(({ edit }) => edit);
}

/**
 * Where an offset of the edited text came from; what was inserted belongs to the place it stands at, and
 * comes with the edit that inserted it.
 */
export function mapOffset(
  edits: readonly Edit[],
  offset: number,
): { readonly offset: number; readonly edit?: Edit } {
  let shift = 0;
  for (const edit of edits) {
    const start = edit.start + shift;
    if (start > offset) break;
    if (offset < start + edit.text.length) return { offset: edit.start, edit };
    shift += edit.text.length - (edit.end - edit.start);
  }
  return { offset: offset - shift };
}
