import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { env, kill } from "node:process";
import { setTimeout } from "node:timers/promises";
import pidtree from "pidtree";
import type { KernelEnvironment } from "../../support/kernel-environment.js";
import { freePorts } from "../../support/ports.js";
import type { RawConnection } from "./socket.js";

/** What VS Code reads of a kernel.json. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode?: string;
  readonly env?: { readonly [name: string]: string };
  readonly metadata?: object;
}

/** Finds a kernel where Jupyter's documentation says that kernels are, without Jupyter. */
export function findKernelSpec(name: string, { JUPYTER_PATH = "" }: KernelEnvironment): KernelSpec {
  for (const folder of JUPYTER_PATH.split(delimiter).map((path) => join(path, "kernels"))) {
    if (readdirSync(folder).includes(name))
      return JSON.parse(readFileSync(join(folder, name, "kernel.json"), "utf8")) as KernelSpec;
  }
  throw new Error(`no kernel ${name} in ${JUPYTER_PATH}`);
}

/** A kernel's process, started and ended as VS Code does it. */
export class KernelProcess {
  readonly connection: RawConnection;
  /** Settles when the process has ended and its output has been read. */
  readonly ended: Promise<unknown>;
  /** What it wrote to stdout and stderr until it was to end. */
  output = "";
  #isDisposed = false;
  readonly #child: ChildProcess;
  readonly #connectionFile: string;

  private constructor(child: ChildProcess, connection: RawConnection, connectionFile: string) {
    this.#child = child;
    this.connection = connection;
    this.#connectionFile = connectionFile;
    this.ended = once(child, "close");
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        if (!this.#isDisposed) this.output += text;
      });
  }

  /** Writes a connection file, and starts the kernel in the notebook's folder. */
  static async launch(spec: KernelSpec, cwd: string, environment: KernelEnvironment): Promise<KernelProcess> {
    const [hb_port, control_port, shell_port, stdin_port, iopub_port] = (await freePorts(5)) as FivePorts;
    const connection: RawConnection = {
      key: randomUUID(),
      signature_scheme: "hmac-sha256",
      transport: "tcp",
      ip: "127.0.0.1",
      ...{ hb_port, control_port, shell_port, stdin_port, iopub_port },
      kernel_name: "convfuse",
    };
    const runtime = environment.JUPYTER_RUNTIME_DIR as string;
    mkdirSync(runtime, { recursive: true });
    const file = join(runtime, `kernel-v2-${randomUUID()}.json`);
    writeFileSync(file, JSON.stringify(connection));
    const [command, ...args] = spec.argv.map((part) => part.replace("{connection_file}", file));
    const child = spawn(command as string, args, { cwd, env: { ...env, ...environment, ...spec.env } });
    return new KernelProcess(child, connection, file);
  }

  /** Waits until the ports that matter accept a connection: one that says nothing and closes at once. */
  async portsAreUsed(): Promise<void> {
    const { ip, shell_port, iopub_port } = this.connection;
    const died = this.ended.then(() => Promise.reject(new Error(`the kernel died\n${this.output}`)));
    await Promise.race([Promise.all([shell_port, iopub_port].map((port) => accepts(ip, port))), died]);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The processes below it. */
  async children(): Promise<readonly number[]> {
    return pidtree(this.pid);
  }

  /** SIGTERM for all that it started, then for itself, which may have the time to say that the others are gone. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const child of await this.children()) kill(child);
    this.#child.kill();
    rmSync(this.#connectionFile);
  }
}

type FivePorts = readonly [number, number, number, number, number];

async function accepts(host: string, port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host, port });
    try {
      await once(socket, "connect");
      return;
    } catch {
      // Not yet.
      await setTimeout(20);
    } finally {
      socket.destroy();
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}
