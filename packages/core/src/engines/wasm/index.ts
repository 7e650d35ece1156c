import type { ConvGeometry, Engine } from "../engine.js";
import { reference } from "../reference/index.js";
import { as2d, isPlain2d } from "./algorithms/as-2d.js";
import { hasRelaxedSimd, hasSimd } from "./machine/builds.js";
import { Runtime } from "./machine/runtime.js";
import { hasWideVectors } from "./machine/v8-flags.js";
import type { WasmOptions } from "./options.js";
import { PackedWeights } from "./packed-weights.js";
import { hasParts } from "./program/parts.js";
import { PreparedConv } from "./program/prepared.js";
import { PreparedParts } from "./program/prepared-parts.js";

/** Convolution in WebAssembly on channel blocks, with packed weights. */
export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly runtime: Runtime;
  readonly #cache = new PackedWeights();

  /** The options as given. */
  readonly options: WasmOptions;

  constructor(options: WasmOptions = {}) {
    this.options = options;
    const { precision = "fast", threads = 1 } = options;
    const fast = precision === "fast";
    const relaxed = fast && hasRelaxedSimd();
    this.runtime = new Runtime({ relaxed, wide: relaxed && hasWideVectors(), winograd: fast, threads });
  }

  conv(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    out: Float32Array,
    geometry: ConvGeometry,
  ): void {
    if (out.length === 0) return;
    if (!isPlain2d(geometry) && !hasParts(geometry)) {
      reference.conv(x, weight, bias, out, geometry);
      return;
    }
    const prepare = () =>
      isPlain2d(geometry)
        ? new PreparedConv(this.runtime, weight, as2d(geometry))
        : new PreparedParts(this.runtime, weight, geometry);
    const prepared = this.#cache.get(weight, geometry, prepare);
    if (prepared.run(x, bias, out)) return;
    const direct = prepared.direct(weight);
    direct.run(x, bias, out);
    direct.release();
  }

  linear(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    out: Float32Array,
    sizes: { readonly rows: number; readonly inFeatures: number; readonly outFeatures: number },
  ): void {
    const { rows, inFeatures, outFeatures } = sizes;
    if (inFeatures === 0) {
      for (let r = 0; r < rows; r++)
        for (let o = 0; o < outFeatures; o++) out[r * outFeatures + o] = bias?.[o] ?? 0;
      return;
    }
    const channels = { inChannels: inFeatures, outChannels: outFeatures, groups: 1 };
    this.conv(x, weight, bias, out, { ...pixels, ...channels, batch: rows });
  }
}

/** Images without axes: a convolution of them is a matrix product. */
const pixels = { axes: [], inSize: [], outSize: [], transposed: false } as const;

/** True where the engine can run. */
export function canRun(): boolean {
  return hasSimd();
}
