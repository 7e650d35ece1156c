import { baseline, relaxed } from "./module.generated.js";

/** What the AssemblyScript module exports; assembly/index.ts. */
export interface EngineExports {
  /** Runs steps on one thread; each is [kind, record, units, claimed, done], 32 bits each. */
  run(program: number, steps: number): void;
}

/** The two builds of the engine. */
export type Build = "baseline" | "relaxed";

/** (module (func (param v128 v128 v128) (result v128) local.get 0, 1, 2, f32x4.relaxed_madd)), without the three gets: only the opcode matters. */
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);

const modules = new Map<Build, WebAssembly.Module>();

/** True where WebAssembly has 128-bit vectors: without them there is no WebAssembly engine. */
export function hasSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(moduleBytes("baseline"));
}

/** True where WebAssembly has fused multiply-add (relaxed SIMD). */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe);
}

/** Makes an instance of a build on the given memory, synchronously. */
export function instantiate(build: Build, memory: WebAssembly.Memory): EngineExports {
  let module = modules.get(build);
  if (module === undefined) {
    module = new WebAssembly.Module(moduleBytes(build));
    modules.set(build, module);
  }
  const abort = () => {
    throw new Error("the WebAssembly engine stopped");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as EngineExports;
}

function moduleBytes(build: Build): Uint8Array<ArrayBuffer> {
  const text = atob(build === "relaxed" ? relaxed : baseline);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
