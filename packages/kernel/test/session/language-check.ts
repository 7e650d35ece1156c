import type { Output } from "@convfuse/kernel";
import { expect } from "vitest";
import type { LanguageCell } from "./language-cases.js";

function text(outputs: readonly Output[], name: "stdout" | "stderr"): string {
  return outputs
    .map((output) => (output.output_type === "stream" && output.name === name ? output.text : ""))
    .join("");
}

/** Holds what a cell has shown, through either door, against what its case lists. */
export function check(cell: LanguageCell, outputs: readonly Output[]): void {
  const error = outputs.find((output) => output.output_type === "error");
  if (cell.error) {
    const { ename, evalue, lines = [], traceback } = cell.error;
    expect(error, "an error is shown").toMatchObject({ ename });
    if (evalue !== undefined) expect(error?.evalue).toBe(evalue);
    if (traceback !== undefined) expect(error?.traceback).toEqual(traceback);
    for (const line of lines) expect(error?.traceback).toContain(line);
  } else expect(error?.traceback).toBeUndefined();
  const result = outputs.find((output) => output.output_type === "execute_result")?.data;
  expect(result).toEqual(
    cell.bundle ?? (cell.result === undefined ? undefined : { "text/plain": cell.result }),
  );
  expect(text(outputs, "stdout")).toBe(cell.stdout ?? "");
  if (cell.stderr) for (const part of cell.stderr) expect(text(outputs, "stderr")).toContain(part);
  else expect(text(outputs, "stderr")).toBe("");
  const shown = outputs.flatMap((output) => (output.output_type === "display_data" ? [output.data] : []));
  expect(shown).toEqual(cell.display ?? []);
}
