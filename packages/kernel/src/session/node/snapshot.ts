import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { getPriority, homedir, setPriority } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { holdsImports, lacksImports } from "./imports-record.js";
import type { NodeTypes } from "./node-types.js";
import { claimSnapshot, passClaim, releaseSnapshot } from "./snapshot-cache.js";

/** Built files; tests run the sources, but a process of its own always runs these. */
function built(name: string): string {
  return fileURLToPath(new URL(`../../../dist/session/${name}`, import.meta.url));
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "convfuse");
  if (process.platform === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "convfuse", "Cache");
  return join(homedir(), ...(process.platform === "darwin" ? ["Library", "Caches"] : [".cache"]), "convfuse");
}

/**
 * Where the checker's start-up snapshot lies: a heap in which the checker is loaded and has checked a first
 * cell, which starts several times faster. It serves one Node with one set of options, one TypeScript, one
 * version of the types for Node and one checker; the name holds them all.
 */
export function snapshotFile(types?: NodeTypes): string {
  const require = createRequire(built("node/checker/main.js"));
  const hash = createHash("sha1");
  for (const name of ["typescript6/package.json", "@types/node/package.json"])
    hash.update(require.resolve(name)).update(readFileSync(require.resolve(name)));
  hash.update(built(""));
  for (const line of buildId()) hash.update(line);
  if (types) hash.update(`@types/node ${types.version}\n`);
  const { NODE_OPTIONS = "" } = process.env;
  hash.update(`${process.version} ${process.arch} ${process.platform} ${NODE_OPTIONS}`);
  return join(cacheFolder(), `checker-${hash.digest("hex").slice(0, 16)}.blob`);
}

/** What tells the kernel's own files, which the checker also reads as types, from another build's. */
function buildId(): readonly string[] {
  // An installation that was made in one piece says it in one file: every start asks for it.
  const id = built("build-id");
  if (existsSync(id)) return [readFileSync(id, "utf8")];
  // When they were written says as much as what is in them. Whole seconds: an image of a container keeps no
  // more of them.
  const files = readdirSync(built(""), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map(({ parentPath, name }) => {
      const { mtimeMs, size } = statSync(join(parentPath, name));
      return `${relative(built(""), join(parentPath, name))} ${Math.floor(mtimeMs / 1000)} ${size}\n`;
    })
    .sort();
}

/**
 * Makes the snapshot for folders without types of their own, if it is not there yet; takes some seconds.
 * Sessions work without it, only slower to start. Gives back whether the snapshot is there; never rejects.
 * @example
 * await prepareSnapshot(); // true, but where no snapshot can be kept
 */
export function prepareSnapshot(): Promise<boolean> {
  return prepareSnapshotFor(undefined);
}

/**
 * Makes the snapshot for these types, with what sessions in folders that have them imported. One process
 * makes it at a time, and the others wait for that one.
 */
export async function prepareSnapshotFor(types: NodeTypes | undefined): Promise<boolean> {
  try {
    const file = snapshotFile(types);
    while (isWanted(file)) {
      const child = claimWanted(file) ? startBuild(file, types, false) : undefined;
      if (child) {
        const [code] = await once(child, "exit");
        return code === 0;
      }
      await setTimeout(100);
    }
    return true;
  } catch {
    // A home that cannot be written to: every start takes the long way.
    return false;
  }
}

/**
 * Puts the snapshot for folders without types of their own into a folder, for others than this user: a copy
 * of his, if he has it. Gives back its name there, or undefined where it cannot be made.
 */
export async function writeSnapshot(folder: string): Promise<string | undefined> {
  const own = snapshotFile();
  const file = join(folder, basename(own));
  // What this user has imported is nobody else's.
  if (existsSync(own) && !holdsImports(own)) {
    copyFileSync(own, file);
    return basename(file);
  }
  const child = claim(file) ? startBuild(file, undefined, false) : undefined;
  if (!child) return undefined;
  const [code] = await once(child, "exit");
  return code === 0 ? basename(file) : undefined;
}

/**
 * Has the snapshot for these types made beside what the user runs, if it is not there or lacks imports, and
 * nobody makes it yet. The work goes on when the session that asked for it ends: many are shorter than it.
 */
export function prepareBehind(types: NodeTypes | undefined): void {
  try {
    const file = snapshotFile(types);
    if (isWanted(file) && claimWanted(file)) startBuild(file, types, true)?.unref();
  } catch {
    // As above.
  }
}

/** Whether a snapshot is to be made, for the first time or with what sessions have imported since. */
function isWanted(file: string): boolean {
  return !existsSync(file) || lacksImports(file);
}

function claim(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  return claimSnapshot(file);
}

/** Claims the making of a snapshot, unless another one is at it or has made it since somebody looked. */
function claimWanted(file: string): boolean {
  if (!claim(file)) return false;
  if (isWanted(file)) return true;
  releaseSnapshot(file);
  return false;
}

/** Starts the process that makes a claimed snapshot; undefined where there can be none. */
function startBuild(file: string, types: NodeTypes | undefined, isBehind: boolean): ChildProcess | undefined {
  const args = [built("node/checker/build-snapshot.js"), file, ...(types ? [types.from] : [])];
  const child = spawn(process.execPath, ["--no-warnings", ...args], {
    stdio: "ignore",
    windowsHide: true,
    // A group of its own: what ends the session's group does not end it.
    detached: isBehind,
  });
  child.once("error", () => releaseSnapshot(file));
  if (child.pid === undefined) return undefined;
  passClaim(file, child.pid);
  // What is lower already stays so: nobody but root may raise it.
  if (isBehind) setPriority(child.pid, Math.max(10, getPriority(child.pid)));
  return child;
}
