import type { LinearForm } from "../../../algebra/kernel.js";
import type { Work } from "../maps/work.js";

/** Why a map is no layer by itself. */
export function noLayer({ axes }: LinearForm): string | undefined {
  const upsamples = axes.some((axis) => axis.upsampling > 1);
  if (upsamples && axes.some((axis) => axis.stride > 1))
    return "no layer has both a stride and an upsampling";
  const crops = axes.some(({ before, after }) => before < 0 || after < 0);
  return crops && !upsamples
    ? "one convolution would begin inside the image, which no layer does"
    : undefined;
}

const aside = "inside a Sum it would be merged all the same";

/** What stays since one convolution of all of it would be held in fewer groups, with zeros. */
export function growthByZeros(own: Work, apart: Work): string {
  return `left as it is: one convolution would need fewer groups and ${own.weights} weights instead of ${apart.weights} (${aside})`;
}

/** What stays since one convolution of all of it would take more. */
export function growthOf(own: Work, apart: Work): string {
  const [macs, before] = [own.macs, apart.macs].map(rounded);
  return `left as it is: one convolution would take ${macs} multiply-adds a pixel and ${own.weights} weights instead of ${before} and ${apart.weights}`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
