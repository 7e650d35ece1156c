import { lstatSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { platform } from "node:process";
import { fileURLToPath } from "node:url";

/** A snapshot that is taken, by its real path, or why it is not. */
export type SharedSnapshot = { readonly file: string } | { readonly refusal: string };

/**
 * Looks at a snapshot that one user made for others. It is code, so it is taken only where nobody could have
 * put another into its place: the file and every folder above it belong to root, to this user, or to whoever
 * installed the kernel, and nobody else can write them, as ssh asks of its files. `wanted` is the one that
 * fits this Node, as `snapshotFile` names it.
 */
export function sharedSnapshot(path: string, wanted: string): SharedSnapshot {
  if (platform === "win32") return { refusal: "Windows does not say who can write it" };
  if (basename(path) !== basename(wanted))
    return { refusal: "it was made for another Node, or another version of the kernel" };
  try {
    // The real path is what is started from: a link on the way could be turned elsewhere in between.
    const file = realpathSync(path);
    if (!lstatSync(file).isFile()) return { refusal: `${file} is no file` };
    const owners = trustedOwners();
    for (let at = file; ; at = dirname(at)) {
      const refusal = refusalOf(at, lstatSync(at), owners);
      if (refusal !== undefined) return { refusal };
      if (at === dirname(at)) return { file };
    }
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

/** Root, this user, and the owner of the kernel's own code, which runs in any case. */
function trustedOwners(): ReadonlySet<number> {
  const own = process.geteuid?.() ?? 0;
  return new Set([0, own, lstatSync(fileURLToPath(import.meta.url)).uid]);
}

const writableByOthers = 0o022;
const sticky = 0o1000;

function refusalOf(path: string, stats: Stats, owners: ReadonlySet<number>): string | undefined {
  if (!owners.has(stats.uid)) return `${path} belongs to user ${stats.uid}`;
  if ((stats.mode & writableByOthers) === 0) return undefined;
  // In a folder such as /tmp only its owner can replace an entry, whose owner was looked at.
  if (stats.isDirectory() && (stats.mode & sticky) !== 0) return undefined;
  return `others than its owner can write ${path}`;
}
