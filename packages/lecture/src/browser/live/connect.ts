import type { Session, SessionEvent } from "@convfuse/kernel";

/** The page's side of a session whose other side is a worker. */
export function connectSession(
  worker: Worker,
  { onEvent, files }: { onEvent: (event: SessionEvent) => void; files?: ReadonlyMap<string, Uint8Array> },
): Session {
  const pending = new Map<number, (value: never) => void>();
  let count = 0;
  worker.onmessage = ({ data }) => {
    if (data.event) onEvent(data.event);
    else pending.get(data.id)?.(data.value as never);
  };
  worker.postMessage({ files });
  const call = (method: string, ...args: unknown[]): Promise<never> =>
    new Promise((resolve) => {
      pending.set(++count, resolve);
      worker.postMessage({ id: count, method, args });
    });
  return {
    execute: (request: unknown) => call("execute", request),
    complete: (code: string, cursor: number) => call("complete", code, cursor),
    inspect: (code: string, cursor: number) => call("inspect", code, cursor),
    isComplete: (code: string) => call("isComplete", code),
    interrupt: () => worker.postMessage({ method: "interrupt", args: [] }),
  } as unknown as Session;
}
