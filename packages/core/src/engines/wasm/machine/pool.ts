import { EngineError } from "../../../errors.js";

/** The part of a worker that both Node's and the browser's have, behind one face. */
interface Helper {
  /** Resolves when the worker says that it is ready; rejects if it never will. */
  readonly ready: Promise<void>;
  stop(): void;
}

interface NodeWorker {
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
  unref(): void;
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
}

interface NodeProcess {
  getBuiltinModule?(name: "node:worker_threads"): {
    readonly Worker: new (code: string, options: object) => NodeWorker;
  };
}

/** What each helper does: sleep until there is a job, help, sleep. It never returns to its event loop. */
const serve = `
const serve = ({ module, memory, control, scratch, job }, ready) => {
  const abort = () => { throw new Error("the WebAssembly engine stopped"); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort }, threads: { givesUp: () => 0 } });
  exports.setScratch(scratch);
  const words = new Int32Array(memory.buffer, control, 1);
  ready();
  for (let seen = job; ; ) {
    Atomics.wait(words, 0, seen);
    seen = Atomics.load(words, 0);
    exports.help(control, seen);
  }
};`;

const nodeCode = `${serve}
const { parentPort } = require("node:worker_threads");
parentPort.once("message", (setup) => serve(setup, () => parentPort.postMessage("ready")));`;

const browserCode = `${serve}
addEventListener("message", ({ data }) => serve(data, () => postMessage("ready")), { once: true });`;

/** What a helper needs to start. */
export interface HelperSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly scratch: number;
  /** The number of the job that is already over. */
  readonly job: number;
}

/** True where memory can be shared with workers: in Node, and in browsers on cross-origin isolated pages. */
export function canShare(): boolean {
  if (nodeWorkers() !== undefined) return true;
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return crossOriginIsolated === true && typeof Worker === "function";
}

/** Workers that were started once and sleep between jobs. */
export class Pool {
  readonly #helpers: Helper[];
  #dead = false;

  constructor(setups: readonly HelperSetup[]) {
    const died = () => {
      this.#dead = true;
    };
    this.#helpers = setups.map((setup) =>
      nodeWorkers() ? nodeHelper(setup, died) : browserHelper(setup, died),
    );
  }

  /** True if a worker ended by itself. */
  get dead(): boolean {
    return this.#dead;
  }

  /** @throws {EngineError} if a worker does not start */
  async ready(): Promise<void> {
    try {
      await Promise.all(this.#helpers.map((helper) => helper.ready));
    } catch (error) {
      this.stop();
      throw new EngineError(
        "setEngine",
        `a worker did not start: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  stop(): void {
    for (const helper of this.#helpers.splice(0)) helper.stop();
  }
}

function nodeWorkers(): ReturnType<NonNullable<NodeProcess["getBuiltinModule"]>> | undefined {
  return (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.("node:worker_threads");
}

function nodeHelper(setup: HelperSetup, died: () => void): Helper {
  const { Worker } = nodeWorkers() as NonNullable<ReturnType<typeof nodeWorkers>>;
  const worker = new Worker(nodeCode, { eval: true, name: "convfuse" });
  let stopped = false;
  const ready = new Promise<void>((resolve, reject) => {
    worker.on("message", () => {
      // From now on the worker does not keep the process alive.
      worker.unref();
      resolve();
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      if (!stopped) died();
      reject(new Error("it ended"));
    });
  });
  worker.postMessage(setup);
  const stop = () => {
    stopped = true;
    void worker.terminate();
  };
  return { ready, stop };
}

function browserHelper(setup: HelperSetup, died: () => void): Helper {
  const url = URL.createObjectURL(new Blob([browserCode], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "convfuse" });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve();
    };
    worker.onerror = (event) => {
      died();
      reject(new Error(event.message));
    };
  });
  worker.postMessage(setup);
  return { ready, stop: () => worker.terminate() };
}
