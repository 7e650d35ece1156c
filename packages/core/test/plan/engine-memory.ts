import { activeEngine } from "../../src/engines/active.js";
import { WasmEngine } from "../../src/engines/wasm/index.js";

/** Bytes of the engine's memory: taken, and as a whole. */
export function engineMemory(): { readonly taken: number; readonly whole: number } {
  const engine = activeEngine();
  if (!(engine instanceof WasmEngine)) throw new Error("the wasm engine is not in use");
  const { heap } = engine.runtime;
  return { taken: heap.used, whole: heap.memory.buffer.byteLength };
}
