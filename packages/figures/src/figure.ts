/** JSON, which is all that a figure holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Attributes as Plotly names them; see https://plotly.com/javascript/reference/. */
export type Attributes = { readonly [attribute: string]: Json };

/** One state of an animation: new attributes for the traces at the given indices. */
export interface Frame {
  /** What a slider or a button calls it by. */
  readonly name: string;
  /** The attributes that change, one entry a trace. */
  readonly data: readonly Attributes[];
  /** Which traces of the figure they belong to. */
  readonly traces: readonly number[];
}

/**
 * A figure as plain data: `Plotly.newPlot(element, figure)` draws it, `JSON.stringify(figure)` stores it.
 * Backgrounds are transparent and text is a grey that is legible on white and on black; a page may set
 * `layout.font.color`.
 */
export interface Figure {
  /** Plotly's traces. */
  readonly data: readonly Attributes[];
  /** Plotly's layout: title, axes, shapes. */
  readonly layout: Attributes;
  /** The steps of an animation; absent where nothing moves. */
  readonly frames?: readonly Frame[];
  /** What the figure shows, in one sentence: for screen readers, and where nothing can be drawn. */
  readonly summary: string;
}
