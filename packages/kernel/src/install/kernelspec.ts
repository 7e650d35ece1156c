import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";

/** The file that a kernelspec starts. */
export const kernelScript: string = fileURLToPath(new URL("../../bin/convfuse-kernel.js", import.meta.url));

const assets = fileURLToPath(new URL("../../assets", import.meta.url));

/** What kernel.json holds. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message";
  readonly metadata: { readonly debugger: false; readonly supported_encryption: "curve" };
}

/**
 * The absolute paths of this Node and this package: a notebook server has neither the user's folder nor his PATH. `memory`
 * limits what the cells' variables may take, in MB.
 */
export function kernelSpec(memory?: number): KernelSpec {
  const limit = memory === undefined ? [] : ["--memory", String(memory)];
  return {
    argv: [execPath, kernelScript, "start", ...limit, "{connection_file}"],
    display_name: "TypeScript (convfuse)",
    language: "typescript",
    // A message reaches the kernel where a signal does not: on Windows, in a container, on another machine.
    interrupt_mode: "message",
    metadata: { debugger: false, supported_encryption: "curve" },
  };
}

/** Whether what a kernel.json holds is a kernelspec of ours, of this or of another copy. */
export function isOurs(spec: unknown): spec is KernelSpec {
  if (typeof spec !== "object" || spec === null || !("argv" in spec) || !Array.isArray(spec.argv))
    return false;
  return spec.argv.some((part) => typeof part === "string" && part.endsWith("convfuse-kernel.js"));
}

/** The kernelspec in a folder, or null where there is none that can be read. */
export async function readSpec(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, "kernel.json"), "utf8"));
  } catch {
    return null;
  }
}

/** Writes the kernelspec with its logos: whole beside its place first, then in one step into it. */
export async function writeSpec(folder: string, memory?: number): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(join(dirname(folder), ".convfuse-"));
  try {
    await cp(assets, draft, { recursive: true });
    await writeFile(join(draft, "kernel.json"), `${JSON.stringify(kernelSpec(memory), null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
