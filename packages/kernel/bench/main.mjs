// `pnpm bench:kernel`: this kernel against stock tslab in one run, in turns, both in a project as people have them: types for
// Node of its own, installed packages, a tsconfig.
// Then the first imports of large packages: right after the start, after a while in which nobody asked anything (package.json names
// them), and after an earlier session has imported them.
// `-- --rounds N` (default 7) sets how many kernels of each kind are measured; `-- --repeats N` (default 10) how many cells of each
// kind in each; `-- --cells N` (default 1000) the long session; `-- --imports a,b` (default lodash,d3,zod) the packages.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodeTypes } from "../dist/session/node/node-types.js";
import { prepareSnapshotFor, snapshotFile } from "../dist/session/node/snapshot.js";
import { KernelProcess } from "./kernel-process.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    repeats: { type: "string", default: "10" },
    cells: { type: "string", default: "1000" },
    imports: { type: "string", default: "lodash,d3,zod" },
  },
});
const rounds = Number(values.rounds);
const repeats = Number(values.repeats);
const cells = Number(values.cells);
const notebooks = fileURLToPath(new URL("../../../notebooks/", import.meta.url));
const tslab = dirname(createRequire(join(notebooks, "package.json")).resolve("tslab/package.json"));
const kernels = {
  convfuse: [
    execPath,
    fileURLToPath(new URL("../bin/convfuse-kernel.js", import.meta.url)),
    "start",
    "{connection_file}",
  ],
  tslab: [execPath, join(tslab, "bin/tslab"), "kernel", "--config-path={connection_file}"],
};
/** How long a kernel may take for its first result, in ms. */
const patience = 30_000;

const scratch = mkdtempSync(join(tmpdir(), "convfuse-bench-"));
const cwd = join(scratch, "project");
// Whatever sessions here have imported before is out of it.
process.env.XDG_CACHE_HOME = join(scratch, "cache");
try {
  makeProject();
  // What the first session in it does in the background.
  await prepareSnapshotFor(nodeTypes(cwd));
  console.log(`Node.js ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${rounds} rounds\n`);
  await compare();
  await importFirst(values.imports.split(","));
  await grow();
} finally {
  rmSync(scratch, { recursive: true });
}

/** A project with the lecture's packages, and a copy of their types for Node that says it is another version. */
function makeProject() {
  const modules = join(cwd, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  const dependencies = Object.fromEntries(values.imports.split(",").map((name) => [name, "*"]));
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "project", private: true, dependencies }));
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions: { strict: true } }));
  const installed = join(notebooks, "node_modules");
  link(installed, modules);
  for (const name of readdirSync(join(installed, "@types")))
    cpSync(realpathSync(join(installed, "@types", name)), join(modules, "@types", name), { recursive: true });
  const large = fileURLToPath(new URL("node_modules/", import.meta.url));
  link(large, modules);
  link(join(large, "@types"), join(modules, "@types"));
  const types = realpathSync(join(installed, "@types/node"));
  const undici = createRequire(join(types, "package.json")).resolve("undici-types/package.json");
  cpSync(dirname(undici), join(modules, "undici-types"), { recursive: true });
  const about = join(modules, "@types/node/package.json");
  const { version, ...rest } = JSON.parse(readFileSync(about, "utf8"));
  writeFileSync(about, JSON.stringify({ ...rest, version: `${version}-project` }));
}

/** Links all that is installed in one folder into another. */
function link(from, to) {
  for (const name of readdirSync(from))
    if (name !== "@types" && !name.startsWith("."))
      symlinkSync(realpathSync(join(from, name)), join(to, name));
}

async function compare() {
  const times = { convfuse: {}, tslab: {} };
  for (let round = 0; round < rounds; round += 1) {
    // Whoever goes first in one round goes second in the next.
    const order = Object.keys(kernels);
    if (round % 2 === 1) order.reverse();
    for (const name of order) await measure(name, round, times[name]);
  }
  print("ms, medians", ["convfuse", "tslab", "ratio"]);
  for (const what of Object.keys(times.convfuse)) {
    const [ours, theirs] = [median(times.convfuse[what]), median(times.tslab[what])];
    print(what, [ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(2)]);
  }
}

