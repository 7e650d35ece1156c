/** What the checker hands to the runtime: plain data, since the two live in processes of their own. */
import type { CellError } from "./types.js";

/** Replaced and inserted stretches, by offset, in the order of the text they were made in. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether the text calls the kernel: nobody wants to see the frame of that call. */
  readonly isOwnCall?: true;
  /** Whether it is a statement of the kernel's own, or what stands around the user's: nobody stops there. */
  readonly isOwnCode?: true;
}

/** Leads a position of the code that runs back to the user's own line and column. */
export interface PositionMap {
  /** TypeScript's source map: emitted JavaScript to the text that was compiled. */
  readonly sourceMap: string;
  /** The emitted JavaScript, and what was then changed in it. */
  readonly emitted: string;
  readonly edits: readonly Edit[];
  /** What had been changed in the user's text before it was compiled. */
  readonly source: string;
  readonly sourceEdits: readonly Edit[];
}

export interface ImportBinding {
  /** "*" for the namespace. */
  readonly imported: string;
  readonly local: string;
}

export interface ImportUnit {
  readonly specifier: string;
  readonly attributes: { readonly [key: string]: string };
  readonly bindings: readonly ImportBinding[];
}

/** How a text leads to files of the user's own that are compiled here. */
export interface OwnImports {
  /** Where its imports lead, as the checker saw them. */
  readonly links: { readonly [specifier: string]: string };
  /** The files among them that it loads by `require`. */
  readonly required: readonly string[];
}

/**
 * A file of the user's, compiled: `text` is an ES module, or a function expression of what CommonJS gives a
 * file.
 */
export interface LocalModule extends OwnImports {
  readonly path: string;
  readonly format: "module" | "commonjs";
  /** Whether it awaits at its top level. */
  readonly isAsync: boolean;
  /** Changes when this file, or a local file that it imports, changes. */
  readonly version: string;
  readonly text: string;
  readonly map: PositionMap;
}

/** The user's own files that a cell leads to, compiled, and how it leads to them. */
export interface Reached extends OwnImports {
  readonly modules: readonly LocalModule[];
}

export interface CellUnit extends OwnImports {
  /** Unique among the units of a session; the same text compiled again in the same surroundings keeps it. */
  readonly key: string;
  /** A function expression: its parameters are those of the runtime, then one box for each of `names`. */
  readonly text: string;
  /** Whether it tells how long it took. */
  readonly isTimed: boolean;
  readonly names: readonly string[];
  readonly declared: readonly string[];
  /** Those among them that it only says are there. */
  readonly ambient: readonly string[];
  readonly imports: readonly ImportUnit[];
  readonly modules: readonly LocalModule[];
  readonly map: PositionMap;
}

/** Code that runs, and how its places lead back to the user's text. */
export interface CompiledText {
  readonly text: string;
  readonly map: PositionMap;
}

/** An expression as a function of what cells are given, or what is wrong with it. */
export type ExpressionReply =
  | { readonly ok: true; readonly text: string; readonly names: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** A checked cell, or what is wrong with it. */
export type CompileReply =
  | { readonly ok: true; readonly unit: CellUnit }
  | { readonly ok: false; readonly error: CellError };
