import { send } from "#host/runtime/channel.js";
import type { SessionEvent } from "../types.js";

const beforeEvent: (() => void)[] = [];

/** Runs `work` ahead of every event, so that text written earlier is shown earlier. */
export function onBeforeEvent(work: () => void): void {
  beforeEvent.push(work);
}

export function emit(event: SessionEvent): void {
  if (event.type !== "stream") for (const work of beforeEvent) work();
  send({ type: "event", event });
}
