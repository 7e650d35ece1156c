import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, setPriority } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { NodeTypes } from "./node-types.js";
import { claimSnapshot, pruneSnapshots } from "./snapshot-cache.js";

/** Built files; tests run the sources, but a process of its own always runs these. */
function built(name: string): string {
  return fileURLToPath(new URL(`../../dist/session/${name}`, import.meta.url));
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "convfuse");
  if (process.platform === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "convfuse", "Cache");
  return join(homedir(), ...(process.platform === "darwin" ? ["Library", "Caches"] : [".cache"]), "convfuse");
}

/**
 * Where the checker's start-up snapshot lies: a heap in which the checker is loaded and has checked a first cell, which
 * starts several times faster. It serves one Node with one set of options, one TypeScript, one version of the types for Node and
 * one checker; the name holds them all.
 */
export function snapshotFile(types?: NodeTypes): string {
  const require = createRequire(built("checker/main.js"));
  const hash = createHash("sha1");
  for (const name of ["typescript6/package.json", "@types/node/package.json"])
    hash.update(require.resolve(name)).update(readFileSync(require.resolve(name)));
  // The kernel's own files, which the checker also reads as types: when they were written says as much as what is in them.
  for (const name of ["", "checker/", "runtime/"].flatMap(filesIn)) {
    const { mtimeMs, size } = statSync(built(name));
    hash.update(`${built(name)} ${mtimeMs} ${size}\n`);
  }
  if (types) hash.update(`@types/node ${types.version}\n`);
  const { NODE_OPTIONS = "" } = process.env;
  hash.update(`${process.version} ${process.arch} ${process.platform} ${NODE_OPTIONS}`);
  return join(cacheFolder(), `checker-${hash.digest("hex").slice(0, 16)}.blob`);
}

function filesIn(folder: string): readonly string[] {
  const files = readdirSync(built(folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => `${folder}${name}`).sort();
}

/** Clears the cache of what is not used any more, and of what killed makers left; `current` is about to be used. */
export function tidySnapshots(current: string): void {
  try {
    pruneSnapshots(dirname(current), basename(current));
  } catch {
    // What is there is not in the way.
  }
}

/**
 * Makes the snapshot for folders without types of their own, if it is not there yet; takes some seconds. Sessions work without
 * it, only slower to start. Gives back whether the snapshot is there; never rejects.
 */
export function prepareSnapshot(): Promise<boolean> {
  return prepareSnapshotFor(undefined);
}

/**
 * Makes the snapshot for these types. One process makes it at a time, and the others wait for that one. A session, which ends
 * the work by `signal` when it closes, neither waits nor competes with what the user runs.
 */
export async function prepareSnapshotFor(
  types: NodeTypes | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const file = snapshotFile(types);
    mkdirSync(dirname(file), { recursive: true });
    while (!existsSync(file)) {
      const release = claimSnapshot(file);
      if (release) return await build(file, types, signal).finally(release);
      if (signal) return false;
      await setTimeout(100);
    }
    return true;
  } catch {
    // A home that cannot be written to: every start takes the long way.
    return false;
  }
}

async function build(
  file: string,
  types: NodeTypes | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const from = types ? [types.from] : [];
  const child = spawn(
    process.execPath,
    ["--no-warnings", built("checker/build-snapshot.js"), file, ...from],
    { stdio: "ignore", ...(signal ? { signal } : {}) },
  );
  if (signal && child.pid !== undefined) setPriority(child.pid, 10);
  const [code] = await once(child, "exit");
  if (code === 0) tidySnapshots(file);
  return code === 0;
}
