import { KernelMessage } from "@jupyterlab/services";
import type { IKernel } from "@jupyterlite/services";

export type Header = KernelMessage.IHeader;

/**
 * What a message says; the protocol's own types are one for each message, while the session's events are all
 * plain JSON.
 */
type Content = Readonly<Record<string, unknown>>;

interface Extras {
  readonly metadata?: Content;
  readonly buffers?: readonly Uint8Array[];
}

interface Text {
  readonly parent: Header;
  readonly name: string;
  text: string;
}

/**
 * Pieces of text that come within so many milliseconds are one message: with each, JupyterLab draws all of a
 * cell's text again.
 */
const joinedFor = 50;

/**
 * Sends what a kernel says, as messages of the Jupyter protocol, each under the request that it belongs to.
 */
export class Outlet {
  readonly #send: IKernel.SendMessage;
  #waiting: Text | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent = Number.NEGATIVE_INFINITY;

  constructor(send: IKernel.SendMessage) {
    this.#send = send;
  }

  /** To the one client that asked. */
  reply(type: string, content: Content, parent: Header, channel: "shell" | "stdin" = "shell"): void {
    this.#message(channel, type, content, parent);
  }

  /** To all clients. */
  publish(type: string, content: Content, parent: Header, extras: Extras = {}): void {
    this.#message("iopub", type, content, parent, extras);
  }

  /** Text that is printed: at once, or with what was printed just before. */
  print(name: string, text: string, parent: Header): void {
    if (this.#waiting?.parent === parent && this.#waiting.name === name) {
      this.#waiting.text += text;
      return;
    }
    this.#flush();
    this.#waiting = { parent, name, text };
    if (performance.now() - this.#sent >= joinedFor) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), joinedFor);
  }

  /** Sends the text that waits. */
  #flush(): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#sent = performance.now();
    const { name, text, parent } = waiting;
    this.publish("stream", { name, text }, parent);
  }

  #message(channel: string, msgType: string, content: Content, parent: Header, extras: Extras = {}): void {
    // In the order in which it was said.
    this.#flush();
    const { metadata = {}, buffers = [] } = extras;
    const options = { channel, msgType, session: parent.session, parentHeader: parent, content, metadata };
    // Buffers become parts of one frame; each may be a view of a larger piece of memory, of which only the
    // view is meant.
    const parts = buffers.map((bytes) => bytes.slice().buffer);
    this.#send(
      // Which of the protocol's types it is, the compiler cannot know of a type that comes as text.
      KernelMessage.createMessage({
        ...options,
        buffers: parts,
      } as unknown as KernelMessage.IOptions<KernelMessage.IStreamMsg>),
    );
  }
}
