import type { Capabilities } from "../machine/capabilities.js";
import type { Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import { DepthwiseEvenAlgorithm, depthwiseEvenApplies } from "./depthwise-even.js";
import { DepthwiseRowsAlgorithm, depthwiseRowsApply } from "./depthwise-rows.js";
import { DirectAlgorithm } from "./direct.js";
import { WinogradAlgorithm, winogradApplies } from "./winograd.js";
import { StridedWinogradAlgorithm, stridedWinogradApplies } from "./winograd-strided.js";

/** What `chooseAlgorithm` has to know about the tensors around the convolution. */
export interface Surroundings {
  /** Channels to a block of the input; by default as many as fill it. */
  readonly lanes?: number;
  /** True: input and output are planes anyway. */
  readonly planes?: boolean;
}

/** The algorithm with the lowest estimated time for a convolution. */
export function chooseAlgorithm(
  g: Conv2dGeometry,
  capabilities: Capabilities,
  { lanes, planes = false }: Surroundings = {},
): Algorithm {
  if (planes && depthwiseRowsApply(g)) return new DepthwiseRowsAlgorithm(g, capabilities);
  if (planes && depthwiseEvenApplies(g)) return new DepthwiseEvenAlgorithm(g, capabilities);
  const layers: Algorithm[] = [new DirectAlgorithm(g, capabilities, lanes)];
  if (capabilities.winograd && winogradApplies(g)) {
    layers.push(new WinogradAlgorithm(g, 2, capabilities), new WinogradAlgorithm(g, 4, capabilities));
  }
  if (capabilities.winograd && stridedWinogradApplies(g))
    layers.push(new StridedWinogradAlgorithm(g, capabilities));
  return layers.reduce((best, layer) => (layer.cost < best.cost ? layer : best));
}
