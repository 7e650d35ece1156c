import { hasRelaxedSimd } from "./builds.js";

/**
 * The part of Node's process that this needs; core has no Node built-in import, so that it runs in browsers.
 */
interface NodeProcess {
  readonly execArgv?: readonly string[];
  readonly env?: { readonly NODE_OPTIONS?: string };
  readonly versions?: { readonly v8?: string };
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flag: string): void };
}

const relaxedFlag = "--experimental-wasm-relaxed-simd";
const wideFlag = "--experimental-wasm-revectorize";

let wideAsked = false;

/**
 * True where V8 compiles pairs of 128-bit operations to 256-bit ones: after `setFastFlags`, or where Node was
 * started with the flag.
 */
export function hasWideVectors(): boolean {
  if (wideAsked) return true;
  const process = nodeProcess();
  const given = [...(process?.execArgv ?? []), ...(process?.env?.NODE_OPTIONS ?? "").split(" ")];
  return given.includes(wideFlag) && widens(process);
}

/**
 * Sets V8's flags that make WebAssembly faster, where there is a V8 that has them and does not use them
 * already.
 */
export function setFastFlags(): void {
  const process = nodeProcess();
  const v8 = process?.getBuiltinModule?.("node:v8");
  if (v8 === undefined) return;
  // V8 12 and newer have relaxed SIMD without a flag, and complain about it.
  if (!hasRelaxedSimd()) v8.setFlagsFromString(relaxedFlag);
  if (hasRelaxedSimd() && widens(process)) {
    v8.setFlagsFromString(wideFlag);
    wideAsked = true;
  }
}

/**
 * What a flag does belongs to V8's version: before 13 this one does not exist, or changes nothing after the
 * start.
 */
function widens(process: NodeProcess | undefined): boolean {
  return Number.parseInt(process?.versions?.v8 ?? "0", 10) >= 13;
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}
