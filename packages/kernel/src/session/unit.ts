/** What the checker hands to the runtime: plain data, since the two live in processes of their own. */

/** Replaced and inserted stretches, by offset, in the order of the text they were made in. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether the text calls the kernel: nobody wants to see the frame of that call. */
  readonly isOwnCall?: true;
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

/** A file of the user's, compiled: `text` is an ES module. */
export interface LocalModule {
  readonly path: string;
  /** Changes when this file, or a local file that it imports, changes. */
  readonly version: string;
  readonly text: string;
  readonly map: PositionMap;
}

export interface CellUnit {
  /** Unique among the units of a session; the same text compiled again in the same surroundings keeps it. */
  readonly key: string;
  /** A function expression: its parameters are those of the runtime, then one box for each of `names`. */
  readonly text: string;
  readonly names: readonly string[];
  readonly declared: readonly string[];
  readonly imports: readonly ImportUnit[];
  readonly modules: readonly LocalModule[];
  readonly map: PositionMap;
}
