import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript6";
import { CHECKER_FLAGS } from "./flags.js";
import { compilerOptions } from "./options.js";
import { isLocal, kernelFiles, Project } from "./project.js";

/** `node build-snapshot.js FILE`: writes the start-up snapshot of the checker to FILE. */
const target = process.argv[2] as string;
const parent = process.ppid;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames);
const project = new Project(ts, dirname(here("serve.js")), kernelFiles(), registry, new Map());
const files = project
  .program()
  .getSourceFiles()
  .map(({ fileName }) => fileName)
  .filter((file) => !project.isVirtual(file) && !isLocal(file));
const plan = {
  typescript: createRequire(import.meta.url).resolve("typescript6"),
  serve: here("serve.js"),
  options: compilerOptions(ts),
  files,
};
const temporary = `${target}.${process.pid}`;
const entry = `${temporary}.cjs`;
// Such a run is no module to Node, and has no `exports` that the compiled file could mark.
writeFileSync(entry, `const exports = {};\n${readFileSync(here("snapshot.cjs"), "utf8")}`);
const child = spawn(
  process.execPath,
  [...CHECKER_FLAGS, "--snapshot-blob", temporary, "--build-snapshot", entry],
  { env: { ...process.env, CONVFUSE_SNAPSHOT_PLAN: JSON.stringify(plan) }, stdio: "ignore" },
);
// A session that ends takes this with it.
process.on("SIGTERM", () => child.kill("SIGKILL"));
setInterval(() => {
  // Also one that was killed.
  if (process.ppid !== parent) child.kill("SIGKILL");
}, 500).unref();
child.on("exit", (code) => {
  rmSync(entry);
  if (code === 0 && existsSync(temporary)) renameSync(temporary, target);
  else rmSync(temporary, { force: true });
  process.exitCode = code ?? 1;
});
