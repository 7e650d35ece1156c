import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript6";
import type { LibraryGaps } from "../../checker/program/libraries.js";
import type { KernelFiles } from "../../checker/program/project.js";
import { contentsFile, type ImportedFile, rememberedImports } from "../imports-record.js";
import { releaseSnapshot, tidySnapshots } from "../snapshot-cache.js";
import { checkerFlags } from "./flags.js";
import { kernelFiles } from "./kernel-files.js";
import { libraryGaps } from "./library-gaps.js";

/** What a run of snapshot.cts is told. */
export interface Plan {
  /** Where TypeScript lies, and what is loaded for it: the same, but smaller. */
  readonly typescript: string;
  readonly minified: string;
  readonly serve: string;
  /** How the session's modules name those of their host, and where these lie. */
  readonly host: { readonly name: string; readonly folder: string };
  /** Where the types for Node are looked up. */
  readonly folder: string;
  readonly kernel: KernelFiles;
  /** Found here, as such a run sees an older world than the programs that start from it. */
  readonly gaps: LibraryGaps;
  /** What sessions have imported, which this snapshot is to hold. */
  readonly imports: readonly ImportedFile[];
  /**
   * Where such a run says what the snapshot holds beyond the types that every cell sees; if that is nothing,
   * it says nothing.
   */
  readonly contents: string;
  /** The checker's modules as CommonJS, which is all that such a run can load. */
  readonly modules: { readonly [file: string]: string };
}

/**
 * `node build-snapshot.js FILE [FOLDER]`: writes the checker's start-up snapshot, with the types for Node
 * that FOLDER sees, to FILE.
 */
const [, , target = "", folder] = process.argv;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const typescript = createRequire(import.meta.url).resolve("typescript6");
// Which the build makes after the compiler.
const minified = here("typescript.cjs");
const host = { name: "#host/", folder: here("../") };
const temporary = `${target}.${process.pid}`;
const contents = `${temporary}.contents`;
const plan: Plan = {
  typescript,
  minified: existsSync(minified) ? minified : typescript,
  serve: here("serve.js"),
  host,
  folder: folder ?? dirname(here("serve.js")),
  kernel: kernelFiles(),
  gaps: libraryGaps(ts, dirname(typescript)),
  imports: rememberedImports(target),
  contents,
  modules: modulesFrom(here("serve.js")),
};
const entry = `${temporary}.cjs`;
// Such a run is no module to Node, and has no `exports` that the compiled file could mark.
writeFileSync(
  entry,
  `const exports = {};\nconst plan = ${JSON.stringify(plan)};\n${readFileSync(here("snapshot.cjs"), "utf8")}`,
);
const child = spawn(
  process.execPath,
  [...checkerFlags, "--snapshot-blob", temporary, "--build-snapshot", entry],
  { stdio: "ignore" },
);
process.on("SIGTERM", () => child.kill("SIGKILL"));
child.on("exit", (code) => {
  rmSync(entry, { force: true });
  const isMade = code === 0 && existsSync(temporary);
  if (isMade) {
    renameSync(temporary, target);
    if (existsSync(contents)) renameSync(contents, contentsFile(target));
    else rmSync(contentsFile(target), { force: true });
  } else for (const file of [temporary, contents]) rmSync(file, { force: true });
  releaseSnapshot(target);
  if (isMade) tidySnapshots(target);
  process.exitCode = isMade ? 0 : 1;
});

function modulesFrom(entry: string): { readonly [file: string]: string } {
  const modules: { [file: string]: string } = {};
  const add = (file: string): void => {
    if (file in modules) return;
    const source = readFileSync(file, "utf8");
    modules[file] = ts.transpile(source, { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ESNext });
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      if (fileName.startsWith(".")) add(join(dirname(file), fileName));
      if (fileName.startsWith(host.name)) add(join(host.folder, fileName.slice(host.name.length)));
    }
  };
  add(entry);
  return modules;
}
