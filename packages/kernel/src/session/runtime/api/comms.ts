import type { CommMessage, Json } from "../../types.js";
import { emit } from "../events.js";
import { toJson } from "../json.js";
import { newId } from "../new-id.js";
import { onBehalfOf, ownerId } from "../runs.js";

export interface CommContent {
  readonly data: Json;
  readonly metadata: { readonly [key: string]: Json };
  readonly buffers: readonly Uint8Array[];
}

export interface CommOptions {
  readonly metadata?: { readonly [key: string]: unknown };
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** A line between the notebook's page and a cell. */
export interface Comm {
  readonly id: string;
  readonly target: string;
  send(data: unknown, options?: CommOptions): void;
  onMessage: ((message: CommContent) => void) | undefined;
  onClose: ((message: CommContent) => void) | undefined;
  close(data?: unknown, options?: CommOptions): void;
}

export interface Comms {
  /** Is called with each comm that the page opens for `target`. */
  register(target: string, onOpen: (comm: Comm, open: CommContent) => void): void;
  unregister(target: string): void;
  open(target: string, data?: unknown, options?: CommOptions): Comm;
}

const targets = new Map<string, (comm: Comm, open: CommContent) => void>();
const open = new Map<string, Comm>();

function post(
  type: "comm_open" | "comm_msg" | "comm_close",
  commId: string,
  data: unknown,
  options: CommOptions = {},
  targetName?: string,
): void {
  emit({
    type,
    parent: ownerId(),
    commId,
    ...(targetName === undefined ? {} : { targetName }),
    data: toJson(data ?? {}),
    metadata: toJson(options.metadata ?? {}) as { readonly [key: string]: Json },
    buffers: (options.buffers ?? []).map((buffer) =>
      ArrayBuffer.isView(buffer)
        ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice()
        : new Uint8Array(buffer).slice(),
    ),
  });
}

function createComm(id: string, target: string): Comm {
  const comm: Comm = {
    id,
    target,
    send: (data, options) => {
      if (!open.has(id)) throw new Error(`comm.send: the comm is closed; got id=${id}, target=${target}`);
      post("comm_msg", id, data, options);
    },
    onMessage: undefined,
    onClose: undefined,
    close: (data, options) => {
      if (open.delete(id)) post("comm_close", id, data, options);
    },
  };
  open.set(id, comm);
  return comm;
}

export const comms: Comms = {
  register(target, onOpen) {
    targets.set(target, onOpen);
  },
  unregister(target) {
    targets.delete(target);
  },
  open(target, data, options) {
    const comm = createComm(newId(), target);
    post("comm_open", comm.id, data, options, target);
    return comm;
  },
};

/** Hands a message from the page to the cell's handlers. */
export function receiveComm(message: CommMessage): void {
  onBehalfOf(message.parent, () => handle(message));
}

function handle(message: CommMessage): void {
  const content = { data: message.data, metadata: message.metadata, buffers: message.buffers };
  if (message.type === "comm_open") {
    const target = message.targetName ?? "";
    const onOpen = targets.get(target);
    // The protocol asks for a close where nobody listens.
    if (onOpen) onOpen(createComm(message.commId, target), content);
    else post("comm_close", message.commId, {});
    return;
  }
  const comm = open.get(message.commId);
  if (message.type === "comm_msg") comm?.onMessage?.(content);
  else {
    open.delete(message.commId);
    comm?.onClose?.(content);
  }
}

export function commInfo(): { readonly [id: string]: { readonly target_name: string } } {
  return Object.fromEntries([...open].map(([id, comm]) => [id, { target_name: comm.target }]));
}
