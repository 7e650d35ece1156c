// Compiles the AssemblyScript in this folder twice, with and without relaxed SIMD, and writes both modules as base64
// into src/engines/wasm/machine/module.generated.ts, and what both sides know of records into records.generated.ts beside it; git ignores
// both. Does nothing if they were made from the same sources.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { casesMissing, recordSource, recordTypes } from "./record-table.mjs";
import { rowTileSource } from "./row-tiles.mjs";
import { tileSource } from "./tiles.mjs";
import { transformSource } from "./transforms.mjs";

const here = new URL("./", import.meta.url);
const machine = new URL("../src/engines/wasm/machine/", here);
const target = new URL("module.generated.ts", machine);
const types = new URL("records.generated.ts", machine);
/** Passes that shrink the code and leave the order of the instructions alone. */
const passes =
  "inlining,precompute,remove-unused-brs,remove-unused-names,merge-blocks,vacuum,coalesce-locals,vacuum,duplicate-function-elimination,reorder-functions";
const common = `index.ts --runtime stub --noAssert --importMemory --initialMemory 1 --maximumMemory 65536 --runPasses ${passes}`;
const builds = { baseline: "simd,threads", relaxed: "simd,threads,relaxed-simd" };

/** Builds if anything changed since the last time. */
export async function buildEngine() {
  const files = readdirSync(here).filter((name) => /\.(ts|mjs)$/.test(name));
  const hash = createHash("sha256");
  for (const name of files.sort()) hash.update(name).update(readFileSync(new URL(name, here)));
  const stamp = `// sources ${hash.digest("hex")}`;
  const records = `${stamp}\n${recordTypes()}`;
  // What somebody changed by hand is made anew: the two sides of a record never differ.
  if (textOf(target).startsWith(stamp) && textOf(types) === records) return;
  const missing = casesMissing(readFileSync(new URL("index.ts", here), "utf8"));
  if (missing.length > 0) throw new Error(`assembly/index.ts: runUnit has no case for ${missing.join(", ")}`);
  const lines = [stamp, "// Made by assembly/build.mjs."];
  for (const [name, features] of Object.entries(builds)) {
    const module = await compile(features);
    lines.push(`export const ${name}: string = "${module.toString("base64")}";`);
    console.log(`@convfuse/core: built the ${name} engine, ${module.length} bytes`);
  }
  write(types, records);
  write(target, `${lines.join("\n")}\n`);
}

function textOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function write(file, text) {
  const temporary = new URL(`${file.href}.${process.pid}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

async function compile(features) {
  const { default: asc } = await import("assemblyscript/asc");
  const output = new Map();
  const args = [...common.split(" "), "--outFile", "module.wasm"];
  for (const feature of features.split(",")) args.push("--enable", feature);
  const { error, stderr } = await asc.main(args, {
    readFile: (name) => readSource(name, features.includes("relaxed")),
    writeFile: (name, contents) => void output.set(name, contents),
    listFiles: () => [],
  });
  // Its warnings are about 64-bit addresses, which this module does not have.
  if (error) throw new Error(`${stderr}`.slice(`${stderr}`.indexOf("ERROR")), { cause: error });
  return Buffer.from(output.get("module.wasm"));
}

function readSource(name, relaxed) {
  if (name === "records.ts") return recordSource();
  if (name === "tiles.ts") return tileSource(relaxed);
  if (name === "row-tiles.ts") return rowTileSource(relaxed);
  if (name === "transforms.ts") return transformSource(relaxed);
  const file = new URL(name, here);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildEngine();
