import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Snapshots of 60 MB each: one for every version of Node, of TypeScript and of the kernel that was ever used here. */
const NAME = /^checker-[0-9a-f]{16}\.blob$/;
/** What a maker of one leaves that was killed. */
const LEFTOVER = /^checker-[0-9a-f]{16}\.blob\.(\d+(\.cjs)?|lock)$/;
const DAY = 24 * 60 * 60 * 1000;
/** Other versions that are kept, for those who change between them, and for how long. */
const OTHERS = 3;
const LIFE = 30 * DAY;

/** No snapshot takes longer to make. Milliseconds. */
const MOST = 5 * 60 * 1000;

/**
 * Claims the right to make a snapshot. Gives what ends the claim; undefined while another process that lives has it, unless
 * for longer than the making can take.
 */
export function claimSnapshot(file: string, now: number = Date.now()): (() => void) | undefined {
  const lock = `${file}.lock`;
  const release = (): void => rmSync(lock, { force: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (isHeld(lock, now)) return undefined;
    release();
  }
  return undefined;
}

function isHeld(lock: string, now: number): boolean {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since === undefined || now - since > MOST) return false;
  try {
    // Another one may have claimed it and not written yet: then its age alone counts.
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is not ours to signal, but lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
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
 * Removes the snapshots in `folder`, beside the file named `current`, that were not used for 30 days, or that are not
 * among the three used last. A session that is about to read one of them starts without it, only slower.
 */
export function pruneSnapshots(folder: string, current: string, now: number = Date.now()): void {
  const files = readdirSync(folder)
    .filter((name) => name !== current && (NAME.test(name) || LEFTOVER.test(name)))
    .flatMap((name) => {
      const used = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
      return used === undefined ? [] : [{ name, age: now - used }];
    })
    .sort((a, b) => a.age - b.age);
  const others = files.filter(({ name }) => NAME.test(name));
  const old = others.filter(({ age }, index) => index >= OTHERS || age > LIFE);
  const left = files.filter(({ name, age }) => LEFTOVER.test(name) && age > DAY);
  for (const { name } of [...old, ...left])
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // In use, on a system that keeps what is in use.
    }
}
