// Fuses hand-made and random ONNX files and holds each against the file before with what knows nothing of convfuse: message by message as
// Python's protobuf reads both, onnx.checker, onnxruntime, onnx.reference; and what is said of values against ONNX's own test cases.
// `npm run onnx:python` (`-- --random 500 --seed 7`).
// Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fuseOnnx, readOnnx, writeOnnx } from "@convfuse/onnx";
import { createServer } from "vite";
import { pythonOf } from "../../scripts/venv.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: {
    random: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    filter: { type: "string", default: "" },
  },
});

const python = pythonOf("networks");
if (python === null) {
  throw new Error("no package onnx: run `node scripts/venv.mjs networks`, or set CONVFUSE_NETWORKS_PYTHON");
}

const folder = mkdtempSync(join(tmpdir(), "convfuse-onnx-python-"));
const facts = join(folder, "facts");
try {
  mkdirSync(facts);
  run("facts.py", "write", facts);
  await withSources(async (load) => {
    await drawRandom(load, Number(values.random), Number(values.seed));
    await sayFacts(load);
  });
  const listed = JSON.parse(run("make.py", folder));
  const broken = new Map(listed.map((one) => [one.name, fuse(one)]));
  const counts = { passed: 0, failed: 0 };
  const lines = `${run("check.py", folder)}${run("facts.py", "check", facts)}`;
  for (const line of lines.trim().split("\n")) {
    const { name, faults, who, apart } = JSON.parse(line);
    if (!name.includes(values.filter)) continue;
    const all = [...(broken.get(name) ?? []), ...faults];
    const outputs = who === undefined ? "" : `, outputs ${apart.toExponential(1)} apart in ${who}`;
    console.log(
      `${name}: ${all.length === 0 ? "passed" : "FAILED"}${outputs}${all.map((fault) => `\n  ${fault}`).join("")}`,
    );
    counts[all.length === 0 ? "passed" : "failed"]++;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs what loads modules of the package as they are written, in TypeScript. */
async function withSources(use) {
  const server = await createServer({
    root,
    configFile: false,
    // Nothing changes while it runs, and to watch the workspace's folders takes longer than all else.
    server: { middlewareMode: true, watch: null },
    optimizeDeps: { noDiscovery: true },
    logLevel: "error",
  });
  try {
    await use((path) => server.ssrLoadModule(`/packages/onnx/${path}`));
  } finally {
    await server.close();
  }
}

/** The random networks of the package's own tests. */
async function drawRandom(load, count, seed) {
  const { randomGraph } = await load("test/random-graph.ts");
  for (let i = 0; i < count; i++) {
    writeFileSync(join(folder, `random-${i}.onnx`), randomGraph(300_000 * seed + i).bytes);
  }
}

/** Writes down what the package says of the outputs of ONNX's own cases: no public function does. */
async function sayFacts(load) {
  const { readOnnx: open } = await load("src/read-onnx.ts");
  const { partsOf } = await load("src/onnx-model.ts");
  const { convertGraph } = await load("src/convert/of-graph.ts");
  const { contextOf } = await load("src/convert/context.ts");
  const said = {};
  for (const file of readdirSync(facts)) {
    const { source } = partsOf("facts", open(readFileSync(join(facts, file))));
    const { scope } = convertGraph(source.graph.value, contextOf(source));
    said[file] = Object.fromEntries(
      source.graph.value.outputs.map(({ value: { name } }) => {
        const { type, shape, sizes, constant } = scope.lookup(name);
        return [name, { type, shape, sizes, numbers: constant && [...constant.read()] }];
      }),
    );
  }
  writeFileSync(join(facts, "facts.json"), JSON.stringify(said));
}

function read(file) {
  const external = (location, offset, length) =>
    readFileSync(join(folder, location)).subarray(offset, offset + length);
  return readOnnx(readFileSync(join(folder, file)), { external });
}

/** What is wrong, if anything. */
function fuse({ name, file, options, putBack }) {
  const { model, report } = fuseOnnx(read(file), options);
  const to = file.replace(/\.onnx$/, ".fused.onnx");
  const written = writeOnnx(model, model.externalFiles.length === 0 ? {} : { externalData: `${to}.data` });
  writeFileSync(join(folder, to), Buffer.concat([...written]));
  if (written.external !== undefined)
    writeFileSync(join(folder, `${to}.data`), Buffer.concat([...written.external]));
  const again = fuseOnnx(read(to), options);
  if (report.putBack.length === putBack && putBack > 0) return [];
  return [
    ...report.putBack.map(({ path, reason }) => `put back: ${path}: ${reason}`),
    ...(name.startsWith("random") ? [] : again.report.regions).map(({ output }) => `fused twice: ${output}`),
  ];
}

function run(script, ...args) {
  const { status, signal, stdout, stderr, error } = spawnSync(python, [join(here, script), ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${script} ended with ${error ?? signal ?? status}\n${stdout}${stderr}`);
  return stdout;
}
