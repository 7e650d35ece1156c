import type { Conv2dGeometry } from "./as-2d.js";
import { DepthwiseEvenLayer, depthwiseEvenApplies } from "./depthwise-even.js";
import { DepthwiseRowsLayer, depthwiseRowsApply } from "./depthwise-rows.js";
import { DirectLayer } from "./direct.js";
import type { ConvLayer, LayerOptions } from "./layer.js";
import { WinogradLayer, winogradApplies } from "./winograd.js";
import { StridedWinogradLayer, stridedWinogradApplies } from "./winograd-strided.js";

/** What `chooseLayer` has to know about the tensors around the convolution. */
export interface Surroundings {
  /** Channels to a block of the input; by default as many as fill it. */
  readonly lanes?: number;
  /** True: input and output are planes anyway. */
  readonly planes?: boolean;
}

/** The algorithm with the lowest estimated time for a convolution. */
export function chooseLayer(
  g: Conv2dGeometry,
  options: LayerOptions,
  { lanes, planes = false }: Surroundings = {},
): ConvLayer {
  if (planes && depthwiseRowsApply(g)) return new DepthwiseRowsLayer(g, options);
  if (planes && depthwiseEvenApplies(g)) return new DepthwiseEvenLayer(g, options);
  const layers: ConvLayer[] = [new DirectLayer(g, options, lanes)];
  if (options.winograd && winogradApplies(g)) {
    layers.push(new WinogradLayer(g, 2, options), new WinogradLayer(g, 4, options));
  }
  if (options.winograd && stridedWinogradApplies(g)) layers.push(new StridedWinogradLayer(g, options));
  return layers.reduce((best, layer) => (layer.cost < best.cost ? layer : best));
}
