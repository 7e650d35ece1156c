import type { Channel, IMessage } from "@jupyterlab/services/lib/kernel/messages.js";
import { deserialize, serialize } from "@jupyterlab/services/lib/kernel/serialize.js";
import { decode, encode } from "@nteract/messaging/lib/wire-protocol.js";
import { Dealer, Subscriber } from "zeromq";

/** What a connection file says. */
export interface RawConnection {
  readonly transport: "tcp";
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: "hmac-sha256";
  readonly kernel_name: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/** The channels on which a client speaks. */
type Asking = Exclude<Channel, "iopub">;

/**
 * What a KernelConnection of @jupyterlab/services needs of a WebSocket, straight over the kernel's ZeroMQ sockets and with
 * no server in between: the way in which VS Code talks to a kernel of its own machine. VS Code fills in fields that a kernel
 * forgot before the KernelConnection looks for them. Here they are missed.
 */
export class RawSocket {
  readonly protocol = "";
  binaryType = "";
  onopen: (event: object) => void = () => undefined;
  onmessage: (event: { readonly data: string | ArrayBuffer }) => void = () => undefined;
  onclose: (event: object) => void = () => undefined;
  onerror: (event: object) => void = () => undefined;
  /** Messages that could not be read or sent. */
  readonly faults: unknown[] = [];

  readonly #connection: RawConnection;
  readonly #dealers: { readonly [channel in Asking]: Dealer };
  readonly #iopub: Subscriber;
  #sent: Promise<void> = Promise.resolve();

  constructor(connection: RawConnection, routingId: string) {
    this.#connection = connection;
    // The three share an identity: by it, the kernel sends a question to whoever sent the cell.
    const dealer = (): Dealer =>
      new Dealer({ routingId, linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    this.#dealers = { shell: dealer(), control: dealer(), stdin: dealer() };
    this.#iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    for (const channel of ["iopub", "shell", "control", "stdin"] as const) {
      const socket = channel === "iopub" ? this.#iopub : this.#dealers[channel];
      socket.connect(`tcp://${connection.ip}:${connection[`${channel}_port`]}`);
      void this.#receive(channel, socket);
    }
    this.#iopub.subscribe();
  }

  send(data: string | ArrayBuffer): void {
    // The two packages' types differ: one knows newer messages, and its reader takes strings too.
    const { channel, buffers = [], ...message } = deserialize(data as ArrayBuffer);
    const frames = encode(
      { ...(message as object), buffers: buffers.map(bytes) },
      this.#connection.key,
      this.#connection.signature_scheme,
    );
    const socket = this.#dealers[channel as Asking];
    // zeromq.js refuses a message while an earlier one waits.
    this.#sent = this.#sent
      .then(() => socket.send(frames))
      .catch((error: unknown) => void this.faults.push(error));
  }

  close(): void {
    for (const socket of [this.#iopub, ...Object.values(this.#dealers)]) socket.close();
  }

  async #receive(channel: Channel, socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      try {
        const { header, parent_header, metadata, content, buffers } = decode(
          frames,
          this.#connection.key,
          this.#connection.signature_scheme,
        );
        const parts = { header, parent_header, metadata, content, channel };
        const message = { ...parts, buffers: buffers.map((part) => Uint8Array.from(part).buffer) };
        this.onmessage({ data: serialize(message as unknown as IMessage) });
      } catch (error) {
        this.faults.push(error);
      }
    }
  }
}

function bytes(buffer: ArrayBuffer | ArrayBufferView): Buffer {
  if (!ArrayBuffer.isView(buffer)) return Buffer.from(buffer);
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
