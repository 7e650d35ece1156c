import type { SessionEvent } from "@convfuse/kernel/browser";
import type { Header, Outlet } from "./outlet.js";

/** Passes on what a session emits. */
export function forward(
  event: Exclude<SessionEvent, { readonly type: "debug" | "exit" }>,
  outlet: Outlet,
  parent: Header,
  executionCount: number,
): void {
  switch (event.type) {
    case "stream":
      outlet.print(event.name, event.text, parent);
      break;
    case "display_data":
    case "update_display_data": {
      const { type, data, metadata, transient } = event;
      outlet.publish(type, { data, metadata, transient }, parent);
      break;
    }
    case "execute_result": {
      const { data, metadata } = event;
      outlet.publish("execute_result", { execution_count: executionCount, data, metadata }, parent);
      break;
    }
    case "clear_output":
      outlet.publish("clear_output", { wait: event.wait }, parent);
      break;
    case "error": {
      const { ename, evalue, traceback } = event;
      outlet.publish("error", { ename, evalue, traceback }, parent);
      break;
    }
    case "input_request": {
      const { prompt, password } = event;
      outlet.reply("input_request", { prompt, password }, parent, "stdin");
      break;
    }
    case "comm_open":
    case "comm_msg":
    case "comm_close": {
      const { type, commId, targetName, data, metadata, buffers } = event;
      const target = targetName === undefined ? {} : { target_name: targetName };
      outlet.publish(type, { comm_id: commId, ...target, data }, parent, { metadata, buffers });
      break;
    }
    case "broadcast": {
      const { messageType, content } = event;
      const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
      outlet.publish(messageType, isObject ? { ...content } : { content }, parent);
      break;
    }
  }
}
