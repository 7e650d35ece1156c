import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Json } from "../../session/types.js";
import type { Connection } from "./connection.js";

/** The version of the messaging protocol that this kernel speaks; 5.5 is 5.4 with subshells. */
export const protocolVersion = "5.5";

const delimiter = Buffer.from("<IDS|MSG>");

export type JsonObject = { readonly [name: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A message from a client, its signature already checked. */
export interface Message {
  /** The way back to the client, for the sockets that route. */
  readonly identities: readonly Buffer[];
  readonly id: string;
  readonly type: string;
  readonly header: JsonObject;
  /** The header as it came: replies carry these bytes as their parent header. */
  readonly headerBytes: Buffer;
  readonly parentHeader: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Buffer[];
}

/** A message to a client. */
export interface Draft {
  readonly type: string;
  readonly content: JsonObject;
  /** The header of the request that this answers or belongs to. */
  readonly parent?: Buffer;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

/** A message that is dropped: malformed, wrongly signed, or sent a second time. */
export class WireError extends Error {
  override readonly name = "WireError";
}

const emptyObject = Buffer.from("{}");
// JSON.stringify escapes a surrogate only where it is alone. Escaped backslashes are matched to be skipped.
const loneSurrogates = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

/**
 * JSON in UTF-8. Half a surrogate pair, which UTF-8 has no bytes for, becomes U+FFFD as it does in Node's own
 * output.
 */
export function encodeJson(value: Json): Buffer {
  const json = JSON.stringify(value);
  if (!json.includes("\\ud")) return Buffer.from(json);
  return Buffer.from(json.replace(loneSurrogates, (match) => (match === "\\\\" ? match : "\\ufffd")));
}

function decodeObject(frame: Buffer, part: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString());
  } catch {
    throw new WireError(`${part} is not JSON`);
  }
  if (!isJsonObject(value)) throw new WireError(`${part} is not a JSON object`);
  return value;
}

/** Reads and writes the multipart messages of one connection. */
export class Wire {
  /** As many as jupyter_client keeps. */
  static readonly #rememberedDigests = 2 ** 16;

  readonly session: string = randomUUID();
  readonly #key: string;
  readonly #hash: string;
  readonly #username: string;
  readonly #seen: Set<string> = new Set();
  #sent = 0;

  constructor(connection: Pick<Connection, "key" | "hash">, username: string) {
    this.#key = connection.key;
    this.#hash = connection.hash;
    this.#username = username;
  }

  #sign(frames: readonly Uint8Array[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac(this.#hash, this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest("hex");
  }

  #verify(signature: Buffer, frames: readonly Buffer[]): void {
    if (this.#key === "") return;
    const expected = Buffer.from(this.#sign(frames));
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new WireError("the signature is wrong");
    }
    const digest = signature.toString();
    if (this.#seen.has(digest)) throw new WireError("the same message came before");
    this.#seen.add(digest);
    if (this.#seen.size > Wire.#rememberedDigests) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
  }

  /** @throws WireError; nothing of an unsigned message is parsed */
  decode(frames: readonly Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(delimiter));
    if (at < 0) throw new WireError("it has no delimiter");
    const [signature, headerBytes, parent, metadata, content, ...buffers] = frames.slice(at + 1);
    if (!signature || !headerBytes || !parent || !metadata || !content) {
      throw new WireError(`it has ${frames.length - at - 1} parts of at least 5`);
    }
    this.#verify(signature, [headerBytes, parent, metadata, content]);
    const header = decodeObject(headerBytes, "the header");
    const { msg_id: id, msg_type: type } = header;
    if (typeof id !== "string" || typeof type !== "string") {
      throw new WireError("the header has no msg_id and msg_type");
    }
    return {
      identities: frames.slice(0, at),
      id,
      type,
      header,
      headerBytes,
      parentHeader: decodeObject(parent, "the parent header"),
      metadata: decodeObject(metadata, "the metadata"),
      content: decodeObject(content, "the content"),
      buffers,
    };
  }

  /** The frames of a message, after the routing prefix: a client's identities, or a topic. */
  encode(prefix: readonly Uint8Array[], draft: Draft): Uint8Array[] {
    this.#sent += 1;
    const header = {
      msg_id: `${this.session}_${this.#sent}`,
      msg_type: draft.type,
      session: this.session,
      username: this.#username,
      date: new Date().toISOString(),
      version: protocolVersion,
    };
    const signed = [
      encodeJson(header),
      draft.parent ?? emptyObject,
      draft.metadata ? encodeJson(draft.metadata) : emptyObject,
      encodeJson(draft.content),
    ];
    return [...prefix, delimiter, Buffer.from(this.#sign(signed)), ...signed, ...(draft.buffers ?? [])];
  }
}
