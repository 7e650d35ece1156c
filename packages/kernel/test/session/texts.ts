import type { SessionEvent } from "@convfuse/kernel";

/** What cells have written, in order. */
export function texts(events: readonly SessionEvent[]): string {
  return events.map((event) => (event.type === "stream" ? event.text : "")).join("");
}
