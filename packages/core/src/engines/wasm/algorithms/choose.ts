import type { Capabilities } from "../machine/capabilities.js";
import type { Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import { DepthwiseEvenAlgorithm, depthwiseEvenApplies } from "./depthwise-even.js";
import { DepthwiseRowsAlgorithm, depthwiseRowsApply } from "./depthwise-rows.js";
import { DirectAlgorithm } from "./direct.js";
import { WinogradAlgorithm, winogradApplies } from "./winograd.js";
import { StridedWinogradAlgorithm, stridedWinogradApplies } from "./winograd-strided.js";

/** What a choice depends on besides the convolution. */
export interface Surroundings {
  /** Channels to a block of the input; by default as many as fill it. */
  readonly lanes?: number;
  /** True: input and output are planes anyway. */
  readonly planes?: boolean;
  /**
   * True: its outputs are not each other's neighbours, or all read the same input: only the definition
   * computes such.
   */
  readonly scattered?: boolean;
}

/** Says how a convolution is computed. */
export type Chooser = (g: Conv2dGeometry, surroundings: Surroundings) => Algorithm;

/** Chooses for a machine: the algorithm with the lowest estimated time. */
export function chooserFor(capabilities: Capabilities): Chooser {
  return (g, surroundings) => chooseAlgorithm(g, capabilities, surroundings);
}

function chooseAlgorithm(
  g: Conv2dGeometry,
  capabilities: Capabilities,
  { lanes, planes = false, scattered = false }: Surroundings,
): Algorithm {
  if (planes && depthwiseRowsApply(g)) return new DepthwiseRowsAlgorithm(g, capabilities);
  if (planes && depthwiseEvenApplies(g)) return new DepthwiseEvenAlgorithm(g, capabilities);
  const direct = new DirectAlgorithm(g, capabilities, lanes);
  if (scattered || !capabilities.winograd) return direct;
  const all: Algorithm[] = [direct];
  if (winogradApplies(g)) {
    all.push(new WinogradAlgorithm(g, 2, capabilities), new WinogradAlgorithm(g, 4, capabilities));
  }
  if (stridedWinogradApplies(g)) all.push(new StridedWinogradAlgorithm(g, capabilities));
  return all.reduce((best, one) => (one.cost < best.cost ? one : best));
}
