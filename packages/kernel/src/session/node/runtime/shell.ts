import { spawn } from "node:child_process";

/** A command that did not end well. */
class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(command: string, code: number | null, signal: NodeJS.Signals | null) {
    super(`!${command}: ${signal ? `ended by ${signal}` : `exit code ${code}`}`);
    // How an interrupt ends it: a shell tells of its program's end by this code.
    const isInterrupt = signal === "SIGINT" || code === 130;
    Object.defineProperty(this, "signal", { value: isInterrupt ? "SIGINT" : signal, enumerable: false });
  }
}

/** How long what a command left running in the background may keep its output open for, in milliseconds. */
const patience = 250;

/**
 * Runs a command in a shell, in the folder where cells run, and shows what it writes as it comes. An
 * interrupt of the cell reaches it as Ctrl-C does in a terminal.
 * @throws Error if it ends with another code than 0.
 */
export function shell(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk: Buffer) => process.stdout.write(chunk));
    child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      let isDone = false;
      const done = (): void => {
        if (isDone) return;
        isDone = true;
        if (code === 0) resolve();
        else reject(new CommandError(command, code, signal));
      };
      child.once("close", done);
      // `server &` ends at once, and its output does not.
      setTimeout(done, patience).unref();
    });
  });
}
