import { dirname } from "#host/paths.js";
import {
  addOwnImports,
  bindImports,
  cellRequire,
  importModule,
  notebookFile,
} from "#host/runtime/imports.js";
import { putBack } from "#host/runtime/intact.js";
import { cellMeta } from "#host/runtime/meta.js";
import { evaluate, isEndedBySignal, startWatched } from "#host/runtime/script.js";
import { startTiming } from "#host/runtime/timing.js";
import type { Run, RunReply } from "../messages.js";
import type { Json } from "../types.js";
import type { CellUnit } from "../unit.js";
import { bindAmbient, box, current, early, mark, prepare, settle } from "./boxes.js";
import { bundleOf } from "./bundle.js";
import { addMap, cellFile, placed } from "./errors/stack.js";
import { describeThrown, KernelError } from "./errors/thrown.js";
import { emit } from "./events.js";
import { guard, InterruptError, isMeant } from "./interrupt.js";
import { keepResult } from "./results.js";
import { type CellRun, finished, runAs } from "./runs.js";
import { flush } from "./streams.js";
import { pinned, Wait } from "./wait.js";

const { getPrototypeOf } = Reflect;

/** Holds the value, so that a promise is not waited for. */
interface Holder<T> {
  readonly value: T;
}
type Result = Holder<unknown> | undefined;
type CellFunction = (...parameters: readonly unknown[]) => Result | Promise<Result>;

/** What compiled cells reach as `$$`. */
const services = Object.assign(guard, {
  import: importModule,
  meta: cellMeta,
  watch: startWatched,
  early,
  mark,
  current,
});
const cellModule = {
  exports: {},
  id: notebookFile,
  filename: notebookFile,
  loaded: false,
  children: [],
  paths: [],
};

/** What compiled code is called with that uses these names of the session. */
export function cellArguments(names: readonly string[]): readonly unknown[] {
  return [
    services,
    cellRequire,
    cellModule,
    cellModule.exports,
    notebookFile,
    dirname(notebookFile),
    ...names.map(box),
  ];
}

/**
 * Runs a compiled cell to its end, its error or its interrupt; what it shows goes out on the way, and then
 * its reply.
 */
export async function execute(run: Run, answer: (reply: RunReply) => void): Promise<void> {
  const { unit } = run;
  const wait = new Wait(() => makeIntact(run));
  const cell: CellRun = { run, cancelled: false, stop: (error) => wait.stop(error) };
  const file = cellFile(run.executionCount);
  addMap(file, unit.map);
  addOwnImports(unit);
  const before = new Map(unit.declared.map((name) => [name, current(name)]));
  let timed: (() => string) | undefined;
  const showTime = (): void => {
    if (timed) emit({ type: "stream", parent: run.id, name: "stdout", text: timed() });
    timed = undefined;
  };
  const work = async (): Promise<Holder<Json> | undefined> => {
    for (const name of unit.declared) if (!unit.ambient.includes(name)) prepare(name);
    for (const name of unit.ambient) bindAmbient(name);
    if (unit.imports.length + unit.required.length > 0) await wait.on(bindImports(unit));
    const body = compiled(unit, file);
    if (unit.isTimed) timed = startTiming();
    const given = cellArguments(unit.names);
    const running = startWatched(() => body(...given));
    const result = isHolder(running) ? running : await wait.on(running);
    wait.check();
    // What was waited for has been looked at before anybody heard of its end.
    if (result === running) makeIntact(run);
    showTime();
    if (result === undefined || result.value === undefined) return undefined;
    if (!run.isExpression && !run.silent) keepResult(run.executionCount, result.value);
    const bundle = await wait.on(bundleOf(result.value));
    if (!run.isExpression && !run.silent)
      emit({ type: "execute_result", parent: run.id, data: bundle, metadata: {} });
    return { value: bundle };
  };
  let reply: RunReply;
  try {
    const result = await pinned(runAs(cell, work));
    settle(unit.declared);
    reply = { status: "ok", declared: unit.declared, ...result };
  } catch (thrown) {
    const error = describeThrown(isInterrupt(thrown, cell) ? new InterruptError() : intactOr(run, thrown));
    showTime();
    if (!run.isExpression && !run.silent) emit({ type: "error", parent: run.id, ...error });
    const declared = unit.declared.filter((name) => current(name) !== before.get(name));
    settle(declared);
    reply = { status: "error", error, declared };
  } finally {
    finished(cell);
    flush();
  }
  // Not what this function gives: of an object every `await` asks whether it is a promise.
  answer(reply);
}

/** A cell without `await` gives its result at once: an object that inherits nothing, or nothing at all. */
function isHolder(running: Result | Promise<Result>): running is Result {
  return running === undefined || getPrototypeOf(running) === null;
}

/**
 * Puts back what a cell has made of the language's own objects, where the session needs them, and says so.
 * @throws {KernelError} if that is no longer possible
 */
function makeIntact({ id }: Run): void {
  const { said, fault } = putBack();
  if (said !== "") emit({ type: "stream", parent: id, name: "stderr", text: `${said}\n` });
  if (fault !== "") throw new KernelError(fault);
}

/** What a cell has thrown, unless it has broken more than itself. */
function intactOr(run: Run, thrown: unknown): unknown {
  try {
    makeIntact(run);
    return thrown;
  } catch (fault) {
    return fault;
  }
}

function compiled({ text, map }: CellUnit, filename: string): CellFunction {
  try {
    return evaluate(text, filename) as CellFunction;
  } catch (error) {
    throw placed(error, map);
  }
}

/**
 * Whether an error is how an interrupt ended the cell. Once one was asked for, each is: what the cell waited
 * for ends in its own way, a shell with a number of its own, and says so in its own words.
 */
function isInterrupt(thrown: unknown, cell: CellRun): boolean {
  return isMeant(cell) || isEndedBySignal(thrown);
}
