import { bundled } from "./imports.js";

/** `@convfuse/core` as the worker brings it. */
export function importCore(): Promise<{ readonly format?: unknown }> {
  return Promise.resolve(bundled("@convfuse/core") ?? {});
}
