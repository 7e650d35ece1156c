import type { ConvGeometry } from "../engine.js";
import { DirectLayer } from "./direct.js";
import type { ConvLayer, LayerOptions } from "./layer.js";
import { WinogradLayer, winogradApplies } from "./winograd.js";

/**
 * The algorithm with the lowest estimated time for a convolution.
 * @param lanes channels to a block of the input; by default as many as fill it
 */
export function chooseLayer(g: ConvGeometry, options: LayerOptions, lanes?: number): ConvLayer {
  const layers: ConvLayer[] = [new DirectLayer(g, options, lanes)];
  if (options.winograd && winogradApplies(g)) {
    layers.push(new WinogradLayer(g, 2, options), new WinogradLayer(g, 4, options));
  }
  return layers.reduce((best, layer) => (layer.cost < best.cost ? layer : best));
}
