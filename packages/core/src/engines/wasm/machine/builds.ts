import { baseline, relaxed } from "./module.generated.js";

/** What the AssemblyScript module exports; assembly/index.ts. */
export interface EngineExports {
  /** Runs steps on one thread; each is [kind, record, units, taken, done], 32 bits each. */
  run(program: number, steps: number): void;
  /**
   * Runs steps together with the helpers that wait at `control`; gives 0 if one of them died. A browser's
   * page must not sleep.
   */
  runShared(control: number, program: number, steps: number, maySleep: boolean): number;
  /** What a helper does when it is woken. */
  help(control: number, job: number): void;
  /** Of the table of records that the module was built with. */
  recordFingerprint(): number;
  /** Where this thread keeps a Winograd tile between the two directions of its transform. */
  setScratch(address: number): void;
  /** c += b a in float64, on panels: assembly/product.ts. */
  addProduct(c: number, b: number, a: number, rows: number, columns: number, depth: number): void;
}

/** The two builds of the engine. */
export type Build = "baseline" | "relaxed";

/** A module with one function whose only operation is f32x4.relaxed_madd. */
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);

const modules = new Map<string, WebAssembly.Module>();

let simd: boolean | undefined;

/** True where WebAssembly has 128-bit vectors: without them there is no WebAssembly engine. */
export function hasSimd(): boolean {
  simd ??= typeof WebAssembly === "object" && WebAssembly.validate(moduleBytes("baseline", false));
  return simd;
}

/** True where WebAssembly has fused multiply-add (relaxed SIMD). */
export function hasRelaxedSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(relaxedProbe);
}

/** A build, compiled once, synchronously. */
export function engineModule(build: Build, shared: boolean): WebAssembly.Module {
  const key = `${build} ${shared}`;
  let module = modules.get(key);
  if (module === undefined) {
    module = new WebAssembly.Module(moduleBytes(build, shared));
    modules.set(key, module);
  }
  return module;
}

/** Makes an instance; `givesUp` is asked now and then by a thread that waits for others. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  givesUp: () => number,
): EngineExports {
  const abort = () => {
    throw new Error("the WebAssembly engine stopped");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort }, threads: { givesUp } });
  return exports as unknown as EngineExports;
}

/** The import of "memory", up to its limits; then 1: it has a maximum, 3: and it is shared. */
const memoryImport = [6, ...[..."memory"].map((letter) => letter.charCodeAt(0)), 2];

function moduleBytes(build: Build, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(build === "relaxed" ? relaxed : baseline);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  if (shared) {
    const at = bytes.findIndex((_, i) => memoryImport.every((byte, k) => bytes[i + k] === byte));
    bytes[at + memoryImport.length] = 3;
  }
  return bytes;
}
