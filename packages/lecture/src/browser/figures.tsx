import { hydrate } from "preact";
import { type FigureName, InteractiveFigure } from "../figures/registry.js";
import { chineseFigureWords, englishFigureWords } from "../figures/words.js";

// The pages hold every figure in its first state; from here on it answers.
const words = document.documentElement.lang === "zh-CN" ? chineseFigureWords : englishFigureWords;
for (const place of document.querySelectorAll<HTMLElement>("[data-figure]")) {
  const { figure, settings = "{}" } = place.dataset;
  const given = JSON.parse(settings) as Readonly<Record<string, unknown>>;
  hydrate(<InteractiveFigure name={figure as FigureName} settings={given} words={words} />, place);
  place.dataset.operable = "";
}
