import { checkOptions } from "../checks.js";
import { ArgumentError, EngineError, type Quoted } from "../errors.js";
import type { Engine } from "./engine.js";
import { byProducts } from "./reference/by-products.js";
import { reference } from "./reference/index.js";
import { canRun, WasmEngine } from "./wasm/index.js";
import { canShare } from "./wasm/machine/pool.js";
import { setFastFlags } from "./wasm/machine/v8-flags.js";
import { type WasmOptions, wasmOptionNames } from "./wasm/options.js";

/** More threads than any machine can use are a mistake. */
const mostThreads = 64;

/**
 * Made when it is first needed: making it takes a few milliseconds, which importing the library should not.
 */
let active: Engine | undefined;

/** The engine that ops compute with. */
export function activeEngine(): Engine {
  active ??= canRun() ? new WasmEngine() : reference;
  return active;
}

/**
 * Lets the engine in use compute for `op`.
 * @param got what an error quotes: the shapes that `op` knows
 * @throws {EngineError} if the engine cannot, as `op` tells it
 */
export function askEngine<T>(op: string, got: Quoted, compute: (engine: Engine) => T): T {
  try {
    return compute(activeEngine());
  } catch (error) {
    throw error instanceof EngineError ? error.toldBy(op, got) : error;
  }
}

/**
 * The names that {@link setEngine} takes on this machine.
 * @example
 * engineNames().includes("reference"); // true
 */
export function engineNames(): string[] {
  return canRun() ? ["wasm", reference.name] : [reference.name];
}

/**
 * The name of the engine in use: `"wasm"` by default where WebAssembly has vectors, else `"reference"`.
 * @example
 * engineNames().includes(getEngine()); // true
 */
export function getEngine(): string {
  return activeEngine().name;
}

/**
 * Chooses the engine for everything that is computed from now on.
 *
 * The default, `"wasm"` with `precision: "fast"`, may use Winograd's algorithm for 3x3 layers: at 64 channels
 * the largest error is about 8 times PyTorch's, and sums of whole numbers may come out not whole.
 * `precision: "exact"` and `"reference"` are for where that matters: comparisons with other libraries, whole
 * numbers, the same bits on every machine.
 * @param name `"wasm"`: WebAssembly; `"reference"`: plain loops that accumulate in float64
 * @param options for `"wasm"`: precision and threads, see {@link WasmOptions}
 * @throws {ArgumentError} if there is no such engine, or an option is outside its domain
 * @throws {EngineError} if a worker does not start; the engine stays what it was
 * @example
 * await setEngine("wasm", { threads: 2, precision: "exact" });
 */
export async function setEngine(name: string, options: WasmOptions = {}): Promise<void> {
  checkOptions("setEngine", options, wasmOptionNames);
  if (!engineNames().includes(name)) {
    throw new ArgumentError("setEngine", `name must be one of ${engineNames().join(", ")}`, { name });
  }
  if (name === reference.name) {
    useEngine(reference);
    return;
  }
  const engine = new WasmEngine(checkedOptions(options));
  // The new engine is there at once; only its helpers take a moment.
  const before = active;
  active = engine;
  try {
    await engine.runtime.ready();
  } catch (error) {
    active = before;
    throw error;
  }
  if (before instanceof WasmEngine) before.runtime.stop();
}

/**
 * Calls `run` with the reference engine in place, whose every sum is made in float64 and rounded once;
 * afterwards the engine in use is the old one.
 */
export function withReference<T>(run: () => T): T {
  const before = active;
  active = byProducts;
  try {
    return run();
  } finally {
    active = before;
  }
}

/** Computes everything from now on with an engine, whether it has a name or not. */
export function useEngine(engine: Engine): void {
  if (active instanceof WasmEngine) active.runtime.stop();
  active = engine;
}

function checkedOptions({ precision = "fast", threads = 1 }: WasmOptions): WasmOptions {
  if (precision !== "fast" && precision !== "exact") {
    throw new ArgumentError("setEngine", 'precision must be "fast" or "exact"', { precision });
  }
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > mostThreads) {
    throw new ArgumentError("setEngine", `threads must be a whole number from 1 to ${mostThreads}`, {
      threads,
    });
  }
  if (threads === 1 || canShare()) return { precision, threads };
  console.warn(
    "convfuse: this page is not cross-origin isolated, so that it has no shared memory: one thread is used",
  );
  return { precision, threads: 1 };
}

/**
 * Lets V8 compile WebAssembly to fused multiply-add (Node 20) and 256-bit vectors (Node 24 and newer) by
 * setting V8's flags, which changes the whole process: the library never does it by itself. Does nothing in
 * browsers and where the flags would not help. Call it before anything is computed. What the `"wasm"` engine
 * has compiled is dropped; its options stay.
 * @example
 * enableFastWasm();
 * await setEngine("wasm");
 */
export function enableFastWasm(): void {
  setFastFlags();
  if (active instanceof WasmEngine) useEngine(new WasmEngine(active.options));
}
