import type { Json, Session } from "../session/types.js";
import type { Fields } from "./wire/fields.js";
import type { JsonObject } from "./wire/wire.js";

/** Counts what goes out in the Debug Adapter Protocol: replies and events. */
let sent = 0;

/** Answers a debug_request: refusals too are in that protocol's own form. */
export async function debugRequest(fields: Fields, session: Promise<Session>): Promise<JsonObject> {
  const command = fields.text("command", "");
  const args = fields.object("arguments") as { readonly [name: string]: Json };
  const response = { type: "response", request_seq: fields.integer("seq", 0), command };
  const reply = await (await session).debug?.(command, args);
  return {
    ...response,
    seq: ++sent,
    ...(reply ?? { success: false, message: "this session has no debugger" }),
  };
}

/** The content of a debug_event. */
export function debugEvent(event: string, body: Json): JsonObject {
  return { type: "event", seq: ++sent, event, body };
}
