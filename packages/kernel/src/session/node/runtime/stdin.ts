import { AsyncResource } from "node:async_hooks";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import readline from "node:readline";
import { Readable } from "node:stream";
import { prompt } from "../../runtime/api/input.js";
import { activeRuns, type CellRun, owner } from "../../runtime/runs.js";

/** What each run of a cell reads: what an earlier one began to ask is asked no more. */
const inputs = new WeakMap<CellRun, Input>();

/**
 * Leads `process.stdin` to the reader of the notebook, who is asked for a line whenever somebody reads:
 * `readline` and `for await` work as in a terminal. What would wait for a line without letting anything else
 * happen says so.
 */
export function askForStdin(): void {
  Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get: currentInput });
  for (const name of ["readSync", "readFileSync"] as const)
    replace(fs, name, (original) => (file, ...rest) => {
      if (file === 0 || file === "/dev/stdin")
        throw new Error(
          `${name}: a notebook's standard input cannot be read at once; use: await prompt("...")`,
        );
      return original(file, ...rest);
    });
  for (const module of [readline, readline.promises]) {
    replace(module, "createInterface", (original) => (...args) => {
      const created = original(...args) as readline.Interface & { readonly input: unknown };
      if (created.input instanceof Input) created.input.serve(created);
      return created;
    });
    replace(module.Interface.prototype, "question", (original) => {
      return function (this: { readonly input: unknown }, ...args): unknown {
        if (this.input instanceof Input) this.input.noteQuestion();
        return original.apply(this, [...args]);
      };
    });
  }
  syncBuiltinESMExports();
}

type Method = (...args: readonly unknown[]) => unknown;

/** Puts a function in the place of one of Node's, with its name. */
function replace(holder: object, name: string, make: (original: Method) => Method): void {
  const value = make((holder as { readonly [name: string]: Method })[name] as Method);
  Object.assign(holder, { [name]: Object.defineProperty(value, "name", { value: name }) });
}

function currentInput(): Readable {
  const cell = owner();
  const known = cell && inputs.get(cell);
  if (known) return known;
  const input = new Input(cell);
  if (cell) inputs.set(cell, input);
  return input;
}

class Input extends Readable {
  readonly fd: number = 0;
  readonly #cell: CellRun | undefined;
  /** Questions belong to the cell that this input is for, whoever reads it. */
  readonly #question: () => Promise<string> = AsyncResource.bind(() => prompt());
  #isWanted = false;
  #reader: readline.Interface | undefined;
  #isQuestioned = false;

  constructor(cell: CellRun | undefined) {
    super();
    this.#cell = cell;
    this.on("resume", () => this.#askSoon());
  }

  override _read(): void {
    this.#isWanted = true;
    this.#askSoon();
  }

  /** Notes that `reader` makes lines of this: it reads on also when nobody wants its lines. */
  serve(reader: readline.Interface): void {
    this.#reader = reader;
    reader.on("newListener", () => this.#askSoon());
    reader.once("close", () => {
      if (this.#reader === reader) this.#reader = undefined;
    });
  }

  noteQuestion(): void {
    this.#isQuestioned = true;
    this.#askSoon();
  }

  /** What the last line was read for may end before another one is asked for. */
  #askSoon(): void {
    setImmediate(() => this.#ask());
  }

  async #ask(): Promise<void> {
    const isRead = this.readableFlowing === true || this.listenerCount("readable") > 0;
    const isAwaited = !this.#reader || this.#isQuestioned || this.#reader.listenerCount("line") > 0;
    if (!this.#isWanted || !isRead || !isAwaited || this.destroyed) return;
    this.#isWanted = false;
    try {
      const line = await this.#question();
      this.#isQuestioned = false;
      this.push(`${line}\n`);
    } catch (error) {
      // Who waits for a line would wait for ever: readline takes no errors.
      if (this.#cell && activeRuns().has(this.#cell)) this.#cell.stop(error as Error);
      else this.destroy(error as Error);
    }
  }
}
