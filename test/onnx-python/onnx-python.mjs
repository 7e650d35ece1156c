// Fuses hand-made and random ONNX files and holds each against the file before with what knows nothing of convfuse: message by message as
// Python's protobuf reads both, onnx.checker, onnxruntime, onnx.reference. `npm run onnx:python` (`-- --random 500 --seed 7`).
// Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
try {
  await drawRandom(Number(values.random), Number(values.seed));
  const listed = JSON.parse(run("make.py", folder));
  const broken = new Map(listed.map((one) => [one.name, fuse(one)]));
  const counts = { passed: 0, failed: 0 };
  for (const line of run("check.py", folder).trim().split("\n")) {
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

/** The random networks of the package's own tests, which are written in TypeScript. */
async function drawRandom(count, seed) {
  const server = await createServer({
    root,
    configFile: false,
    // Nothing changes while it runs, and to watch the workspace's folders takes longer than all else.
    server: { middlewareMode: true, watch: null },
    optimizeDeps: { noDiscovery: true },
    logLevel: "error",
  });
  const { randomGraph } = await server.ssrLoadModule("/packages/onnx/test/random-graph.ts");
  for (let i = 0; i < count; i++) {
    writeFileSync(join(folder, `random-${i}.onnx`), randomGraph(300_000 * seed + i).bytes);
  }
  await server.close();
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
