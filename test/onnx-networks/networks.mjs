// Fuses published architectures with the command, and holds each file to its framework's own re-parameterisation, to onnx.checker,
// to onnxruntime's outputs and to what its optimiser leaves of both; fused once more it has to stay as it is: `npm run networks` (`-- --filter repvgg`: some). Ends with `N passed, N failed`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fuseOnnx, readOnnx, writeOnnx } from "../../packages/onnx/dist/index.js";
import { convolutions, norms, shipped, untouched } from "./expected.mjs";
import { madeNetworks, networksPython } from "./made.mjs";

const command = fileURLToPath(new URL("../../packages/cli/bin/convfuse.js", import.meta.url));
const { values } = parseArgs({ options: { filter: { type: "string", default: "" } } });
const pattern = new RegExp(values.filter);

const python = networksPython();

/** `check.py`, one process for all files: importing onnxruntime takes longer than most checks. */
class Checker {
  #child = spawn(python, [fileURLToPath(new URL("check.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  #counts = new Map();
  #optimised = new Map();

  async ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`check.py ended at ${JSON.stringify(question)}`);
    return JSON.parse(value);
  }

  async counts(path) {
    const known = this.#counts.get(path) ?? (await this.ask({ count: path }));
    this.#counts.set(path, known);
    return known;
  }

  async optimised(path) {
    const known = this.#optimised.get(path) ?? (await this.ask({ optimised: path }));
    this.#optimised.set(path, known);
    return known;
  }

  async end() {
    this.#child.stdin.end();
    await once(this.#child, "close");
  }
}

const folder = await madeNetworks((line) => console.log(line));
const out = mkdtempSync(join(tmpdir(), "convfuse-networks-"));
const files = [...made(folder), ...(await packaged())].filter(({ label }) => pattern.test(label));
const checker = new Checker();
let passed = 0;
let failed = 0;
for (const file of files) {
  const faults = [];
  const after = join(out, `${file.label}.onnx`);
  const { status, output, milliseconds } = await fuse(file.path, after);
  let line = `${file.label}: `;
  if (status !== 0) faults.push(`convfuse fuse: exit code ${status}\n${output}`);
  else {
    const found = await checker.ask({
      before: file.path,
      after,
      shapes: file.shapes,
      inside: file.network === undefined,
    });
    faults.push(...found.faults, ...(await judge(file, found)), ...(await rest(file, after, found.same)));
    const [a, b] = [found.before, found.after];
    const parts = (found.apart ?? []).map(({ ours, own }) => ours / Math.max(2e-5, 8 * own));
    const apart = `${parts.length} values at most ${(100 * Math.max(0, ...parts)).toFixed(0)} %`;
    line += `${a.convolutions}+${a.norms} -> ${b.convolutions}+${b.norms}, ${apart} of what is allowed, ${milliseconds} ms`;
  }
  console.log(faults.length === 0 ? line : `${line} FAILED\n  ${faults.join("\n  ")}`);
  if (faults.length === 0) passed++;
  else failed++;
  rmSync(after, { force: true });
}
await checker.end();
rmSync(out, { recursive: true, force: true });
if (files.length === 0) failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Every form of every network that its exporter could write. */
function made(folder) {
  const settings = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return settings.flatMap((name) => {
    const network = name.slice(0, -".json".length);
    const { shapes, input, fixed } = JSON.parse(readFileSync(`${folder}${name}`, "utf8"));
    return ["raw", "user", "plain", "new", "deploy"].flatMap((form) => {
      const path = `${folder}${network}.${form}.onnx`;
      if (!existsSync(path)) return [];
      const deploy = `${folder}${network}.deploy.onnx`;
      return {
        label: `${network}.${form}`,
        network,
        path,
        shapes: fixed.includes(form) ? [input] : shapes,
        deploy: existsSync(deploy) ? deploy : undefined,
      };
    });
  });
}

/** The files that ship inside packages. */
async function packaged() {
  const { stdout } = await run(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
  return Object.entries(shipped).flatMap(([name, files]) =>
    Object.entries(files).map(([path, shapes]) => ({
      label: `${name}-${path.split("/").at(-1)}`,
      path: join(stdout.trim(), name, path),
      shapes,
    })),
  );
}

/** What is left, against the framework's own export and the published figures. */
async function judge(file, { after, before, same }) {
  const faults = [];
  const own = file.deploy === undefined ? undefined : await checker.counts(file.deploy);
  for (const [what, published] of Object.entries({ convolutions, norms })) {
    const most = Math.min(
      published[file.network] ?? Number.POSITIVE_INFINITY,
      own?.[what] ?? Number.POSITIVE_INFINITY,
    );
    if (file.network !== undefined && after[what] > most)
      faults.push(`${after[what]} ${what} are left, where ${most} are enough`);
    if (after[what] > before[what]) faults.push(`${what} have grown`);
  }
  if (untouched.includes(file.label) && !same)
    faults.push("nothing was to be done, and the bytes have changed");
  return faults;
}

/** What fusing once more would change, and what is left to compute where that can be held against the framework's own export. */
async function rest({ path, label, deploy }, after, same) {
  const faults = [];
  const bytes = readFileSync(after);
  const again = fuseOnnx(readOnnx(bytes), { verify: false });
  if (again.report.regions.length > 0 || !Buffer.concat([...writeOnnx(again.model)]).equals(bytes))
    faults.push(`fused once more it changes: ${again.report.regions.length} regions`);
  // The other exporter writes other nodes around the convolutions.
  if (same || deploy === undefined || !/\.(raw|user)$/.test(label)) return faults;
  const left = (await checker.optimised(after)).nodes;
  for (const [what, other] of Object.entries({ "the file": path, "the deployed form": deploy })) {
    const { nodes } = await checker.optimised(other);
    if (left > nodes) faults.push(`onnxruntime makes ${left} nodes of it, of ${what} ${nodes}`);
  }
  return faults;
}

async function fuse(path, after) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = await run(process.execPath, [command, "fuse", path, "-o", after]);
  return {
    status,
    output: stdout + stderr,
    milliseconds: Number((process.hrtime.bigint() - start) / 1_000_000n),
  };
}

async function run(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [[], []];
  child.stdout.on("data", (chunk) => stdout.push(chunk));
  child.stderr.on("data", (chunk) => stderr.push(chunk));
  const [status] = await once(child, "close");
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}
