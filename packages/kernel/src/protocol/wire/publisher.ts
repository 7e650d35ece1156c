import type { SendQueue } from "./send-queue.js";
import type { JsonObject, Wire } from "./wire.js";

/** What an iopub message may carry beside its content. */
export interface Extras {
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

/** The iopub channel: everything that all clients see. */
export class Publisher {
  readonly #wire: Wire;
  readonly #queue: SendQueue;

  constructor(wire: Wire, queue: SendQueue) {
    this.#wire = wire;
    this.#queue = queue;
  }

  publish(type: string, content: JsonObject, parent: Buffer | undefined, extras: Extras = {}): void {
    const topic = Buffer.from(
      type === "stream" ? `stream.${content.name}` : `kernel.${this.#wire.session}.${type}`,
    );
    this.#queue.send(this.#wire.encode([topic], { type, content, ...(parent && { parent }), ...extras }));
  }

  status(state: "starting" | "busy" | "idle", parent?: Buffer): void {
    this.publish("status", { execution_state: state }, parent);
  }

  /** Tells a client that its subscription has arrived, so that it misses nothing from here on (JEP 65). */
  welcome(subscription: Buffer): void {
    const content = { subscription: subscription.toString() };
    this.#queue.send(this.#wire.encode([subscription], { type: "iopub_welcome", content }));
  }
}
