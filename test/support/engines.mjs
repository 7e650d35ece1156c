import { engineNames, setEngine } from "@convfuse/core";

/** Every way in which this machine can compute: a name for reports, the engine's own name, and what chooses it. */
export const engines = engineNames().flatMap((name) =>
  name === "wasm"
    ? ["fast", "exact"].map((precision) => ({
        label: `${name}, ${precision}`,
        name,
        use: () => setEngine(name, { precision }),
      }))
    : [{ label: name, name, use: () => setEngine(name) }],
);
