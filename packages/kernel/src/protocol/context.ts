import type { CellError, Session } from "../session/types.js";
import type { History } from "./history/history.js";
import type { InputRequests } from "./input-requests.js";
import type { Subshells } from "./lanes/subshells.js";
import type { Log } from "./log.js";
import type { OutputLimit } from "./output-limit.js";
import type { Requests } from "./requests.js";
import type { StreamJoiner } from "./stream-joiner.js";
import type { Connection } from "./wire/connection.js";
import type { Publisher } from "./wire/publisher.js";
import type { Draft, Message } from "./wire/wire.js";

/** What the handlers of requests work with. */
export interface Context {
  readonly connection: Connection;
  readonly session: Promise<Session>;
  /** Settles when the session's process is gone, with what the cells that it was running are told. */
  readonly sessionEnd: Promise<CellError>;
  readonly requests: Requests;
  readonly history: History;
  readonly inputs: InputRequests;
  readonly limit: OutputLimit;
  readonly log: Log;
  readonly publisher: Publisher;
  readonly streams: StreamJoiner;
  readonly subshells: Subshells;
  stop(): void;
}

/** A message, and the way to answer it. */
export interface Exchange {
  readonly message: Message;
  readonly channel: "shell" | "control";
  reply(draft: Pick<Draft, "content" | "metadata">): void;
}
