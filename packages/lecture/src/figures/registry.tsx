import type { VNode } from "preact";
import { ConvolutionFigure } from "./convolution/figure.js";
import { readConvolutionSettings } from "./convolution/settings.js";
import { FusionFigure } from "./fusion/figure.js";
import { readFusionSettings } from "./fusion/model.js";
import type { FigureWords } from "./words.js";

/** The figures that a lesson can ask for, by the names that its cells use. */
export const figureNames = ["convolution", "fusion"] as const;

export type FigureName = (typeof figureNames)[number];

/**
 * A figure in its first state: what the site's pages hold, and what the browser brings to life.
 * @throws {Error} if a setting is unknown or cannot be chosen
 */
export function InteractiveFigure(props: {
  readonly name: FigureName;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly words: FigureWords;
}): VNode {
  const { name, settings, words } = props;
  if (name === "convolution")
    return <ConvolutionFigure settings={readConvolutionSettings(settings)} words={words} />;
  return <FusionFigure settings={readFusionSettings(settings)} words={words} />;
}
