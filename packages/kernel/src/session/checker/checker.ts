import type { CheckerMethods, Opened } from "../messages.js";
import { Assistant } from "./assist.js";
import { CellCompiler } from "./compiler.js";
import { asScript, expressionOf, layoutOf } from "./debug-code.js";
import { isComplete } from "./is-complete.js";
import { parameterCell } from "./parameter-cell.js";
import type { Registry } from "./program/declarations.js";
import type { Libraries } from "./program/libraries.js";
import { type KernelFiles, Project } from "./program/project.js";
import { readSettings } from "./program/settings.js";
import { mostNodes } from "./read-ahead.js";
import { ReadInTurns } from "./read-in-turns.js";
import type { TypeScript } from "./typescript.js";

/** What can be done before the notebook's folder is known. */
export interface LoadedTypeScript {
  readonly ts: TypeScript;
  readonly kernel: KernelFiles;
  readonly registry: Registry;
  readonly libraries: Libraries;
  /** One that has checked a cell, for a folder in which it is of use. */
  readonly ready?: CellCompiler;
  /** How many nodes of declarations were parsed for that cell: what came later was read ahead. */
  readonly libraryNodes?: number;
}

/** Answers what a session asks about types, whichever host it is in. */
export class Checker {
  readonly #loaded: LoadedTypeScript;
  #compiler: CellCompiler | undefined;

  constructor(loaded: LoadedTypeScript) {
    this.#loaded = loaded;
  }

  readonly #methods: CheckerMethods = {
    open: (cwd, _runtime, _snapshot, first) => this.#open(cwd, first),
    compile: (code, executionCount) => this.#opened().compile(code, executionCount),
    commit: (key, names) => this.#opened().commit(key, names),
    modules: (path) => this.#opened().modules.reachableFrom(`import ${JSON.stringify(path)}`, path).modules,
    complete: (code, cursor) => this.#assistant().complete(code, cursor),
    inspect: (code, cursor, detailLevel) => this.#assistant().inspect(code, cursor, detailLevel),
    values: () => this.#opened().table.values(),
    isComplete: (code) => isComplete(this.#loaded.ts, this.#opened().magics(code).rest),
    diagnose: (code, pending) => this.#opened().diagnose(code, pending),
    parameterCell: (tagged, values) => parameterCell(this.#loaded.ts, tagged, values),
    layout: (code) => layoutOf(this.#loaded.ts, this.#opened(), code),
    asScript: (text) => asScript(this.#loaded.ts, text),
    expression: (code, locals, session) =>
      expressionOf(this.#loaded.ts, this.#opened(), code, new Set(locals), new Set(session)),
    adopt: (name) => this.#opened().table.adopt(name),
  };

  /** @throws what the checker itself threw: a fault of the kernel's */
  answer(method: keyof CheckerMethods, args: readonly unknown[]): unknown {
    try {
      return (this.#methods[method] as (...parameters: readonly unknown[]) => unknown)(...args);
    } catch (fault) {
      this.#compiler?.project.abandon();
      throw fault;
    }
  }

  /** How many nodes the declarations have that the cells see. */
  packageNodes(): number {
    return this.#compiler?.project.packageNodes() ?? 0;
  }

  /** The declarations of packages that cells which ran have imported. */
  importedPackages(): readonly string[] {
    return this.#compiler?.project.importedPackages() ?? [];
  }

  /**
   * Reads groups of packages ahead, one group after the other, where a folder is open. What was read ahead or
   * imported before takes room, too.
   * @param room how many more nodes may be read at the most
   */
  readAhead(groups: Iterable<Iterable<string>>, room: number): ReadInTurns {
    const { nodes } = this.#loaded.registry.declarations;
    const { libraryNodes = nodes } = this.#loaded;
    return new ReadInTurns(
      this.#opened().project,
      groups,
      Math.min(room, mostNodes - (nodes - libraryNodes)),
    );
  }

  #open(cwd: string, first: string | undefined): Opened {
    const { ts, kernel, registry, libraries, ready } = this.#loaded;
    const isGone = ready !== undefined && !ready.project.hasTypes();
    const settings = readSettings(ts, cwd);
    const { notices } = settings;
    if (ready?.project.moveTo(cwd, settings)) {
      this.#compiler = ready;
      return { hasTypes: true, notices };
    }
    this.#compiler = new CellCompiler(ts, new Project(ts, cwd, kernel, registry, libraries, settings));
    try {
      // The first cell finds the libraries read.
      this.#compiler.warm(first);
    } catch (fault) {
      if (first === undefined) throw fault;
      // What the checker cannot bear says so when it is executed.
      this.#compiler.project.abandon();
    }
    return { hasTypes: !isGone, notices };
  }

  #opened(): CellCompiler {
    if (!this.#compiler) throw new Error("checker: no folder is open");
    return this.#compiler;
  }

  #assistant(): Assistant {
    return new Assistant(this.#loaded.ts, this.#opened());
  }
}
