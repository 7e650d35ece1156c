import { getHashes } from "node:crypto";
import { readFile } from "node:fs/promises";

/** The five sockets of a kernel. */
export const channels = ["shell", "iopub", "stdin", "control", "hb"] as const;
export type Channel = (typeof channels)[number];

/** What a connection file says. */
export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly ports: { readonly [channel in Channel]: number };
  /** Signs every message; empty where the client wants no signatures. */
  readonly key: string;
  /** The hash of the signatures, as node:crypto names it. */
  readonly hash: string;
  /** The keys of an encrypted connection (CurveZMQ), in Z85. */
  readonly curve: { readonly publicKey: string; readonly secretKey: string } | null;
}

/** A connection file that cannot be used. Its message never quotes the file, which holds the key. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

type Fields = { readonly [name: string]: unknown };

function text(fields: Fields, name: string, fallback: string): string {
  const value = fields[name] ?? fallback;
  if (typeof value !== "string") {
    throw new ConnectionFileError(`connection file: ${name} must be a string; got a ${typeof value}`);
  }
  return value;
}

function port(fields: Fields, channel: Channel): number {
  const value = fields[`${channel}_port`];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new ConnectionFileError(`connection file: ${channel}_port must be a port from 1 to 65535`);
  }
  return value;
}

function curveKeys(fields: Fields): Connection["curve"] {
  const publicKey = text(fields, "curve_publickey", "");
  const secretKey = text(fields, "curve_secretkey", "");
  if (publicKey === "" && secretKey === "") return null;
  // Falling back to an open connection would betray a client that asked for an encrypted one.
  if (publicKey.length !== 40 || secretKey.length !== 40) {
    throw new ConnectionFileError(
      "connection file: curve_publickey and curve_secretkey must both be 40 characters of Z85",
    );
  }
  return { publicKey, secretKey };
}

/** @throws ConnectionFileError where the text is not a usable connection file */
export function parseConnection(json: string): Connection {
  let fields: unknown;
  try {
    fields = JSON.parse(json);
  } catch {
    // The parser's own message quotes the text.
    throw new ConnectionFileError("connection file: not JSON");
  }
  if (typeof fields !== "object" || fields === null) {
    throw new ConnectionFileError("connection file: not a JSON object");
  }
  const record = fields as Fields;
  const transport = text(record, "transport", "tcp");
  if (transport !== "tcp" && transport !== "ipc") {
    throw new ConnectionFileError(`connection file: transport must be tcp or ipc; got ${transport}`);
  }
  const scheme = text(record, "signature_scheme", "hmac-sha256");
  const hash = scheme.replace(/^hmac-/, "").replaceAll("_", "-");
  if (hash === scheme || !getHashes().includes(hash)) {
    throw new ConnectionFileError(`connection file: signature_scheme ${scheme} is not known`);
  }
  return {
    transport,
    ip: text(record, "ip", "127.0.0.1"),
    ports: {
      shell: port(record, "shell"),
      iopub: port(record, "iopub"),
      stdin: port(record, "stdin"),
      control: port(record, "control"),
      hb: port(record, "hb"),
    },
    key: text(record, "key", ""),
    hash,
    curve: curveKeys(record),
  };
}

/** @throws ConnectionFileError where the file cannot be read or used */
export async function readConnection(path: string): Promise<Connection> {
  let json: string;
  try {
    json = await readFile(path, "utf8");
  } catch (error) {
    throw new ConnectionFileError(`connection file: cannot read ${path}`, { cause: error });
  }
  return parseConnection(json);
}

/** Where a channel's socket binds. */
export function endpoint({ transport, ip, ports }: Connection, channel: Channel): string {
  if (transport === "ipc") return `ipc://${ip}-${ports[channel]}`;
  return `tcp://${ip.includes(":") ? `[${ip}]` : ip}:${ports[channel]}`;
}
