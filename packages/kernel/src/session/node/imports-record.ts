import { createHash } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Declarations that a cell has imported, and a word that changes with the package's version. */
export interface ImportedFile {
  readonly path: string;
  readonly version: string;
}

/** What a snapshot was made for, beyond the types that every cell sees. */
export interface SnapshotContents {
  readonly imports: readonly ImportedFile[];
  /** Whether there was more than a snapshot takes. */
  readonly isFull: boolean;
}

/** How many imports are remembered; those longest ago are forgotten. */
const mostImports = 32;
/**
 * What is full is made anew for other imports no more often than this: two projects may take turns.
 * Milliseconds.
 */
const fullFor = 60 * 60 * 1000;

/** Where the imports of the sessions are remembered that start from a snapshot. */
export function importsFile(snapshot: string): string {
  return `${snapshot}.imports`;
}

/** Where it is said what a snapshot holds. */
export function contentsFile(snapshot: string): string {
  return `${snapshot}.contents`;
}

/** What sessions with this snapshot imported, the latest first. */
export function rememberedImports(snapshot: string): readonly ImportedFile[] {
  const read = readJson(importsFile(snapshot));
  return Array.isArray(read) ? read.filter(isImportedFile).slice(0, mostImports) : [];
}

/**
 * Remembers imports for the next snapshot: those that took time to read, and of others those that did before.
 * Of two sessions that do so at once, one is forgotten until it imports again.
 */
export function rememberImports(snapshot: string, paths: readonly string[], isLarge: boolean): void {
  const before = rememberedImports(snapshot);
  const known = new Set(before.map(({ path }) => path));
  const latest = new Set(isLarge ? paths : paths.filter((path) => known.has(path)));
  const imports = [
    ...[...latest].map((path) => ({ path, version: versionOf(path) })),
    ...before.filter(({ path }) => !latest.has(path)),
  ].slice(0, mostImports);
  if (JSON.stringify(imports) === JSON.stringify(before)) return;
  const file = importsFile(snapshot);
  const temporary = `${snapshot}.${process.pid}.imports`;
  writeFileSync(temporary, JSON.stringify(imports));
  renameSync(temporary, file);
}

/** Whether sessions have imported what the snapshot does not hold, and a new one would. */
export function lacksImports(snapshot: string, now: number = Date.now()): boolean {
  const imports = rememberedImports(snapshot);
  if (imports.length === 0) return false;
  const { imports: held, isFull } = contents(snapshot);
  const age = now - (statSync(contentsFile(snapshot), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (isFull && age < fullFor) return false;
  const keys = new Set(held.map(keyOf));
  return imports.some((imported) => !keys.has(keyOf(imported)));
}

/** Whether a snapshot holds more than what every cell sees. */
export function holdsImports(snapshot: string): boolean {
  return contents(snapshot).imports.length > 0;
}

function contents(snapshot: string): SnapshotContents {
  const { imports, isFull } = { imports: [], isFull: false, ...readJson(contentsFile(snapshot)) } as {
    imports: unknown;
    isFull: unknown;
  };
  return { imports: Array.isArray(imports) ? imports.filter(isImportedFile) : [], isFull: isFull === true };
}

function keyOf({ path, version }: ImportedFile): string {
  return `${version} ${path}`;
}

/** Changes with what the package's manifest says. */
function versionOf(path: string): string {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at))
    try {
      const manifest = readFileSync(join(at, "package.json"));
      return createHash("sha1").update(manifest).digest("hex").slice(0, 12);
    } catch {
      // Further up.
    }
  return "";
}

function isImportedFile(value: unknown): value is ImportedFile {
  const { path, version } = { ...(value as Partial<ImportedFile> | null) };
  return typeof path === "string" && typeof version === "string";
}

/** What a file says; undefined where there is none, or none that can be read. */
function readJson(file: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
