import type { Json } from "../session/types.js";

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}

export interface DisplayOutput {
  output_type: "display_data";
  data: { [mime: string]: Json };
  metadata: { [key: string]: Json };
}

export interface ResultOutput {
  output_type: "execute_result";
  execution_count: number;
  data: { [mime: string]: Json };
  metadata: { [key: string]: Json };
}

export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CodeCell {
  cell_type: "code";
  id?: string;
  source: string;
  metadata: { [key: string]: Json };
  execution_count: number | null;
  outputs: Output[];
}

export function hasTag(cell: CodeCell, tag: string): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes(tag);
}

export interface TextCell {
  cell_type: "markdown" | "raw";
  id?: string;
  source: string;
  metadata: { [key: string]: Json };
  attachments?: { [name: string]: Json };
}

/** A notebook in nbformat 4, with its texts in one piece (a file may hold them as lists of lines). */
export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: { [key: string]: Json };
  cells: (CodeCell | TextCell)[];
}
