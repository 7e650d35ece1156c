import { setFlagsFromString } from "node:v8";
import type typescript from "typescript6";
import type { CheckerAnswer, CheckerMethods, CheckerRequest } from "../messages.js";
import { Assistant } from "./assist.js";
import { CellCompiler } from "./compiler.js";
import { isComplete } from "./is-complete.js";
import { kernelFiles, Project } from "./project.js";
import type { TypeScript } from "./typescript.js";

/** A compiler, and what it has read already. */
export interface LoadedTypeScript {
  readonly ts: TypeScript;
  readonly registry: typescript.DocumentRegistry;
  readonly texts: Map<string, typescript.IScriptSnapshot>;
}

/** Answers the front door's questions about a session's types, one after the other. */
export function serve({ ts, registry, texts }: LoadedTypeScript): void {
  // A cell leaves a program's worth of garbage; by default V8 lets it grow to twice what is in use.
  setFlagsFromString("--heap-growing-percent=30");
  let compiler: CellCompiler | undefined;
  let runtime: number | undefined;
  const opened = (): CellCompiler => {
    if (!compiler) throw new Error("checker: no folder is open");
    return compiler;
  };
  const methods: CheckerMethods = {
    open(cwd, pid) {
      runtime = pid;
      compiler = new CellCompiler(ts, new Project(ts, cwd, kernelFiles(), registry, texts));
      // The first cell finds the libraries read.
      compiler.warm();
    },
    compile: (code, executionCount) => opened().compile(code, executionCount),
    commit: (key, names) => opened().commit(key, names),
    modules: (path) => opened().modules.reachableFrom(`import ${JSON.stringify(path)}`, path),
    complete: (code, cursor) => new Assistant(ts, opened()).complete(code, cursor),
    inspect: (code, cursor, detailLevel) => new Assistant(ts, opened()).inspect(code, cursor, detailLevel),
    isComplete: (code) => isComplete(ts, code),
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
    process.send?.(answer);
  });
  process.on("disconnect", () => {
    end(runtime);
    process.exit();
  });
}

/** Without a front door nobody can stop what the runtime does: a loop in native code, say, which nothing else ends. */
function end(runtime: number | undefined): void {
  try {
    if (runtime !== undefined) process.kill(runtime, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
