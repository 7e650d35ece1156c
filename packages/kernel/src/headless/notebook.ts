import type { Json } from "../session/types.js";

/** What a cell prints, as nbformat has it. */
export interface StreamOutput {
  /** Tells it from other outputs. */
  output_type: "stream";
  /** Which of the process's two streams. */
  name: "stdout" | "stderr";
  /** All that was printed in a row. */
  text: string;
}

/** What a cell displays, as nbformat has it. */
export interface DisplayOutput {
  /** Tells it from other outputs. */
  output_type: "display_data";
  /** The same thing by MIME type. */
  data: { [mime: string]: Json };
  /** What front ends are told of it, by MIME type. */
  metadata: { [key: string]: Json };
}

/** The value of a cell's last expression, as nbformat has it. */
export interface ResultOutput {
  /** Tells it from other outputs. */
  output_type: "execute_result";
  /** The number in `Out[n]`. */
  execution_count: number;
  /** The value by MIME type. */
  data: { [mime: string]: Json };
  /** What front ends are told of it, by MIME type. */
  metadata: { [key: string]: Json };
}

/** What stopped a cell, as nbformat has it. */
export interface ErrorOutput {
  /** Tells it from other outputs. */
  output_type: "error";
  /** The error's name. */
  ename: string;
  /** Its message. */
  evalue: string;
  /** Lines for a terminal, with its colours. */
  traceback: string[];
}

/** Anything that a cell leaves below it. */
export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

/** A cell of code, as nbformat has it. */
export interface CodeCell {
  /** Tells it from cells of text. */
  cell_type: "code";
  /** Unique in the notebook, from nbformat 4.5 on. */
  id?: string;
  /** The program text. */
  source: string;
  /** Its `tags`, and what front ends keep of it. */
  metadata: { [key: string]: Json };
  /** The number in `In [n]`; null: it has not run. */
  execution_count: number | null;
  /** What it showed, in order. */
  outputs: Output[];
}

export function hasTag(cell: CodeCell, tag: string): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes(tag);
}

/** A cell of prose, as nbformat has it. */
export interface TextCell {
  /** Markdown, or text that nothing renders. */
  cell_type: "markdown" | "raw";
  /** Unique in the notebook, from nbformat 4.5 on. */
  id?: string;
  /** The text. */
  source: string;
  /** Its `tags`, and what front ends keep of it. */
  metadata: { [key: string]: Json };
  /** Pictures that the text shows, by name. */
  attachments?: { [name: string]: Json };
}

/** A notebook in nbformat 4, with its texts in one piece (a file may hold them as lists of lines). */
export interface Notebook {
  /** The format's version. */
  nbformat: 4;
  /** The version's second number; cells have ids from 5 on. */
  nbformat_minor: number;
  /** Its kernel and language, and what front ends keep of it. */
  metadata: { [key: string]: Json };
  /** In the order in which they run. */
  cells: (CodeCell | TextCell)[];
}
