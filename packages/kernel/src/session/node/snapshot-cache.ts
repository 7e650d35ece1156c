import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** One for every version of Node, of its types, of TypeScript and of the kernel that was ever used here. */
const snapshotName = /^checker-[0-9a-f]{16}\.blob$/;
/** What a maker of one leaves that was killed. */
const leftoverName = /^checker-[0-9a-f]{16}\.blob\.(\d+(\.(cjs|contents|imports))?|lock)$/;
/** What is said of a snapshot: what it holds, and what sessions imported. */
const noteName = /^(checker-[0-9a-f]{16}\.blob)\.(contents|imports)$/;
const day = 24 * 60 * 60 * 1000;
/** How many bytes all of them may take, and how long one stays that nobody uses. */
const largestCache = 200e6;
const longestUnused = 30 * day;

/** No snapshot takes longer to make. Milliseconds. */
const longestBuild = 5 * 60 * 1000;

/**
 * Claims the right to make a snapshot. False while another process that lives has it, unless for longer than
 * the making can take.
 */
export function claimSnapshot(file: string, now: number = Date.now()): boolean {
  const lock = lockOf(file);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (isHeld(lock, now)) return false;
    releaseSnapshot(file);
  }
  return false;
}

/** Hands a claim over to the process that does the work, which may outlive the one that claimed it. */
export function passClaim(file: string, pid: number): void {
  writeFileSync(lockOf(file), String(pid));
}

export function releaseSnapshot(file: string): void {
  rmSync(lockOf(file), { force: true });
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function isHeld(lock: string, now: number): boolean {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since === undefined || now - since > longestBuild) return false;
  try {
    // Another one may have claimed it and not written yet: then its age alone counts.
    const pid = Number(readFileSync(lock, "utf8"));
    return pid === 0 || isAlive(pid);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is not ours to signal, but lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Clears the cache of what is not used any more, and of what killed makers left; `current` is in use. */
export function tidySnapshots(current: string): void {
  try {
    pruneSnapshots(dirname(current), basename(current));
  } catch {
    // What is there is not in the way.
  }
}

/** Notes that a snapshot is in use. */
export function touchSnapshot(file: string, now: number = Date.now()): void {
  try {
    utimesSync(file, now / 1000, now / 1000);
  } catch {
    // A cache that somebody else owns: it is theirs to tidy.
  }
}

/**
 * Removes the snapshots in `folder`, beside the one named `current`, that were not used for 30 days, and
 * those used longest ago as far as all of them take more than 200 MB; and what makers left that live no more.
 * A session that is about to read one of them starts without it, only slower.
 */
export function pruneSnapshots(
  folder: string,
  current: string,
  now: number = Date.now(),
  largest: number = largestCache,
): void {
  const files = readdirSync(folder).flatMap((name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    return stats ? [{ name, age: now - stats.mtimeMs, size: stats.size }] : [];
  });
  let total = files.find(({ name }) => name === current)?.size ?? 0;
  const others = files
    .filter(({ name }) => name !== current && snapshotName.test(name))
    .sort((a, b) => a.age - b.age);
  const old = others.filter(({ age, size }) => {
    total += size;
    return total > largest || age > longestUnused;
  });
  const left = files.filter(
    ({ name, age }) => leftoverName.test(name) && isLeft(join(folder, name), age, now),
  );
  const removed = new Set(old.map(({ name }) => name));
  // What sessions import is noted before the first snapshot is made.
  const notes = files.filter(({ name, age }) => {
    const of = noteName.exec(name)?.[1];
    return of !== undefined && (removed.has(of) || (of !== current && age > longestUnused));
  });
  for (const { name } of [...old, ...left, ...notes])
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // In use, on a system that keeps what is in use.
    }
}

/**
 * Whether nobody works with this any more: its maker, whose number is in the name or in the lock, lives no
 * more.
 */
function isLeft(path: string, age: number, now: number): boolean {
  if (path.endsWith(".lock")) return !isHeld(path, now);
  return age > longestBuild || !isAlive(Number(/\.(\d+)(\.\w+)?$/.exec(path)?.[1]));
}
