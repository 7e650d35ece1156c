import { readFileSync } from "node:fs";
import { NotebookFormatError } from "../errors.js";
import type { CodeCell, Notebook, Output, TextCell } from "./notebook.js";

type Loose = { [key: string]: unknown };

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** nbformat lets a text be a list of its lines. */
function joined(value: unknown): unknown {
  return Array.isArray(value) && value.every((line) => typeof line === "string") ? value.join("") : value;
}

/**
 * Reads a notebook file.
 * @param file its path; a relative one counts from the process's folder
 * @returns the notebook, its texts in one piece each
 * @throws {NotebookFormatError} if it is not JSON, not nbformat 4, or not for a TypeScript kernel.
 * @throws {Error} the file system's own, if it cannot be read.
 * @example
 * readNotebook("a.ipynb").cells.length; // 1
 */
export function readNotebook(file: string): Notebook {
  const text = readFileSync(file, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NotebookFormatError(file, `the file is not JSON (${(cause as Error).message})`, { cause });
  }
  return toNotebook(value, file);
}

function toNotebook(value: unknown, file: string): Notebook {
  const refuse = (message: string): never => {
    throw new NotebookFormatError(file, message);
  };
  if (!isObject(value)) return refuse("a notebook is a JSON object");
  if (value.nbformat !== 4)
    return refuse(`only nbformat 4 is read; got nbformat=${JSON.stringify(value.nbformat)}`);
  if (!Array.isArray(value.cells)) return refuse("the notebook has no list of cells");
  const metadata = isObject(value.metadata) ? value.metadata : {};
  checkKernel(metadata, refuse);
  const cells = value.cells.map((cell: unknown, index) => {
    if (!isObject(cell)) return refuse(`cell ${index + 1} is not an object`);
    const source = joined(cell.source);
    if (typeof source !== "string") return refuse(`cell ${index + 1} has no source`);
    const type = cell.cell_type;
    if (type !== "code" && type !== "markdown" && type !== "raw")
      return refuse(`cell ${index + 1} is of no known type; got cell_type=${JSON.stringify(type)}`);
    const common = { ...cell, source, metadata: isObject(cell.metadata) ? cell.metadata : {} };
    if (type !== "code") return common as unknown as TextCell;
    const outputs = Array.isArray(cell.outputs) ? cell.outputs.map(toOutput) : [];
    return { ...common, execution_count: cell.execution_count ?? null, outputs } as unknown as CodeCell;
  });
  return { ...value, nbformat: 4, metadata, cells } as unknown as Notebook;
}

function toOutput(output: unknown): Output {
  if (!isObject(output)) return output as never;
  if (output.output_type === "stream") return { ...output, text: joined(output.text) } as never;
  if (!isObject(output.data)) return output as never;
  const data = Object.fromEntries(Object.entries(output.data).map(([mime, value]) => [mime, joined(value)]));
  return { ...output, data } as never;
}

function checkKernel(metadata: Loose, refuse: (message: string) => never): void {
  const kernelspec = metadata.kernelspec;
  if (!isObject(kernelspec)) refuse("the notebook names no kernel (metadata.kernelspec is missing)");
  const info = isObject(metadata.language_info) ? metadata.language_info : {};
  const { name, language = info.name } = kernelspec as Loose;
  const known = typeof language === "string" && /^(typescript|javascript)$/i.test(language);
  if (!known && name !== "tslab" && name !== "convfuse")
    refuse(
      `the notebook is for another kernel: ${JSON.stringify(name)}, language ${JSON.stringify(language)}`,
    );
}
