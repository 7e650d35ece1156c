import { Session } from "node:inspector";
import { Socket } from "node:net";
import { debuggerFd } from "../../messages.js";
import { encodeFrame, frameDecoder } from "../framing.js";

/**
 * A thread beside the one that runs cells: it hands on what the front door says to that one's inspector, and
 * what the inspector says, through a pipe that nobody else knows. So it works while a cell runs and while it
 * has stopped, and no port is open.
 */

/** A call of the inspector; without a method the connection begins or ends. */
interface Call {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

const socket = new Socket({ fd: debuggerFd, readable: true, writable: true });
let session: Session | undefined;

function reply(content: object): void {
  socket.write(encodeFrame(content));
}

function connect(): void {
  session = new Session();
  session.connectToMainThread();
  session.on("inspectorNotification", ({ method, params }) => reply({ method, params }));
}

function call({ id, method, params }: Call): void {
  if (method === "connect" || method === "disconnect") {
    session?.disconnect();
    session = undefined;
    if (method === "connect") connect();
    reply({ id, result: {} });
  } else if (session)
    session.post(method, params, (error, result) =>
      reply(error ? { id, error: error.message } : { id, result }),
    );
  else reply({ id, error: `${method}: no inspector is connected` });
}

// Nobody is left to let the program go on; and it would not end before its inspector has left.
socket.on("close", () => session?.disconnect());
socket.on("error", () => {});
socket.on(
  "data",
  frameDecoder((frame) => call(frame as Call)),
);
