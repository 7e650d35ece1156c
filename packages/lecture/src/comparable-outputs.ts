import type { Notebook } from "@convfuse/kernel";

/** The tag of cells whose output is a measurement. */
export const nondeterministic = "nondeterministic";

/** What of a cell's outputs every kernel must reproduce. */
export interface ComparableOutputs {
  /** The cell's source, so that a difference can be found. */
  readonly cell: string;
  readonly stdout: string;
  readonly stderr: string;
  /**
   * The bundles shown, in order, without images (they are drawn when notebooks are updated, not by kernels).
   */
  readonly displays: readonly Readonly<Record<string, unknown>>[];
  readonly errors: readonly string[];
}

/**
 * The outputs of every code cell in a form that does not depend on the kernel. Where a cell is tagged
 * `nondeterministic`, only what kinds of output it has is kept: measurements differ, but a plot that is
 * missing or an error is still seen.
 */
export function comparableOutputs(notebook: Notebook): ComparableOutputs[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === "code")
    .map((cell) => {
      const { tags } = cell.metadata;
      const measured = Array.isArray(tags) && tags.includes(nondeterministic);
      const streams = { stdout: "", stderr: "" };
      const displays: Record<string, unknown>[] = [];
      const errors: string[] = [];
      for (const output of cell.outputs) {
        if (output.output_type === "stream") streams[output.name] += output.text;
        else if (output.output_type === "error") errors.push(`${output.ename}: ${output.evalue}`);
        else displays.push(withoutImages(output.data, measured));
      }
      if (measured && streams.stdout !== "") streams.stdout = "(measured)";
      return { cell: cell.source, ...streams, displays, errors };
    });
}

function withoutImages(data: Readonly<Record<string, unknown>>, measured: boolean): Record<string, unknown> {
  const kept = Object.entries(data).filter(([mime]) => !mime.startsWith("image/"));
  return Object.fromEntries(measured ? kept.map(([mime]) => [mime, "(measured)"]) : kept);
}
