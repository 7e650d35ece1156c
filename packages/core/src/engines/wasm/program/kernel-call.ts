import type { Algorithm } from "../algorithms/algorithm.js";
import type { Blocked } from "../algorithms/blocked.js";
import { layoutGroups } from "../algorithms/blocked.js";
import type { Buffer } from "./buffers.js";
import type { Kept } from "./kept.js";

/** The layouts of a kernel's input and output. */
export interface Views {
  readonly x: Blocked;
  readonly out: Blocked;
}

/**
 * One algorithm at work: what it reads and where it writes. Calls of one algorithm have the same layouts but
 * for their origins, and share its tables.
 */
export interface KernelCall {
  readonly algorithm: Algorithm;
  readonly weight: Kept;
  readonly bias: Kept;
  readonly x: Buffer;
  readonly out: Buffer;
  /** Added to the result, and laid out as `out`; it may be `out`, to whose sums this adds. */
  readonly residual: Buffer | undefined;
  readonly relu: boolean;
  /** The part of input and output that it is about; undefined: all of both. */
  readonly part?: (whole: Views) => Views;
}

/** The layouts that a call works on, once every buffer has its border. */
export function viewsOf({ algorithm, x, out, part }: KernelCall): Views {
  const groups = layoutGroups(algorithm.geometry);
  const whole = { x: x.layout(groups), out: out.layout(groups) };
  return part === undefined ? whole : part(whole);
}
