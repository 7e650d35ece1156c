import { fileURLToPath } from "node:url";
import type typescript from "typescript6";
import type { CheckerAnswer, CheckerMethods, CheckerRequest } from "../messages.js";
import { Assistant } from "./assist.js";
import { CellCompiler } from "./compiler.js";
import { isComplete } from "./is-complete.js";
import { Project } from "./project.js";
import type { TypeScript } from "./typescript.js";

/** Answers the front door's questions about a session's types, one after the other. */
export function serve(ts: TypeScript, registry: typescript.DocumentRegistry): void {
  let compiler: CellCompiler | undefined;
  const opened = (): CellCompiler => {
    if (!compiler) throw new Error("checker: no folder is open");
    return compiler;
  };
  const methods: CheckerMethods = {
    open(cwd) {
      const kernel = {
        anchor: fileURLToPath(import.meta.url),
        jupyterTypes: fileURLToPath(new URL("../runtime/jupyter.js", import.meta.url)),
        tslabTypes: fileURLToPath(new URL("../runtime/tslab.d.ts", import.meta.url)),
      };
      compiler = new CellCompiler(ts, new Project(ts, cwd, kernel, registry));
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
      answer = { id, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
    }
    process.send?.(answer);
  });
  process.on("disconnect", () => process.exit());
  // The terminal's Ctrl+C is meant for the cell.
  process.on("SIGINT", () => {});
}
