import { readSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Checker, type LoadedTypeScript } from "../../checker/checker.js";
import { CellCompiler } from "../../checker/compiler.js";
import { createRegistry } from "../../checker/program/documentation.js";
import { Libraries, type LibraryGaps } from "../../checker/program/libraries.js";
import { releasePatterns } from "../../checker/program/postponed/patterns.js";
import { type KernelFiles, Project } from "../../checker/program/project.js";
import { mostNodes, ReadAhead } from "../../checker/read-ahead.js";
import type { TypeScript } from "../../checker/typescript.js";
import { type CheckerAnswer, type CheckerMethods, type CheckerRequest, requestsFd } from "../../messages.js";
import { type ImportedFile, rememberImports } from "../imports-record.js";
import { endGroup } from "../process-group.js";
import { IdleReading } from "./idle-reading.js";
import { memoryTaken } from "./memory-taken.js";

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
  return { ts, kernel, registry, libraries, ready, libraryNodes: registry.declarations.nodes };
}

/**
 * How many nodes of what sessions imported a snapshot holds, for a kernel that nobody uses to stay below 220
 * MiB. From Node 22 on it takes 15 to 25 MiB more by itself.
 */
const mostRemembered = Number.parseInt(process.versions.node, 10) < 22 ? mostNodes : 36_000;

/**
 * Has the snapshot that is being made hold packages that no cell has imported yet; tells whether there was
 * more than it takes.
 */
export function readAhead({ ready }: LoadedTypeScript, imports: readonly ImportedFile[]): boolean {
  if (!ready) return false;
  const ahead = new ReadAhead(
    ready.project,
    imports.map(({ path }) => path),
    mostRemembered,
  );
  while (ahead.step());
  return ahead.isFull;
}

/**
 * Has the snapshot that is being made hold no text of a library: its file and each checker's heap would; and
 * no machine code, which cannot be written.
 */
export function releaseTexts({ libraries, registry }: LoadedTypeScript): void {
  releasePatterns();
  libraries.releaseTexts(registry.declarations.files());
}

/** Answers the front door's questions about a session's types, one after the other. */
export function serve(loaded: LoadedTypeScript): void {
  // A cell leaves a program's worth of garbage; by default V8 lets it grow to twice what is in use.
  setFlagsFromString("--heap-growing-percent=15");
  const checker = new Checker(loaded);
  let folder: string | undefined;
  let runtime: number | undefined;
  const taken = (): number => memoryTaken(process.ppid, runtime);
  const reading = new IdleReading(checker, sentRequests, taken, collectGarbage);
  let snapshot: string | undefined;
  let imports: Imports | undefined;
  process.on("message", ({ id, method, args }: CheckerRequest) => {
    reading.pause();
    if (method === "open") [folder, runtime, snapshot] = args as Parameters<CheckerMethods["open"]>;
    let answer: CheckerAnswer;
    try {
      answer = { id, result: checker.answer(method, args) };
    } catch (fault) {
      answer = { id, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
    }
    // One that cannot be sent any more is followed by the end, which must come in an orderly way.
    process.send?.(answer, undefined, undefined, () => {});
    if (method === "open" && snapshot !== undefined) imports = new Imports(checker, snapshot);
    if (method === "commit") imports?.remember();
    reading.goOn(folder);
  });
  process.on("disconnect", () => {
    end(runtime);
    process.exit();
  });
}

const sent = new Uint32Array(1);

/**
 * How many requests the front door has sent: it notes that in a file, which is read while the event loop
 * stands still.
 */
function sentRequests(): number {
  readSync(requestsFd, sent, 0, 4, 0);
  return sent[0] as number;
}

/**
 * What parsing leaves: as much as what stays. From Node 22 on V8 keeps the space that this was in, unless it
 * is asked to do all that it can, which earlier ones do not know.
 */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (how?: object) => void;
  collect();
  collect({ type: "major", flavor: "last-resort" });
}

/** Fewer nodes than these are parsed in some 20 ms: nobody has to be spared that. */
const fewNodes = 5000;

/** Remembers the large packages that a session imports, for the snapshot that later ones start from. */
class Imports {
  readonly #checker: Checker;
  readonly #snapshot: string;
  readonly #seen = new Set<string>();
  /** What cells saw when nothing was imported yet, or after the last import. */
  #nodes: number;

  constructor(checker: Checker, snapshot: string) {
    this.#checker = checker;
    this.#snapshot = snapshot;
    this.#nodes = checker.packageNodes();
  }

  /** After a cell has run. */
  remember(): void {
    const paths = this.#checker.importedPackages().filter((path) => !this.#seen.has(path));
    if (paths.length === 0) return;
    for (const path of paths) this.#seen.add(path);
    const nodes = this.#checker.packageNodes();
    const isLarge = nodes - this.#nodes >= fewNodes;
    this.#nodes = nodes;
    try {
      rememberImports(this.#snapshot, paths, isLarge);
    } catch {
      // A cache that cannot be written to has no snapshot either.
    }
  }
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
