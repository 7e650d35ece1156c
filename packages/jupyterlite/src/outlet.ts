import { KernelMessage } from "@jupyterlab/services";
import type { IKernel } from "@jupyterlite/services";

export type Header = KernelMessage.IHeader;

/** What a message says; the protocol's own types are one for each message, while the session's events are all plain JSON. */
type Content = Readonly<Record<string, unknown>>;

interface Extras {
  readonly metadata?: Content;
  readonly buffers?: readonly Uint8Array[];
}

/** Sends what a kernel says, as messages of the Jupyter protocol, each under the request that it belongs to. */
export class Outlet {
  readonly #send: IKernel.SendMessage;

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

  #message(channel: string, msgType: string, content: Content, parent: Header, extras: Extras = {}): void {
    const { metadata = {}, buffers = [] } = extras;
    const options = { channel, msgType, session: parent.session, parentHeader: parent, content, metadata };
    // Buffers become parts of one frame; each may be a view of a larger piece of memory, of which only the view is meant.
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
