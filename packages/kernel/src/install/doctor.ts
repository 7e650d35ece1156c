import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { execPath, platform, versions } from "node:process";
import { promisify } from "node:util";
import { kernelSide } from "../session/node/beside-kernel.js";
import { sharedSnapshot } from "../session/node/shared-snapshot.js";
import { snapshotFile } from "../session/node/snapshot.js";
import { isOurs, kernelScript, kernelSpec, readSpec } from "./kernelspec.js";
import { specFolder } from "./location.js";
import { probe } from "./probe.js";
import { installJupyter, installNode, rebuildZeromq, reinstall, self, wheelPython } from "./remedies.js";

/** What was looked at; where it is wrong, the command that mends it. */
export interface Finding {
  readonly subject: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

const run = promisify(execFile);

function findNode(version: string): Finding {
  const subject = "Node.js";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return { subject, ok: true, detail: version };
  return { subject, ok: false, detail: `${version} is older than 20.19`, remedy: installNode };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

async function findZeromq(): Promise<Finding> {
  const subject = "ZeroMQ";
  try {
    const { version } = await import("zeromq");
    return { subject, ok: true, detail: version };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    const remedy = missing ? reinstall : rebuildZeromq;
    return { subject, ok: false, detail: `it does not load: ${firstLine(error)}`, remedy };
  }
}

function findTypescript(): Finding {
  const subject = "TypeScript";
  try {
    const manifest = createRequire(import.meta.url)("typescript6/package.json") as { version: string };
    return { subject, ok: true, detail: manifest.version };
  } catch (error) {
    return { subject, ok: false, detail: firstLine(error), remedy: reinstall };
  }
}

/** The packages beside the kernel, which every notebook can import; a notebook's own ones come first. */
function findPackages(): Finding {
  const subject = "packages for every notebook";
  const side = kernelSide(kernelScript);
  if (side === undefined) return { subject, ok: true, detail: "none: the kernel is in no node_modules" };
  const folder = join(side, "node_modules");
  const names = readdirSync(folder).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(folder, name)).map((part) => `${name}/${part}`) : name,
  );
  const ours = names.filter((name) => name.startsWith("@convfuse/") && name !== "@convfuse/kernel");
  return { subject, ok: true, detail: `those in ${folder}: ${ours.join(", ") || "none of @convfuse"}` };
}

/**
 * What is wrong with a kernelspec's snapshot for many users; undefined: nothing, or it is for another kernel
 * to say.
 */
function snapshotFault(argv: readonly string[]): string | undefined {
  const at = argv.indexOf("--snapshot");
  if (at === -1 || argv[0] !== execPath || argv[1] !== kernelScript) return undefined;
  const found = sharedSnapshot(argv[at + 1] ?? "", snapshotFile());
  return "file" in found ? undefined : found.refusal;
}

/** Whether a kernelspec's snapshot was made for another Node or kernel than this. */
function isOutdated(argv: readonly string[]): boolean {
  return basename(argv[argv.indexOf("--snapshot") + 1] ?? "") !== basename(snapshotFile());
}

/** The command that writes a kernelspec below a prefix anew, with what it says of how its kernels start. */
function reinstallation(name: string, folder: string, argv: readonly string[]): string {
  const options = argv.slice(argv.indexOf("start") + 1, argv.indexOf("--snapshot"));
  const prefix = JSON.stringify(join(folder, "../../../.."));
  return [self, "install --prefix", prefix, "--name", name, ...options].join(" ");
}

type Specs = ReadonlyMap<string, { readonly folder: string; readonly spec: unknown }>;

/** Every kernelspec that Jupyter finds; without Jupyter, what would be the user's. */
async function findSpecs(): Promise<{ readonly jupyter: Finding; readonly specs: Specs }> {
  const subject = "Jupyter";
  try {
    const { stdout } = await run("jupyter", ["kernelspec", "list", "--json"]);
    const { kernelspecs } = JSON.parse(stdout) as {
      kernelspecs: { [name: string]: { resource_dir: string; spec: unknown } };
    };
    const specs = Object.entries(kernelspecs).map(
      ([name, { resource_dir: folder, spec }]) => [name, { folder, spec }] as const,
    );
    return { jupyter: { subject, ok: true, detail: "on the PATH" }, specs: new Map(specs) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const detail = missing
      ? "no jupyter on the PATH (VS Code needs none)"
      : `jupyter kernelspec list fails: ${firstLine(error)}`;
    const folder = specFolder({ kind: "user" }, "convfuse");
    const spec = await readSpec(folder);
    return {
      jupyter: { subject, ok: false, detail, remedy: installJupyter },
      specs: new Map(spec === null ? [] : [["convfuse", { folder, spec }]]),
    };
  }
}

/**
 * The Python that Jupyter puts for the word "python" in a kernelspec in this folder: that of the environment
 * whose share/jupyter/kernels it is in. Where a package was installed for one user, or by a system's pip,
 * there is none: then the one whose command this is.
 */
function pythonOf(folder: string): string {
  const above = join(folder, "../../../..", ...(platform === "win32" ? ["python.exe"] : ["bin", "python"]));
  return existsSync(above) ? above : (wheelPython ?? above);
}

async function findSpec(name: string, folder: string, argv: readonly string[]): Promise<Finding> {
  const subject = `kernel ${name}`;
  const remedy = `${self} install --name ${name}`;
  const [program = "", script = ""] = argv;
  const isPython = program === "python";
  const started = isPython ? [pythonOf(folder), ...argv.slice(1)] : argv;
  for (const path of isPython ? started.slice(0, 1) : [program, script]) {
    try {
      await access(path);
    } catch {
      return { subject, ok: false, detail: `${folder} names ${path}, which is gone`, remedy };
    }
  }
  try {
    await probe(started);
  } catch (error) {
    return { subject, ok: false, detail: `it does not run: ${firstLine(error)}`, remedy };
  }
  const fault = snapshotFault(argv);
  if (fault !== undefined)
    return {
      subject,
      ok: false,
      detail: `its snapshot is not used, so that kernels start slower: ${fault}`,
      remedy: isOutdated(argv)
        ? reinstallation(name, folder, argv)
        : `${self} install --prefix DIR --name ${name}, for a DIR that only its owner and root can write`,
    };
  const elsewhere =
    script === kernelScript && program === execPath ? "" : ` (${started.slice(0, -2).join(" ")})`;
  return { subject, ok: true, detail: `${folder}, computes 1 + 1${elsewhere}` };
}

/** Looks at all that the kernel needs to run under Jupyter. */
export async function* examine(): AsyncGenerator<Finding> {
  yield findNode(versions.node);
  const zeromq = await findZeromq();
  yield zeromq;
  yield findTypescript();
  yield findPackages();
  const { jupyter, specs } = await findSpecs();
  yield jupyter;
  let ours = 0;
  for (const [name, { folder, spec }] of specs) {
    if (!isOurs(spec)) continue;
    ours += 1;
    yield findSpec(name, folder, spec.argv);
  }
  if (ours > 0) return;
  yield { subject: "kernelspec", ok: false, detail: "not installed", remedy: `${self} install` };
  if (!zeromq.ok) return;
  const subject = "kernel";
  try {
    await probe(kernelSpec().argv);
    yield { subject, ok: true, detail: "computes 1 + 1" };
  } catch (error) {
    yield {
      subject,
      ok: false,
      detail: `it does not run: ${firstLine(error)}`,
      remedy: reinstall,
    };
  }
}
