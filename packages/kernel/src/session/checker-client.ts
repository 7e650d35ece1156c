import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CheckerAnswer, CheckerMethods } from "./messages.js";

/** Asks the process that checks a session's types. */
export class CheckerClient {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private count = 0;

  constructor(cwd: string) {
    // Tests run the TypeScript sources; a process of its own always runs the built ones.
    const path = fileURLToPath(new URL("../../dist/session/checker/main.js", import.meta.url));
    this.child = fork(path, [], {
      serialization: "advanced",
      execArgv: ["--no-warnings"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.child.on("message", (answer: CheckerAnswer) => {
      const waiter = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.fault === undefined) waiter?.resolve(answer.result as never);
      else waiter?.reject(new Error(answer.fault));
    });
    this.child.on("exit", () => this.fail());
    this.child.on("error", () => this.fail());
    this.call("open", cwd).catch(() => {});
  }

  call<M extends keyof CheckerMethods>(
    method: M,
    ...args: Parameters<CheckerMethods[M]>
  ): Promise<ReturnType<CheckerMethods[M]>> {
    return new Promise((resolve, reject) => {
      if (!this.child.connected) return reject(gone());
      const id = ++this.count;
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, method, args });
    });
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private fail(): void {
    for (const { reject } of this.waiting.values()) reject(gone());
    this.waiting.clear();
  }
}

function gone(): Error {
  return new Error("kernel: the process that checks types has ended");
}
