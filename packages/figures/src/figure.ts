/** JSON, which is all that a figure holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Attributes as Plotly names them; see https://plotly.com/javascript/reference/. */
export type Attributes = { readonly [attribute: string]: Json };

/** One state of an animation: new attributes for the traces at the given indices. */
export interface Frame {
  readonly name: string;
  readonly data: readonly Attributes[];
  readonly traces: readonly number[];
}

/**
 * A figure as plain data: `Plotly.newPlot(element, figure)` draws it, `JSON.stringify(figure)` stores it.
 * Backgrounds are transparent and text is a grey that is legible on white and on black; a page may set `layout.font.color`.
 */
export interface Figure {
  readonly data: readonly Attributes[];
  readonly layout: Attributes;
  readonly frames?: readonly Frame[];
  /** What the figure shows, in one sentence: for screen readers, and where nothing can be drawn. */
  readonly summary: string;
}
