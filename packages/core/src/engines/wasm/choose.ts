import type { ConvGeometry } from "../engine.js";
import { DirectLayer } from "./direct.js";
import type { ConvLayer, LayerOptions } from "./layer.js";
import { WinogradLayer, winogradApplies } from "./winograd.js";

/** The algorithm with the lowest estimated time for a convolution. */
export function chooseLayer(g: ConvGeometry, options: LayerOptions): ConvLayer {
  const layers: ConvLayer[] = [new DirectLayer(g, options)];
  if (options.winograd && winogradApplies(g)) {
    layers.push(new WinogradLayer(g, 2, options), new WinogradLayer(g, 4, options));
  }
  return layers.reduce((best, layer) => (layer.cost < best.cost ? layer : best));
}
