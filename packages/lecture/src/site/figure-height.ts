/** The part of a Plotly figure that its height follows from. */
interface Sized {
  readonly layout?: {
    readonly height?: number;
    readonly margin?: { readonly [side in "b" | "l" | "r" | "t"]?: number };
    readonly xaxis?: Axis;
    readonly yaxis?: Axis;
  };
  readonly frames?: readonly unknown[];
}

interface Axis {
  readonly range?: readonly [number, number];
  readonly scaleanchor?: string;
}

/** Plotly's own, where a figure says nothing. */
const plotlyHeight = 450;
/** Below an animation, whose slider and button the page shows instead: site.js draws it with as much. */
const belowAnimation = 8;

/**
 * The height that a figure will have once it is drawn, as CSS: the page keeps that much room, so that nothing
 * moves when plots appear. It is what site.js computes: a plane of square cells is as high as its width
 * allows, up to the figure's own height.
 */
export function figureHeight(figure: unknown): string {
  const { layout = {}, frames } = figure as Sized;
  const { t = 0, b = 0, l = 0, r = 0 } = layout.margin ?? {};
  const below = frames ? belowAnimation : b;
  const height = (layout.height ?? plotlyHeight) - (b - below);
  const { xaxis, yaxis } = layout;
  if (yaxis?.scaleanchor !== "x" || !xaxis?.range || !yaxis.range) return `${round(height)}px`;
  const span = ([from, to]: readonly [number, number]): number => Math.abs(to - from);
  const ratio = round(span(yaxis.range) / span(xaxis.range));
  const sides = t + below;
  return `calc(${sides}px + min((100cqw - ${l + r}px) * ${ratio}, ${round(height - sides)}px))`;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
