import { Worker } from "node:worker_threads";
import type { Question } from "../../messages.js";
import { box } from "../../runtime/boxes.js";
import { mapsOf } from "../../runtime/errors/stack.js";
import { safeInspect } from "../../runtime/errors/thrown.js";
import { cellArguments } from "../../runtime/execute.js";
import { answerTo } from "../../runtime/questions/answers.js";
import { describe, forgetListed, sessionVariables } from "../../runtime/questions/variables.js";
import { flush } from "../../runtime/streams.js";
import type { Variable } from "../../types.js";
import { evaluate } from "./script.js";

/** What the value of an evaluated expression comes in. */
type Evaluated = { readonly value: unknown } | undefined;

/** Is kept, or there would be nothing left to ask the inspector of. */
const held: { read?: unknown } = {};

/**
 * What a debugger calls here, also while the program has stopped: nothing of the user's is run, but by
 * `copy`.
 */
const services = {
  /** Has a function's text read, which then is not called, so that the inspector knows it under this name. */
  read(expression: string, name: string): void {
    held.read = evaluate(expression, name);
  },
  mapsOf,
  answer: (question: Question, isStopped: boolean): unknown =>
    // What is listed of a stopped program stays until it goes on.
    isStopped && question.kind === "variables" ? sessionVariables(question.names) : answerTo(question),
  describe: (names: readonly string[], ...values: readonly unknown[]): readonly Variable[] =>
    values.map((value, at) => describe(names[at] as string, value, names[at])),
  arguments: cellArguments,
  result: (result: Evaluated): Variable & { readonly isTrue: boolean } => ({
    ...describe("", result?.value),
    isTrue: Boolean(result?.value),
  }),
  text: (result: Evaluated): string => safeInspect(result?.value),
  copy(name: string, result: Evaluated): void {
    box(name).v = result?.value;
  },
  /** The program has stopped, or goes on. */
  turn(): void {
    forgetListed();
    flush();
  },
};

let isStarted = false;

/** Lets a debugger in: the inspector of this thread, which has to be talked to from another one. */
export function startDebugging(): void {
  if (isStarted) return;
  isStarted = true;
  Object.defineProperty(globalThis, Symbol.for("convfuse.debugging"), { value: services });
  new Worker(new URL("./debug-worker.js", import.meta.url), { execArgv: [], stdout: false }).unref();
}
