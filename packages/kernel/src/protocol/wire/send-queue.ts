/** The one thing that a queue needs of a socket. */
export interface Sender {
  send(frames: Uint8Array[]): Promise<void>;
}

/**
 * Sends in order: a ZeroMQ socket refuses a send that is made while an earlier one waits. What is sent before
 * the queue has a socket waits for it.
 */
export class SendQueue {
  readonly #onError: (error: unknown) => void;
  readonly #waiting: Uint8Array[][] = [];
  #socket: Sender | null = null;
  #draining: Promise<void> | null = null;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  attach(socket: Sender): void {
    this.#socket = socket;
    this.#start();
  }

  send(frames: Uint8Array[]): void {
    this.#waiting.push(frames);
    this.#start();
  }

  /** Settles when everything that was handed over is with ZeroMQ. */
  async flushed(): Promise<void> {
    await this.#draining;
  }

  #start(): void {
    if (this.#socket && this.#waiting.length > 0) this.#draining ??= this.#drain(this.#socket);
  }

  async #drain(socket: Sender): Promise<void> {
    // Taking from the front of a long array is slow, so a whole batch is taken at once.
    while (this.#waiting.length > 0) {
      for (const frames of this.#waiting.splice(0)) {
        try {
          await socket.send(frames);
        } catch (error) {
          this.#onError(error);
        }
      }
    }
    this.#draining = null;
  }
}