async function measure(name, round, times) {
  const kernel = await started(name);
  const add = (what, time) => {
    times[what] ??= [];
    times[what].push(time);
  };
  try {
    add("start to first result", kernel.firstResult);
    add("first cell importing ndarray", await kernel.execute(`import ndarray from "ndarray";`));
    await kernel.execute("const grid = ndarray(new Float32Array(6), [2, 3]);");
    for (let n = 0; n < repeats; n += 1) {
      const number = round * repeats + n;
      add("1 + 1, the same cell again", await kernel.execute("1 + 1"));
      add("1 + 1, a cell not seen before", await kernel.execute(`1 + ${number + 2}`));
      add(
        "a cell using ndarray",
        await kernel.execute(`ndarray(new Float32Array(4), [2, 2]).set(0, 1, ${number})`),
      );
      const generic = `function pair${number}<A, B>(a: A, b: B): [A, B] { return [a, b]; } pair${number}(1, "b")`;
      add("a new generic function", await kernel.execute(generic));
      add("completion", await kernel.complete("grid.tra", "transpose"));
    }
  } finally {
    await kernel.stop();
  }
}

/** A kernel that has answered. Stock tslab now and then loses a first cell that arrives while it binds its sockets. */
async function started(name) {
  for (;;) {
    const kernel = await KernelProcess.start(kernels[name], cwd, scratch);
    if (await kernel.answers("1 + 1", patience)) return kernel;
    console.log(`${name} lost its first cell; once more`);
    await kernel.stop();
  }
}

/**
 * The first cell that imports a package, in turns: in a session that starts from a snapshot of the types alone, at once and after a
 * while, and in one that starts from what a session left that imported this package.
 */
async function importFirst(packages) {
  const types = nodeTypes(cwd);
  const plain = snapshotFile(types);
  const [command, ...start] = kernels.convfuse;
  // One that is named stays as it was made.
  const fresh = [command, ...start, "--snapshot", plain];
  const argv = { new: fresh, idle: fresh, remembered: kernels.convfuse };
  const kinds = Object.keys(argv);
  console.log("\nfirst cell that imports a package, in a session of convfuse");
  print("ms, medians", [...kinds, "idle/new", "remembered/new"]);
  for (const name of packages) {
    const code = `import * as all from ${JSON.stringify(name)}; typeof all`;
    process.env.XDG_CACHE_HOME = join(scratch, `cache-${name}`);
    const own = snapshotFile(types);
    mkdirSync(dirname(own), { recursive: true });
    copyFileSync(plain, join(dirname(own), basename(plain)));
    const before = await startedFrom(kernels.convfuse);
    // The second cell is checked after what is noted of the first.
    for (const cell of [code, "1 + 1"]) await before.execute(cell);
    await before.stop();
    await prepareSnapshotFor(types);
    const seen = { new: [], idle: [], remembered: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const kind of round % 2 ? kinds.toReversed() : kinds) {
        const kernel = await startedFrom(argv[kind]);
        if (kind === "idle") await kernel.idle();
        const memory = kernel.memory();
        seen[kind].push({ start: kernel.firstResult, memory, first: await kernel.execute(code) });
        await kernel.stop();
      }
    const row = (what, key) => {
      if (seen.new[0][key] === null) return;
      const medians = kinds.map((kind) => median(seen[kind].map((one) => one[key])));
      const [atOnce, ...others] = medians;
      print(what, [
        ...medians.map((time) => time.toFixed(1)),
        ...others.map((time) => (time / atOnce).toFixed(2)),
      ]);
    };
    row(name, "first");
    row("  start to first result before it", "start");
    row("  memory before it, MiB", "memory");
  }
}

async function startedFrom(argv) {
  const kernel = await KernelProcess.start(argv, cwd, scratch);
  if (!(await kernel.answers("1 + 1", patience))) throw new Error("no reply in time");
  return kernel;
}

async function grow() {
  const kernel = await KernelProcess.start(kernels.convfuse, cwd, scratch);
  try {
    for (let n = 0; n < 20; n += 1) await kernel.execute(`const warm${n} = ${n}; warm${n} + 1`);
    const before = kernel.memory();
    const times = [];
    for (let n = 0; n < cells; n += 1)
      times.push(await kernel.execute(`const value${n} = ${n}; value${n} + 1`));
    const after = kernel.memory();
    const [first, last] = [median(times.slice(0, 100)), median(times.slice(-100))];
    console.log(`\n${cells} cells in one session of convfuse, each with a name of its own`);
    print("first 100, ms", [first.toFixed(1)]);
    print("last 100, ms", [last.toFixed(1), `x${(last / first).toFixed(2)}`]);
    if (before !== null && after !== null) print("memory, MiB", [`+${(after - before).toFixed(0)}`]);
  } finally {
    await kernel.stop();
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print(what, columns) {
  console.log(what.padEnd(34) + columns.map((column) => ` ${column.padStart(11)}`).join(""));
}
