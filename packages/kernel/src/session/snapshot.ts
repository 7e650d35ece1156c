import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, setPriority } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pruneSnapshots } from "./snapshot-cache.js";

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
 * Where the checker's start-up snapshot lies: a heap in which TypeScript is loaded and the libraries are read, which
 * starts several times faster. It serves one Node, one TypeScript and one set of libraries; the name holds them all.
 */
export function snapshotFile(): string {
  const require = createRequire(built("checker/main.js"));
  const hash = createHash("sha1");
  for (const name of ["typescript6/package.json", "@types/node/package.json"])
    hash.update(require.resolve(name)).update(readFileSync(require.resolve(name)));
  for (const name of ["checker/flags.js", "checker/options.js", "checker/snapshot.cjs"])
    hash.update(built(name)).update(readFileSync(built(name)));
  hash.update(`${process.version} ${process.arch} ${process.platform}`);
  return join(cacheFolder(), `checker-${hash.digest("hex").slice(0, 16)}.blob`);
}

function tidy(file: string): void {
  try {
    pruneSnapshots(dirname(file), basename(file));
  } catch {
    // What is there is not in the way.
  }
}

/**
 * Makes the snapshot, if it is not there yet, in a process of low priority; takes some seconds. Sessions work without
 * it, only slower to start. Gives back whether it is there; never rejects.
 */
export function prepareSnapshot(signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const file = snapshotFile();
      if (existsSync(file)) return resolve(true);
      mkdirSync(dirname(file), { recursive: true });
      const child = spawn(process.execPath, ["--no-warnings", built("checker/build-snapshot.js"), file], {
        stdio: "ignore",
        ...(signal ? { signal } : {}),
      });
      child.on("exit", (code) => {
        if (code === 0) tidy(file);
        resolve(code === 0);
      });
      child.on("error", () => resolve(false));
      if (child.pid !== undefined) setPriority(child.pid, 10);
    } catch {
      // A home that cannot be written to: every start takes the long way.
      resolve(false);
    }
  });
}
