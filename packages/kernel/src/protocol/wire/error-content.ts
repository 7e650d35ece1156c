import type { JsonObject } from "./wire.js";

/** The content of a reply to a request that failed in the kernel itself. */
export function errorContent(error: unknown): JsonObject {
  const ename = error instanceof Error ? error.name : "Error";
  const evalue = error instanceof Error ? error.message : String(error);
  return { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
