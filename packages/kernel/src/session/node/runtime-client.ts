import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import type { Duplex, Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Interrupt, RuntimeDoor, RuntimeEvents } from "../cell-session.js";
import { debuggerFd, eventsFd, type FromRuntime, type ToRuntime } from "../messages.js";
import { frameDecoder } from "./framing.js";
import { LastWords } from "./last-words.js";
import { openNameless } from "./nameless-file.js";
import { endGroup, interruptChildren } from "./process-group.js";

/** How long a process may take to end by itself, in milliseconds. */
const grace = 1000;
/**
 * How long V8 may take to write its last words: with the stack of native code, on a busy machine, some
 * seconds.
 */
const longestDeath = 10_000;

/**
 * How long an interrupt may take to be taken in, in milliseconds: until a signal follows, and until the
 * reader is told.
 */
const signalDelay = 250;
const stuckDelay = 1500;

/**
 * An inspector could end such code from another thread, but takes too much with it: Node 20 and 22 abort, and
 * later ones forget every reaction of a promise that is due.
 */
const stuckText =
  "The cell has not ended yet. What a package computes in an asynchronous function lets no interrupt in: " +
  "it ends by itself, or with a restart of the kernel.\n";

/** Local files are modules of `node:vm`, and an import may be resolved as one of any of them. */
const runtimeFlags = ["--experimental-vm-modules", "--experimental-import-meta-resolve", "--no-warnings"];

/** The process in which a session's cells run. */
export class RuntimeClient implements RuntimeDoor {
  readonly #child: ChildProcess;
  readonly #interruptFile: number;
  readonly #ended: Promise<void>;

  /** `memory` limits what the cells' variables may take, in MB. */
  constructor(cwd: string, memory: number | undefined, handlers: RuntimeEvents) {
    const path = fileURLToPath(new URL("../../../dist/session/node/runtime/main.js", import.meta.url));
    this.#interruptFile = openNameless();
    const limit = memory === undefined ? [] : [`--max-old-space-size=${memory}`];
    this.#child = spawn(process.execPath, [...runtimeFlags, ...limit, path], {
      cwd,
      // Out of the front door's group of processes: a signal to all of it is meant for the front door.
      detached: process.platform !== "win32",
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe", this.#interruptFile, "pipe"],
    });
    const events = this.#child.stdio[eventsFd] as Readable;
    events.on(
      "data",
      frameDecoder((frame) => handlers.onMessage(frame as FromRuntime)),
    );
    const lastWords = new LastWords();
    const { stdout, stderr } = this.#child;
    stdout?.on(
      "data",
      decoded((text) => handlers.onRawOutput("stdout", text)),
    );
    const release = (): void => {
      if (!this.#hasEnded()) handlers.onRawOutput("stderr", lastWords.release());
    };
    stderr?.on(
      "data",
      decoded((text) => {
        const { isWaiting } = lastWords;
        handlers.onRawOutput("stderr", lastWords.own(text));
        if (lastWords.isWaiting && !isWaiting) setTimeout(release, longestDeath).unref();
      }),
    );
    // All events have arrived when their pipe closes; "close" of the process itself does not come after a
    // disconnect.
    const drained = new Promise((resolve) => events.once("close", resolve));
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", async (code, signal) => {
        // What its cells have started ends with it.
        if (this.#child.pid !== undefined) endGroup(this.#child.pid);
        await drained;
        closeSync(this.#interruptFile);
        handlers.onExit(lastWords.reason(code, signal, memory));
        resolve();
      });
      this.#child.once("error", (error) => handlers.onExit(`the process could not start: ${error.message}`));
    });
  }

  send(message: ToRuntime): void {
    // One that cannot take it has ended, which is seen in another way.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** What a program started by a cell wrote comes by another pipe. */
  settled(): Promise<void> {
    return new Promise((done) => setImmediate(done));
  }

  /**
   * Asks for the end of a run and those before it: compiled loops find the word in the file, a waiting cell
   * gets the message.
   */
  interrupt(interrupt: Interrupt): void {
    if (this.#hasEnded()) return;
    writeSync(this.#interruptFile, new Uint32Array([interrupt.sequence]), 0, 4, 0);
    this.send({ type: "interrupt" });
    this.#interruptChildren(interrupt);
    // The signal comes only where the rest did not help: one that reaches Node's watchdog as its script ends
    // is kept by it, and ends the next script.
    setTimeout(() => {
      if (interrupt.isPending()) this.#signal();
    }, signalDelay).unref();
    setTimeout(() => {
      if (interrupt.isPending() && interrupt.isLatest()) interrupt.say(stuckText);
    }, stuckDelay).unref();
  }

  /**
   * Ends code that neither looks at the file nor lets a message in: a regular expression, a package's own
   * loop.
   */
  #signal(): void {
    if (!this.#hasEnded()) this.#child.kill("SIGINT");
  }

  /**
   * Interrupts what the cells have started, also what they are only about to start, as long as they have not
   * ended, and once more when they have.
   */
  #interruptChildren(interrupt: Interrupt): void {
    const { pid } = this;
    const start = Math.min(...interrupt.starts());
    if (pid === undefined || start === Number.POSITIVE_INFINITY) return;
    const done = new Set<string>();
    const tell = (): void => {
      if (interrupt.isLatest() && !this.#hasEnded())
        interruptChildren(pid, (performance.now() - start) / 1000, done);
    };
    const watch = (): void => {
      if (!interrupt.isPending()) return;
      tell();
      setTimeout(watch, signalDelay).unref();
    };
    watch();
    interrupt.over.then(tell);
  }

  /**
   * Lets a debugger in, and gives the pipe to its thread. A cell that computes finds the word in the file.
   */
  startDebugging(): Duplex {
    if (!this.#hasEnded()) writeSync(this.#interruptFile, new Uint32Array([1]), 0, 4, 4);
    this.send({ type: "debug" });
    return (this.#child.stdio as readonly unknown[])[debuggerFd] as Duplex;
  }

  /** Ends what runs in the cell's script: the signal's own thread needs a moment for it. */
  async endStopped(): Promise<void> {
    this.#signal();
    await delay(signalDelay / 5);
  }

  /** The process is not waited for: it has stopped at a breakpoint. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async shutdown(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), grace);
    await this.#ended;
    clearTimeout(timer);
  }
}

function decoded(onText: (text: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  return (chunk) => onText(decoder.write(chunk));
}
