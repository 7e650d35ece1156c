import type { Session, SessionEvent, SessionOptions } from "../session/types.js";
import { debugEvent } from "./debug-requests.js";
import type { History } from "./history/history.js";
import type { InputRequests } from "./input-requests.js";
import type { OutputLimit } from "./output-limit.js";
import type { Requests } from "./requests.js";
import type { StreamJoiner } from "./stream-joiner.js";
import type { Publisher } from "./wire/publisher.js";
import { isJsonObject } from "./wire/wire.js";

export type SessionFactory = (options: SessionOptions) => Session | Promise<Session>;

interface Outlets {
  readonly requests: Requests;
  readonly history: History;
  readonly inputs: InputRequests;
  readonly limit: OutputLimit;
  readonly publisher: Publisher;
  readonly streams: StreamJoiner;
}

type OutputEvent = Exclude<SessionEvent, { readonly type: "exit" }>;

/** Passes on what a session emits, to the client and under the request that it belongs to. */
export function forward(
  event: OutputEvent,
  { history, requests, inputs, limit, publisher, streams }: Outlets,
): void {
  if (event.type === "stream") {
    if (limit.admits(event.parent, event.text.length)) streams.write(event.parent, event.name, event.text);
    return;
  }
  streams.flush();
  if (event.type === "debug") {
    publisher.publish("debug_event", debugEvent(event.event, event.body), undefined);
    return;
  }
  const request = requests.get(event.parent);
  const parent = request?.message.headerBytes;
  switch (event.type) {
    case "display_data":
    case "update_display_data": {
      const { type, data, metadata, transient } = event;
      publisher.publish(type, { data, metadata, transient: { ...transient } }, parent);
      break;
    }
    case "execute_result": {
      if (!request || request.silent) break;
      const { data, metadata } = event;
      const text = data["text/plain"];
      if (request.stored && typeof text === "string") history.recordOutput(request.executionCount, text);
      publisher.publish(
        "execute_result",
        { execution_count: request.executionCount, data, metadata },
        parent,
      );
      break;
    }
    case "clear_output":
      publisher.publish("clear_output", { wait: event.wait }, parent);
      break;
    case "error": {
      const { ename, evalue, traceback } = event;
      publisher.publish("error", { ename, evalue, traceback }, parent);
      break;
    }
    case "input_request":
      if (request) {
        const { prompt, password } = event;
        inputs.ask({ cell: event.parent, request: request.message, prompt, password });
      }
      break;
    case "comm_open":
    case "comm_msg":
    case "comm_close": {
      const { commId, targetName, data, metadata, buffers } = event;
      const target = targetName === undefined ? {} : { target_name: targetName };
      publisher.publish(event.type, { comm_id: commId, ...target, data }, parent, { metadata, buffers });
      break;
    }
    case "broadcast": {
      const { content } = event;
      const body = isJsonObject(content) ? content : { content };
      publisher.publish(event.messageType, body, parent);
      break;
    }
  }
}
