import { type ChildProcess, fork } from "node:child_process";
import { closeSync, existsSync, rmSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CheckerDoor } from "../cell-session.js";
import type { CheckerAnswer, CheckerMethods, CheckerRequest } from "../messages.js";
import { checkerFlags } from "./checker/flags.js";
import { lacksImports } from "./imports-record.js";
import { openNameless } from "./nameless-file.js";
import { type NodeTypes, nodeTypes } from "./node-types.js";
import { sharedSnapshot } from "./shared-snapshot.js";
import { prepareBehind, snapshotFile } from "./snapshot.js";
import { tidySnapshots, touchSnapshot } from "./snapshot-cache.js";

interface Waiter {
  readonly request: CheckerRequest;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A start-up snapshot; `name` is where it lies, or would lie, in the user's own cache. */
interface Snapshot {
  readonly name: string;
  readonly file: string;
  readonly isOwn: boolean;
}

/** How others end a process; one that breaks by itself ends in another way. */
const killSignals: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** Asks the process that checks a session's types. */
export class CheckerClient implements CheckerDoor {
  readonly #cwd: string;
  #child: ChildProcess;
  /** Where the child sees how many requests it was sent, while it reads what nobody has asked for yet. */
  #sentFile = 0;
  #sent = 0;
  /**
   * The types for Node of the notebook's folder, and the snapshot that holds them, which may not be there
   * yet.
   */
  readonly #types: NodeTypes | undefined;
  readonly #wanted: string | undefined;
  readonly #snapshot: Snapshot | undefined;
  readonly #waiting = new Map<number, Waiter>();
  #closing = false;
  #notices: readonly string[] = [];
  #count = 0;
  #failed = false;

  /** `shared` is a snapshot that somebody else made, which is taken where it can be trusted. */
  constructor(cwd: string, shared: string | undefined) {
    this.#cwd = cwd;
    this.#types = nodeTypes(cwd);
    this.#wanted = nameOf(this.#types);
    // One with other types has TypeScript loaded, and JavaScript's library read.
    this.#snapshot =
      existing(this.#wanted, shared) ?? (this.#types ? existing(nameOf(undefined), shared) : undefined);
    this.#child = this.#start(this.#snapshot);
  }

  /** Opens the notebook's folder; `runtime` is the process that must not outlive the front door. */
  open(runtime: number | undefined): void {
    this.call("open", this.#cwd, runtime, this.#isShared ? undefined : this.#wanted)
      .then(({ hasTypes, notices }) => {
        this.#notices = notices;
        this.#keepCache(hasTypes);
      })
      .catch(() => {});
  }

  /** What the reader is to be told of the project's settings, once. */
  takeNotices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  /** Whether it started from what somebody else made, which stays as it is. */
  get #isShared(): boolean {
    return this.#snapshot?.isOwn === false;
  }

  /** Sees to it that the next session starts faster; this one must not wait for it. */
  #keepCache(hasTypes: boolean): void {
    const types = this.#types;
    const wanted = this.#wanted;
    const snapshot = this.#snapshot;
    if (wanted === undefined) return;
    const isWanted = snapshot?.name === wanted;
    if (!hasTypes && isWanted && snapshot.isOwn) rmSync(wanted, { force: true });
    if (!isWanted || !hasTypes) prepareBehind(types);
    else if (snapshot.isOwn) {
      tidySnapshots(wanted);
      prepareBehind(types);
    }
  }

