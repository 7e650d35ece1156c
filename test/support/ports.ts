import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { pid } from "node:process";

/** Ports for kernels, below those that systems hand out. `kernel_ports.py` shares them by the same rules. */
const FIRST = 20_000;
const SHARE = 400;
const SHARES = 30;

const host = "127.0.0.1";

async function bind(port: number): Promise<Server | null> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch {
    return null;
  }
  return server.unref();
}

/** Takes a share of the ports, whose first one stays taken as long as this process lives: nobody else chooses from it. */
async function claimShare(): Promise<readonly number[]> {
  for (let n = 0; n < SHARES; n++) {
    const first = FIRST + ((pid + n) % SHARES) * SHARE;
    if (await bind(first)) return Array.from({ length: SHARE - 1 }, (_, index) => first + 1 + index);
  }
  throw new Error("all shares of the ports are taken");
}

let share: Promise<readonly number[]> | undefined;
let next = 0;

/** Free ports that no other process of these suites chooses until they are bound. */
export async function freePorts(count: number): Promise<readonly number[]> {
  share ??= claimShare();
  const candidates = await share;
  const found: number[] = [];
  for (let tried = 0; found.length < count; tried++) {
    if (tried === candidates.length) throw new Error(`no ${count} ports of this process's share are free`);
    const port = candidates[next++ % candidates.length] as number;
    const server = await bind(port);
    if (!server) continue;
    server.close();
    found.push(port);
  }
  return found;
}
