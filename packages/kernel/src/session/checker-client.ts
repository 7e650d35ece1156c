import { type ChildProcess, fork } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHECKER_FLAGS } from "./checker/flags.js";
import type { CheckerAnswer, CheckerMethods, CheckerRequest } from "./messages.js";
import { prepareSnapshot, snapshotFile } from "./snapshot.js";
import { touchSnapshot } from "./snapshot-cache.js";

interface Waiter {
  readonly request: CheckerRequest;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** How others end a process; one that breaks by itself ends in another way. */
const KILLS: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** Asks the process that checks a session's types. */
export class CheckerClient {
  private child: ChildProcess;
  private readonly snapshot: string | undefined;
  private readonly waiting = new Map<number, Waiter>();
  private readonly closing = new AbortController();
  private count = 0;
  private failed = false;

  constructor() {
    this.snapshot = existingSnapshot();
    this.child = this.start(this.snapshot);
  }

  /** Opens the notebook's folder; `runtime` is the process that must not outlive the front door. */
  open(cwd: string, runtime: number | undefined): void {
    const opened = this.call("open", cwd, runtime);
    // The next session starts faster; this one must not wait for it.
    if (this.snapshot === undefined) opened.then(() => prepareSnapshot(this.closing.signal)).catch(() => {});
    else opened.catch(() => {});
  }

  call<M extends keyof CheckerMethods>(
    method: M,
    ...args: Parameters<CheckerMethods[M]>
  ): Promise<ReturnType<CheckerMethods[M]>> {
    return new Promise((resolve, reject) => {
      if (this.failed) return reject(gone());
      const request = { id: ++this.count, method, args };
      this.waiting.set(request.id, { request, resolve, reject });
      this.send(request);
    });
  }

  kill(): void {
    this.closing.abort();
    this.child.kill("SIGKILL");
  }

  private start(snapshot: string | undefined): ChildProcess {
    // Tests run the TypeScript sources; a process of its own always runs the built ones.
    const path = fileURLToPath(new URL("../../dist/session/checker/main.js", import.meta.url));
    const child = fork(path, [], {
      serialization: "advanced",
      // It talks to nobody: reading a list of certificates would take as long as starting Node.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
      // Out of the front door's group of processes: a signal to all of it is meant for the front door.
      detached: process.platform !== "win32",
      execArgv: [...CHECKER_FLAGS, ...(snapshot === undefined ? [] : ["--snapshot-blob", snapshot])],
      stdio: ["ignore", "ignore", snapshot === undefined ? "inherit" : "ignore", "ipc"],
    });
    let answered = false;
    child.on("message", (answer: CheckerAnswer) => {
      answered = true;
      const waiter = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.fault === undefined) waiter?.resolve(answer.result as never);
      else waiter?.reject(new Error(answer.fault));
    });
    const onEnd = (_code: number | null, signal: NodeJS.Signals | null): void => {
      if (snapshot === undefined || answered || this.closing.signal.aborted) {
        this.fail();
        return;
      }
      // A snapshot that Node refuses or that broke: the long way goes without. Who is killed has no fault in it.
      if (signal === null || !KILLS.includes(signal)) rmSync(snapshot, { force: true });
      this.child = this.start(undefined);
      for (const { request } of this.waiting.values()) this.send(request);
    };
    child.once("exit", onEnd);
    child.once("error", () => this.fail());
    return child;
  }

  /** What does not arrive is dealt with when the process's end is seen. */
  private send(request: CheckerRequest): void {
    if (this.child.connected) this.child.send(request, () => {});
  }

  private fail(): void {
    this.failed = true;
    for (const { reject } of this.waiting.values()) reject(gone());
    this.waiting.clear();
  }
}

function existingSnapshot(): string | undefined {
  try {
    const file = snapshotFile();
    if (!existsSync(file)) return undefined;
    touchSnapshot(file);
    return file;
  } catch {
    return undefined;
  }
}

function gone(): Error {
  return new Error("kernel: the process that checks types has ended");
}
