import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { channels, endpoint, parseConnection } from "../protocol/wire/connection.js";
import { Wire } from "../protocol/wire/wire.js";

async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is known, so that no two are the same.
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve) => {
        server.once("listening", () => {
          const address = server.address();
          resolve(typeof address === "object" && address ? address.port : 0);
        });
      }),
  );
  const found = await Promise.all(ports);
  for (const server of servers) server.close();
  return found;
}

/** Starts a kernel with a command line, has it compute `1 + 1`, and ends it. Throws with what went wrong. */
export async function probe(argv: readonly string[], timeout = 30_000): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "convfuse-doctor-"));
  const ports = await freePorts(channels.length);
  const json = JSON.stringify({
    ip: "127.0.0.1",
    transport: "tcp",
    key: randomBytes(16).toString("hex"),
    signature_scheme: "hmac-sha256",
    ...Object.fromEntries(channels.map((channel, at) => [`${channel}_port`, ports[at]])),
  });
  const file = join(folder, "kernel.json");
  await writeFile(file, json, { mode: 0o600 });
  const [command = "", ...args] = argv.map((part) => part.replace("{connection_file}", file));
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const died = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`it ended with ${signal ?? code}\n${stderr}`.trim())),
    );
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${timeout / 1000} s\n${stderr}`.trim())),
      timeout,
    );
  });
  const connection = parseConnection(json);
  const wire = new Wire(connection, "doctor");
  const zmq = await import("zeromq");
  const shell = new zmq.Dealer({ linger: 0 });
  try {
    shell.connect(endpoint(connection, "shell"));
    const content = { code: "1 + 1", silent: false, store_history: false, allow_stdin: false };
    await shell.send(wire.encode([], { type: "execute_request", content }));
    const answer = shell.receive().then((frames) => wire.decode(frames).content);
    const { status, evalue } = await Promise.race([answer, died, late]);
    if (status !== "ok") throw new Error(`the cell 1 + 1 failed: ${evalue}`);
  } finally {
    clearTimeout(timer);
    shell.close();
    died.catch(() => undefined);
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
