import { setFlagsFromString } from "node:v8";
import type typescript from "typescript6";
import type { CheckerAnswer, CheckerMethods, CheckerRequest } from "../messages.js";
import { endGroup } from "../process-group.js";
import { Assistant } from "./assist.js";
import { CellCompiler } from "./compiler.js";
import { isComplete } from "./is-complete.js";
import { Libraries, type LibraryGaps } from "./libraries.js";
import { parameterCell } from "./parameter-cell.js";
import { type KernelFiles, Project } from "./project.js";
import { readSettings } from "./settings.js";
import type { TypeScript } from "./typescript.js";

/** TypeScript, and what it has read already. */
export interface LoadedTypeScript {
  readonly ts: TypeScript;
  readonly kernel: KernelFiles;
  readonly registry: typescript.DocumentRegistry;
  readonly libraries: Libraries;
  /** One that has checked a cell, for a folder in which it is of use. */
  readonly ready?: CellCompiler;
}

/** Reads the libraries and checks a cell, before there is a notebook: `folder` is the kernel's own. */
export function prepare(
  ts: TypeScript,
  kernel: KernelFiles,
  folder: string,
  gaps: LibraryGaps,
): LoadedTypeScript {
  const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames);
  const libraries = new Libraries(ts, gaps);
  const ready = new CellCompiler(ts, new Project(ts, folder, kernel, registry, libraries));
  ready.warm();
  return { ts, kernel, registry, libraries, ready };
}

/** Answers the front door's questions about a session's types, one after the other. */
export function serve({ ts, kernel, registry, libraries, ready }: LoadedTypeScript): void {
  // A cell leaves a program's worth of garbage; by default V8 lets it grow to twice what is in use.
  setFlagsFromString("--heap-growing-percent=15");
  let compiler: CellCompiler | undefined;
  let runtime: number | undefined;
  const opened = (): CellCompiler => {
    if (!compiler) throw new Error("checker: no folder is open");
    return compiler;
  };
  const methods: CheckerMethods = {
    open(cwd, pid) {
      runtime = pid;
      const isGone = ready !== undefined && !ready.project.hasTypes();
      const settings = readSettings(ts, cwd);
      const { notices } = settings;
      if (ready?.project.moveTo(cwd, settings)) {
        compiler = ready;
        return { hasTypes: true, notices };
      }
      compiler = new CellCompiler(ts, new Project(ts, cwd, kernel, registry, libraries, settings));
      // The first cell finds the libraries read.
      compiler.warm();
      return { hasTypes: !isGone, notices };
    },
    compile: (code, executionCount) => opened().compile(code, executionCount),
    commit: (key, names) => opened().commit(key, names),
    modules: (path) => opened().modules.reachableFrom(`import ${JSON.stringify(path)}`, path).modules,
    complete: (code, cursor) => new Assistant(ts, opened()).complete(code, cursor),
    inspect: (code, cursor, detailLevel) => new Assistant(ts, opened()).inspect(code, cursor, detailLevel),
    values: () => opened().table.values(),
    isComplete: (code) => isComplete(ts, opened().magics(code).rest),
    parameterCell: (tagged, values) => parameterCell(ts, tagged, values),
  };
  process.on("message", ({ id, method, args }: CheckerRequest) => {
    let answer: CheckerAnswer;
    try {
      const call = methods[method] as (...parameters: readonly unknown[]) => unknown;
      answer = { id, result: call(...args) };
    } catch (fault) {
      compiler?.project.abandon();
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
