import { type Capabilities, isa } from "../machine/capabilities.js";
import { type Step, threadScratchBytes } from "../machine/records.js";
import type { Addresses, Algorithm } from "./algorithm.js";
import type { Conv2dGeometry } from "./as-2d.js";
import { type Blocked, type Border, isDepthwise, noBorder } from "./blocked.js";
import { productsPerCycle } from "./direct.js";

/** Bytes of padded rows that stay in the first-level cache. */
const bandBytes = 24 * 1024;

/**
 * True where a depthwise convolution can be computed on rows of planes: neighbouring outputs have
 * neighbouring inputs.
 */
export function depthwiseRowsApply(g: Conv2dGeometry): boolean {
  return isDepthwise(g) && g.strideHeight === 1 && g.strideWidth === 1 && g.outWidth >= 4 && bandRows(g) > 0;
}

/**
 * Output rows that are computed together, since the rows that they read fit a thread's scratch memory; 0: not
 * even a few do.
 */
function bandRows(g: Conv2dGeometry): number {
  const padding = g.padLeft + g.padRight;
  if (padding === 0) return g.outHeight;
  const rowBytes = (padding + g.inWidth) * 4;
  const more = (g.kernelHeight - 1) * g.dilationHeight;
  // The masks come first, and zeros run past the last row.
  const most = Math.floor((threadScratchBytes - 64 - 16) / rowBytes) - more - 1;
  const least = Math.min(8, g.outHeight);
  if (most < least) return 0;
  const rows = Math.min(most, Math.max(least, Math.floor(bandBytes / rowBytes) - more));
  return Math.ceil(g.outHeight / Math.ceil(g.outHeight / rows));
}

/**
 * A depthwise convolution on planes as they are, so that nothing has to be put into blocks and back. Rows of
 * padding above and below the image are left out.
 */
export class DepthwiseRowsAlgorithm implements Algorithm {
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  readonly lanes: number = 1;
  readonly outLanes: number = 1;
  readonly readsPlanes: boolean = true;
  readonly border: Border = noBorder;
  readonly weightFloats: number;
  readonly workBytes: number = 0;
  readonly cost: number;
  readonly #wide: boolean;

  constructor(g: Conv2dGeometry, capabilities: Capabilities) {
    this.geometry = g;
    this.weightFloats = g.groups * g.kernelHeight * g.kernelWidth;
    this.#wide = capabilities.wide && g.outWidth >= 8;
    const rolls = g.kernelHeight === 3 && g.kernelWidth === 3 && g.dilationWidth === 1;
    this.name = `f32_depthwise_${rolls ? "3x3" : "rows"}_x${this.#wide ? 8 : 4} ${isa(capabilities)}`;
    const products = g.batch * g.groups * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth;
    this.cost = products / productsPerCycle(capabilities);
  }

  /** Each kernel column by column, so that the rows of a column lie side by side. */
  pack(weight: Float32Array, out: Float32Array): void {
    const { groups, kernelHeight, kernelWidth } = this.geometry;
    let at = 0;
    for (let c = 0; c < groups; c++)
      for (let j = 0; j < kernelWidth; j++)
        for (let i = 0; i < kernelHeight; i++)
          out[at++] = weight[(c * kernelHeight + i) * kernelWidth + j] as number;
  }

  tables(): Int32Array {
    return new Int32Array(0);
  }

  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[] {
    const g = this.geometry;
    const record = {
      x: at.x + x.origin,
      height: g.inHeight,
      rowBytes: g.inWidth * 4,
      padTop: g.padTop,
      leftBytes: g.padLeft * 4,
      rightBytes: g.padRight * 4,
      bandRows: bandRows(g),
      w: at.weight,
      kernelHeight: g.kernelHeight,
      kernelWidth: g.kernelWidth,
      rowDilation: g.dilationHeight,
      tapBytes: g.dilationWidth * 4,
      bias: at.bias,
      out: at.out + out.origin,
      residual: at.residual === 0 ? 0 : at.residual + out.origin,
      lowerBound: relu ? 0 : Number.NEGATIVE_INFINITY,
      outImageStride: out.imageStride,
      outPlaneStride: out.blockStride,
      outRowStride: out.rowStride,
      outHeight: g.outHeight,
      outWidth: g.outWidth,
      // There may be fewer than the kernel has been padded to.
      planes: x.blocks,
      wide: this.#wide ? 1 : 0,
    };
    return [{ kind: "depthwiseRows", record, units: g.batch * x.blocks }];
  }
}
