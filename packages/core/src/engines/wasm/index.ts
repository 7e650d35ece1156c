import type { Compiler } from "../compiler.js";
import type { ConvGeometry, Engine } from "../engine.js";
import { reference } from "../reference/index.js";
import { type Chooser, chooserFor } from "./algorithms/choose.js";
import { hasRelaxedSimd, hasSimd } from "./machine/builds.js";
import { Runtime } from "./machine/runtime.js";
import { hasWideVectors } from "./machine/v8-flags.js";
import type { WasmOptions } from "./options.js";
import { PackedWeights } from "./packed-weights.js";
import { WasmExecutable } from "./program/executable.js";
import { mostAxes } from "./program/parts.js";
import { SingleConv } from "./program/single-conv.js";

/** Convolution in WebAssembly on channel blocks, with packed weights. */
export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly runtime: Runtime;
  readonly compiler: Compiler = { compile: (graph) => new WasmExecutable(graph, this.runtime) };
  readonly #packed = new PackedWeights();
  readonly #choose: Chooser;

  /** The options as given. */
  readonly options: WasmOptions;

  constructor(options: WasmOptions = {}) {
    this.options = options;
    const { precision = "fast", threads = 1 } = options;
    const fast = precision === "fast";
    const relaxed = fast && hasRelaxedSimd();
    this.runtime = new Runtime({ relaxed, wide: relaxed && hasWideVectors(), winograd: fast, threads });
    this.#choose = chooserFor(this.runtime.capabilities);
  }

  conv(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    out: Float32Array,
    geometry: ConvGeometry,
  ): void {
    if (out.length === 0) return;
    if (geometry.axes.length > mostAxes) {
      reference.conv(x, weight, bias, out, geometry);
      return;
    }
    const prepare = () => new SingleConv(this.runtime, weight, geometry, this.#choose);
    const prepared = this.#packed.get(weight, geometry, prepare);
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
