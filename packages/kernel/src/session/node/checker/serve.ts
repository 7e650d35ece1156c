import { setFlagsFromString } from "node:v8";
import { Checker, type LoadedTypeScript } from "../../checker/checker.js";
import { CellCompiler } from "../../checker/compiler.js";
import { createRegistry } from "../../checker/documentation.js";
import { Libraries, type LibraryGaps } from "../../checker/libraries.js";
import { type KernelFiles, Project } from "../../checker/project.js";
import type { TypeScript } from "../../checker/typescript.js";
import type { CheckerAnswer, CheckerRequest } from "../../messages.js";
import { endGroup } from "../process-group.js";

/** Reads the libraries and checks a cell, before there is a notebook: `folder` is the kernel's own. */
export function prepare(
  ts: TypeScript,
  kernel: KernelFiles,
  folder: string,
  gaps: LibraryGaps,
): LoadedTypeScript {
  const registry = createRegistry(ts);
  const libraries = new Libraries(ts, gaps);
  const ready = new CellCompiler(ts, new Project(ts, folder, kernel, registry, libraries));
  ready.warm();
  return { ts, kernel, registry, libraries, ready };
}

/** Answers the front door's questions about a session's types, one after the other. */
export function serve(loaded: LoadedTypeScript): void {
  // A cell leaves a program's worth of garbage; by default V8 lets it grow to twice what is in use.
  setFlagsFromString("--heap-growing-percent=15");
  const checker = new Checker(loaded);
  let runtime: number | undefined;
  process.on("message", ({ id, method, args }: CheckerRequest) => {
    if (method === "open") runtime = args[1] as number | undefined;
    let answer: CheckerAnswer;
    try {
      answer = { id, result: checker.answer(method, args) };
    } catch (fault) {
      answer = { id, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
    }
    // One that cannot be sent any more is followed by the end, which must come in an orderly way.
    process.send?.(answer, undefined, undefined, () => {});
  });
  process.on("disconnect", () => {
    end(runtime);
    process.exit();
  });
}

/** Without a front door nobody can stop what the runtime does, and what its cells have started. */
function end(runtime: number | undefined): void {
  if (runtime === undefined) return;
  try {
    process.kill(runtime, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  endGroup(runtime);
}
