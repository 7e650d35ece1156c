import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

/** Snapshots of 60 MB each: one for every version of Node, of TypeScript and of the kernel that was ever used here. */
const NAME = /^checker-[0-9a-f]{16}\.blob$/;
/** What a maker of one leaves that was killed. */
const LEFTOVER = /^checker-[0-9a-f]{16}\.blob\.\d+(\.cjs)?$/;
const DAY = 24 * 60 * 60 * 1000;
/** Other versions that are kept, for those who change between them, and for how long. */
const OTHERS = 3;
const LIFE = 30 * DAY;

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
