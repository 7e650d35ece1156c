import type { SessionEvent } from "../session/types.js";
import type { CodeCell, DisplayOutput, Output, ResultOutput } from "./notebook.js";

/**
 * Puts what a session emits into the notebook's cells, as nbclient does: text of one stream in a row is one
 * output, a display that is updated changes where it stands, and late output goes to the cell that started
 * it.
 * @example
 * const cell: CodeCell = { cell_type: "code", source: "1", metadata: {}, execution_count: 1, outputs: [] };
 * const collector = new OutputCollector((parent) => (parent === "a" ? cell : undefined));
 * collector.add({ type: "stream", parent: "a", name: "stdout", text: "one " });
 * collector.add({ type: "stream", parent: "a", name: "stdout", text: "two" });
 * cell.outputs; // [{"output_type": "stream", "name": "stdout", "text": "one two"}]
 */
export class OutputCollector {
  readonly #cellOf: (parent: string) => CodeCell | undefined;
  /** Every output that carries a display id, in whichever cell. */
  readonly #displays = new Map<string, (DisplayOutput | ResultOutput)[]>();
  /** Cells to clear when their next output comes. */
  readonly #clearing = new Set<CodeCell>();

  /** @param cellOf the cell of an event's `parent`; undefined: nobody sees that output */
  constructor(cellOf: (parent: string) => CodeCell | undefined) {
    this.#cellOf = cellOf;
  }

  /** Takes the next event; what is no output changes nothing. */
  add(event: SessionEvent): void {
    if (!("parent" in event)) return;
    if (event.type === "update_display_data") this.#update(event);
    const cell = this.#cellOf(event.parent);
    if (!cell) return;
    switch (event.type) {
      case "clear_output":
        if (event.wait) this.#clearing.add(cell);
        else this.#clear(cell);
        break;
      case "stream": {
        this.#clearIfDue(cell);
        const last = cell.outputs.at(-1);
        if (last?.output_type === "stream" && last.name === event.name) last.text += event.text;
        else cell.outputs.push({ output_type: "stream", name: event.name, text: event.text });
        break;
      }
      case "display_data": {
        const output: DisplayOutput = {
          output_type: "display_data",
          data: { ...event.data },
          metadata: { ...event.metadata },
        };
        this.#push(cell, output);
        const id = event.transient.display_id;
        if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
        break;
      }
      case "execute_result":
        this.#push(cell, {
          output_type: "execute_result",
          execution_count: cell.execution_count ?? 0,
          data: { ...event.data },
          metadata: { ...event.metadata },
        });
        break;
      case "error": {
        const { ename, evalue, traceback } = event;
        this.#push(cell, { output_type: "error", ename, evalue, traceback: [...traceback] });
        break;
      }
    }
  }

  #update(event: SessionEvent & { type: "update_display_data" | "display_data" }): void {
    for (const output of this.#displays.get(event.transient.display_id ?? "") ?? []) {
      output.data = { ...event.data };
      output.metadata = { ...event.metadata };
    }
  }

  #push(cell: CodeCell, output: Output): void {
    this.#clearIfDue(cell);
    cell.outputs.push(output);
  }

  #clearIfDue(cell: CodeCell): void {
    if (this.#clearing.delete(cell)) this.#clear(cell);
  }

  #clear(cell: CodeCell): void {
    this.#clearing.delete(cell);
    cell.outputs.length = 0;
  }
}
