import { type LinearForm, weightsOf } from "../../../algebra/kernel.js";
import type { Node } from "../../../graph/graph.js";
import { isIdentity, type LinearMap } from "./linear-map.js";

/** What computing something takes. */
export interface Work {
  /** Operations, one after another: a convolution, a norm, an addition. */
  readonly layers: number;
  /** Multiply-adds for one pixel of the output. */
  readonly macs: number;
  /**
   * Numbers that are held, without biases: folding a shift into a convolution is always worth its one number
   * a channel.
   */
  readonly weights: number;
  /** Biases count only between what takes as much of all else. */
  readonly biases: number;
}

/**
 * `"any"`: only grouped weights may not grow by zeros. `"none"`: neither work nor weights may grow by more
 * than a twentieth.
 */
export type Growth = "any" | "none";

export const noWork: Work = { layers: 0, macs: 0, weights: 0, biases: 0 };

/** Of operations that only bring values together: additions, a concatenation. */
export function meetings(count: number): Work {
  return { ...noWork, layers: count };
}

export function plus(...all: readonly Work[]): Work {
  return {
    layers: all.reduce((sum, work) => sum + work.layers, 0),
    macs: all.reduce((sum, work) => sum + work.macs, 0),
    weights: all.reduce((sum, work) => sum + work.weights, 0),
    biases: all.reduce((sum, work) => sum + work.biases, 0),
  };
}

/** Work that was counted for a pixel before a map, counted for a pixel behind it. */
export function behind(work: Work, map: LinearMap): Work {
  return map.kind === "scalar" ? work : { ...work, macs: work.macs * pixelsRead(map.form) };
}

/** How many pixels of its input a map has for each of its output. */
function pixelsRead({ axes }: LinearForm): number {
  return axes.reduce((pixels, axis) => (pixels * axis.stride) / axis.upsampling, 1);
}

/** The work of a map as one layer; `channels` are those of its input, where they are known. */
export function workOfMap(map: LinearMap, channels = 0): Work {
  if (isIdentity(map)) return noWork;
  if (map.kind === "scalar") {
    const biases = map.shift === 0 ? 0 : channels;
    return { layers: 1, macs: channels, weights: channels, biases };
  }
  const weights = weightsOf(map.form);
  const holes = map.form.axes.reduce((product, axis) => product * axis.upsampling, 1);
  return { layers: 1, macs: weights / holes, weights, biases: map.biased ? map.form.outChannels : 0 };
}

/** The work of a node that is this map: paddings and averages hold no weights. */
export function workOfNode({ op }: Node, map: LinearMap, channels = 0): Work {
  const work = workOfMap(map, channels);
  if (op.kind === "pad") return { ...work, macs: 0, weights: 0 };
  return op.kind === "window" ? { ...work, weights: 0 } : work;
}

/** A twentieth more is no growth: what one layer less saves is worth it. */
const tolerance = 1.05;

/** Whether work or weights grow by more than a twentieth. */
export function exceeds(after: Work, before: Work): boolean {
  return after.macs > tolerance * before.macs || after.weights > tolerance * before.weights;
}

/** The smaller number of each. */
export function lesser(a: Work, b: Work): Work {
  return {
    layers: Math.min(a.layers, b.layers),
    macs: Math.min(a.macs, b.macs),
    weights: Math.min(a.weights, b.weights),
    biases: Math.min(a.biases, b.biases),
  };
}

/**
 * Below 0: a is better: fewer layers, or as many and less work, or as much and fewer weights, or as many and
 * fewer biases.
 */
export function compareWork(a: Work, b: Work): number {
  return a.layers - b.layers || a.macs - b.macs || a.weights - b.weights || a.biases - b.biases;
}
