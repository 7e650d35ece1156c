import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { writeSnapshot } from "../session/node/snapshot.js";

/** The file that a kernelspec starts. */
export const kernelScript: string = fileURLToPath(new URL("../../bin/convfuse-kernel.js", import.meta.url));

const assets = fileURLToPath(new URL("../../assets", import.meta.url));

/** What the kernelspec of the Python package starts, as an argument of Python. */
const wheelModule = "convfuse.kernel";

/** What kernel.json holds. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message";
  readonly metadata: { readonly debugger: true; readonly supported_encryption: "curve" };
}

/** How kernels are started. */
export interface StartOptions {
  /** The limit of what the cells' variables may take, in MB. */
  readonly memory?: number | undefined;
  /** Whether they keep in the user's home what was run: `true` by default. */
  readonly keepsHistory?: boolean | undefined;
}

/**
 * The absolute paths of this Node and this package: a notebook server has neither the user's folder nor his
 * PATH.
 */
export function kernelSpec(
  { memory, keepsHistory = true }: StartOptions = {},
  snapshot?: string | undefined,
): KernelSpec {
  const limit = memory === undefined ? [] : ["--memory", String(memory)];
  const history = keepsHistory ? [] : ["--no-history"];
  const shared = snapshot === undefined ? [] : ["--snapshot", snapshot];
  return {
    argv: [execPath, kernelScript, "start", ...limit, ...history, ...shared, "{connection_file}"],
    display_name: "TypeScript (convfuse)",
    language: "typescript",
    // A message reaches the kernel where a signal does not: on Windows, in a container, on another machine.
    interrupt_mode: "message",
    metadata: { debugger: true, supported_encryption: "curve" },
  };
}

/** Whether what a kernel.json holds is a kernelspec of ours, of this or of another copy. */
export function isOurs(spec: unknown): spec is KernelSpec {
  if (typeof spec !== "object" || spec === null || !("argv" in spec) || !Array.isArray(spec.argv))
    return false;
  return spec.argv.some(
    (part) => typeof part === "string" && (part.endsWith("convfuse-kernel.js") || part === wheelModule),
  );
}

/** The kernelspec in a folder, or null where there is none that can be read. */
export async function readSpec(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, "kernel.json"), "utf8"));
  } catch {
    return null;
  }
}

/**
 * Writes the kernelspec with its logos: whole beside its place first, then in one step into it. One that is
 * shared gets a start-up snapshot, which it names, and goes with it. Tells whether it did.
 */
export async function writeSpec(folder: string, start: StartOptions, isShared: boolean): Promise<boolean> {
  const readers = await makeReadable(dirname(folder));
  const draft = await mkdtemp(join(dirname(folder), ".convfuse-"));
  try {
    await cp(assets, draft, { recursive: true });
    const name = isShared ? await writeSnapshot(draft) : undefined;
    const snapshot = name === undefined ? undefined : join(resolve(folder), name);
    const spec = kernelSpec(start, snapshot);
    await writeFile(join(draft, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
    // A folder that was made for a draft, and files under a strict umask, would be this user's alone.
    for (const file of await readdir(draft)) await chmod(join(draft, file), 0o600 | (readers & 0o044));
    await chmod(draft, 0o700 | readers);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return snapshot !== undefined;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes a folder, and those above it that are missing, for whoever can read the nearest one that is there.
 * Gives back who that is, as a mode's bits for the group and others; none of them writes.
 */
async function makeReadable(folder: string): Promise<number> {
  const there = await stat(folder).catch(() => undefined);
  if (there) return there.mode & 0o055;
  const readers = await makeReadable(dirname(folder));
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700 | readers);
  return readers;
}
