import { engineNames, setEngine } from "@convfuse/core";

/**
 * Every way in which this machine can compute.
 * @typedef {object} EngineVariant
 * @property {string} label for reports
 * @property {boolean} exact false: Winograd's algorithm may be used, whose errors are those of a tile
 * @property {boolean} inFloat64 true: sums are rounded to float32 once
 * @property {() => Promise<void>} use chooses it for what is computed next
 */

/** @type {readonly (import("@convfuse/core").WasmOptions & { readonly label: string })[]} */
const wasm = [
  { label: "wasm, fast", precision: "fast" },
  { label: "wasm, exact", precision: "exact" },
  { label: "wasm, fast, 2 threads", precision: "fast", threads: 2 },
];

/** @type {readonly EngineVariant[]} */
export const engines = engineNames().flatMap((name) =>
  name === "wasm"
    ? wasm.map(({ label, ...options }) => ({
        label,
        exact: options.precision === "exact",
        inFloat64: false,
        use: () => setEngine(name, options),
      }))
    : [{ label: name, exact: true, inFloat64: true, use: () => setEngine(name) }],
);