  call<M extends keyof CheckerMethods>(
    method: M,
    ...args: Parameters<CheckerMethods[M]>
  ): Promise<ReturnType<CheckerMethods[M]>> {
    return new Promise((resolve, reject) => {
      if (this.#failed) return reject(gone());
      const request = { id: ++this.#count, method, args };
      this.#waiting.set(request.id, { request, resolve, reject });
      this.#send(request);
    });
  }

  kill(): void {
    this.#closing = true;
    // What this session has imported first, the next one finds read.
    const wanted = this.#isShared ? undefined : this.#wanted;
    if (wanted !== undefined && existsSync(wanted) && lacksImports(wanted)) prepareBehind(this.#types);
    this.#child.kill("SIGKILL");
  }

  #start(snapshot: Snapshot | undefined): ChildProcess {
    // Tests run the TypeScript sources; a process of its own always runs the built ones.
    const path = fileURLToPath(new URL("../../../dist/session/node/checker/main.js", import.meta.url));
    const sentFile = openNameless();
    const child = fork(path, [], {
      serialization: "advanced",
      env: checkerEnvironment(),
      // Out of the front door's group of processes: a signal to all of it is meant for the front door.
      detached: process.platform !== "win32",
      execArgv: [...checkerFlags, ...(snapshot === undefined ? [] : ["--snapshot-blob", snapshot.file])],
      stdio: ["ignore", "ignore", snapshot === undefined ? "inherit" : "ignore", "ipc", sentFile],
    });
    this.#sentFile = sentFile;
    this.#sent = 0;
    let answered = false;
    child.on("message", (answer: CheckerAnswer) => {
      answered = true;
      const waiter = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.fault === undefined) waiter?.resolve(answer.result as never);
      else waiter?.reject(new Error(answer.fault));
    });
    const onEnd = (_code: number | null, signal: NodeJS.Signals | null): void => {
      closeSync(sentFile);
      if (snapshot === undefined || answered || this.#closing) {
        this.#fail();
        return;
      }
      // A snapshot that Node refuses or that broke: the long way goes without. Who is killed has no fault in
      // it.
      const isBroken = signal === null || !killSignals.includes(signal);
      if (isBroken && snapshot.isOwn) rmSync(snapshot.file, { force: true });
      this.#child = this.#start(undefined);
      for (const { request } of this.#waiting.values()) this.#send(request);
    };
    child.once("exit", onEnd);
    child.once("error", () => this.#fail());
    return child;
  }

  /** What does not arrive is dealt with when the process's end is seen. */
  #send(request: CheckerRequest): void {
    if (!this.#child.connected) return;
    writeSync(this.#sentFile, new Uint32Array([++this.#sent]), 0, 4, 0);
    this.#child.send(request, () => {});
  }

  #fail(): void {
    this.#failed = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

/**
 * A snapshot is read into some 80 MB at once: pages of 2 MB spare a quarter of the time. glibc 2.35 and later
 * know the word. Once so much has been freed, glibc would keep as much for later, unless it is told how much.
 */
const checkerTunables = ["glibc.malloc.hugetlb=1", "glibc.malloc.trim_threshold=131072"];

/** What of the environment the checker starts faster without, and with. */
function checkerEnvironment(): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: tunables } = process.env;
  return {
    ...process.env,
    // It talks to nobody: reading a list of certificates would take as long as starting Node.
    NODE_EXTRA_CA_CERTS: undefined,
    GLIBC_TUNABLES: [...(tunables ? [tunables] : []), ...checkerTunables].join(":"),
  };
}

/** Where the snapshot with these types lies; undefined where the kernel cannot tell. */
function nameOf(types: NodeTypes | undefined): string | undefined {
  try {
    return snapshotFile(types);
  } catch {
    return undefined;
  }
}

/** The snapshot of this name: the shared one if it is that and can be trusted, else this user's own. */
function existing(name: string | undefined, shared: string | undefined): Snapshot | undefined {
  if (name === undefined) return undefined;
  const found = shared === undefined ? undefined : sharedSnapshot(shared, name);
  if (found && "file" in found) return { name, file: found.file, isOwn: false };
  if (!existsSync(name)) return undefined;
  touchSnapshot(name);
  return { name, file: name, isOwn: true };
}

function gone(): Error {
  return new Error("kernel: the process that checks types has ended");
}
