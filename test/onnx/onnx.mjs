// Runs the cases that ship inside the PyPI package `onnx` on every engine: `npm run onnx`.
// Lists each as passed, failed, or not applicable with the reason, and ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeDifference } from "@convfuse/core";
import ndarray from "ndarray";
import { pythonOf } from "../../scripts/venv.mjs";
import { engines } from "../support/engines.mjs";
import { NotApplicable, operators } from "./operators.mjs";

const python = pythonOf("torch");
if (python === null) {
  throw new Error("no package onnx: run `node scripts/venv.mjs torch`, or set CONVFUSE_TORCH_PYTHON");
}
const script = fileURLToPath(new URL("export_cases.py", import.meta.url));
const exported = spawnSync(python, [script, ...Object.keys(operators), "Constant"], { maxBuffer: 2 ** 28 });
if (exported.status !== 0) throw new Error(`${script} failed: ${exported.error ?? exported.stderr}`);
const { version, cases } = JSON.parse(exported.stdout.toString());

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const one of cases) {
  const faults = [];
  let skipped;
  for (const { label, use } of engines) {
    await use();
    try {
      const fault = run(one);
      if (fault) faults.push(`${label}: ${fault}`);
    } catch (error) {
      if (error instanceof NotApplicable) skipped = error.message;
      else faults.push(`${label}: ${error.stack}`);
    }
  }
  const outcome = faults.length > 0 ? "failed" : skipped ? "skipped" : "passed";
  counts[outcome]++;
  const word = { skipped: `not applicable: ${skipped}`, passed: "passed", failed: "FAILED" }[outcome];
  console.log(`${one.suite}/${one.name}: ${word}`);
  for (const fault of faults) console.log(`  ${fault}`);
}
console.log(`\nonnx ${version}, engines ${engines.map(({ label }) => label).join("; ")}`);
console.log(`${counts.skipped} not applicable`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** Executes the graph; says what differs in its first output (the others are the running statistics of a training step). */
function run({ nodes, values, expected, rtol, atol }) {
  const known = new Map(Object.entries(values).map(([name, value]) => [name, decode(value, name)]));
  for (const { op, inputs, outputs, attributes } of nodes) {
    if (op === "Constant") {
      known.set(outputs[0], decode(attributes.value, outputs[0]));
      continue;
    }
    const tensors = inputs.map((name) => (name === "" ? undefined : known.get(name)));
    const isWhole = op === "Pad" || op === "Concat";
    for (const [i, t] of tensors.entries()) {
      // Moving whole numbers is exact in float32; computing with them is another arithmetic.
      const isData = op !== "Pad" || i === 0;
      if (t && isData && t.dtypeName !== "float32" && !(isWhole && t.dtypeName.startsWith("int"))) {
        throw new NotApplicable(`${t.dtypeName} values`);
      }
    }
    const result = operators[op](tensors, attributes);
    result.dtypeName = "float32";
    known.set(outputs[0], result);
  }
  const [name, wanted] = Object.entries(expected)[0];
  return describeDifference(known.get(name), decode(wanted, name), { rtol, atol });
}

function decode({ shape, dtype, data }) {
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  const numbers = dtype === "float32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
  const x = ndarray(Float32Array.from(numbers), shape);
  x.dtypeName = dtype;
  return x;
}
