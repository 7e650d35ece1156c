import type { Publisher, Router, SocketOptions, XPublisher } from "zeromq";
import { type Connection, endpoint } from "./connection.js";
import { withPrivateFiles } from "./umask.js";

export interface Sockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly hb: Router;
}

/** Opens and binds the five sockets, where the connection file says and nowhere else. */
export async function bindSockets(connection: Connection): Promise<Sockets> {
  // Loaded here so that a kernel that cannot load it has started far enough to say so.
  const zmq = await import("zeromq");
  const options: SocketOptions<Router> & SocketOptions<Publisher> = {
    // What is on its way when the kernel stops gets a second to leave.
    linger: 1000,
    // ZeroMQ would drop what goes over its limit, and with it a cell's last status.
    sendHighWaterMark: 0,
    ipv6: connection.ip.includes(":"),
    ...(connection.curve && {
      curveServer: true,
      curvePublicKey: connection.curve.publicKey,
      curveSecretKey: connection.curve.secretKey,
    }),
  };
  const sockets: Sockets = {
    shell: new zmq.Router(options),
    control: new zmq.Router(options),
    stdin: new zmq.Router(options),
    // Every subscription is passed on, also a second one to the same topic: each is answered with a welcome.
    iopub: new zmq.XPublisher({ ...options, verbosity: "allSubs" }),
    hb: new zmq.Router(options),
  };
  const bindAll = async (): Promise<void> => {
    // iopub comes last: a client that hears from it finds the others open.
    for (const channel of ["shell", "control", "stdin", "hb", "iopub"] as const) {
      const address = endpoint(connection, channel);
      try {
        await sockets[channel].bind(address);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${channel} cannot be bound to ${address}: ${reason}`, { cause: error });
      }
    }
  };
  await (connection.transport === "ipc" ? withPrivateFiles(bindAll) : bindAll());
  return sockets;
}
