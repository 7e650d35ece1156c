// Compares this library with PyTorch on configurations drawn at random: `npm run parity -- --cases 5000 --seed 1`.
// Ends with `N passed, N failed`, where a case counts once, for all engines. One case alone: `--seed 1 --case 17`.
import { parseArgs } from "node:util";
import { pythonOf } from "../../scripts/venv.mjs";
import { engines } from "../support/engines.mjs";
import { drawCase } from "./cases.mjs";
import { compare } from "./compare.mjs";
import { compute } from "./compute.mjs";
import { deliberate } from "./differences.mjs";
import { Peer } from "./peer.mjs";

const batchSize = 200;
const shownFaults = 20;

const { values: options } = parseArgs({
  options: {
    cases: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
    case: { type: "string" },
  },
});
const seed =
  options.seed === "fresh" ? Math.floor(Math.random() * 2 ** 31) : wholeNumber("seed", options.seed);
const first = options.case === undefined ? 0 : wholeNumber("case", options.case);
const count = options.case === undefined ? wholeNumber("cases", options.cases) : 1;

const python = pythonOf("torch");
if (python === null) {
  throw new Error("no PyTorch: run `node scripts/venv.mjs torch`, or set CONVFUSE_TORCH_PYTHON");
}

const totals = { passed: 0, failed: 0, computed: 0, refused: 0, undecided: 0 };
const reasons = new Map();
const worst = new Map(
  engines.map(({ label }) => [label, { absolute: [0, -1], ulp: [0, -1], share: [0, -1] }]),
);

const peer = new Peer(python);
const version = await runAll();
peer.close();
report(version);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runAll() {
  let peerVersion = "";
  for (let start = first; start < first + count; start += batchSize) {
    const length = Math.min(batchSize, first + count - start);
    const cases = Array.from({ length }, (_, i) => drawCase(seed, start + i));
    const answer = peer.run(
      cases.map(({ spec }) => spec),
      cases.flatMap(({ arrays }) => arrays),
    );
    const ours = await computeAll(cases);
    const { version, results, values } = await answer;
    peerVersion = version;
    let at = 0;
    const take = (shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      at += length;
      return values.subarray(at - length, at);
    };
    for (const [i, result] of results.entries()) {
      const { spec, index } = cases[i];
      const theirs = result.shape && {
        shape: result.shape,
        y: take(result.shape),
        ...(spec.rounded && { exact: take(result.shape), magnitude: take(result.shape) }),
        ...(result.tiled && { tileMagnitude: take(result.shape) }),
      };
      judge(
        cases[i],
        new Map([...ours].map(([label, all]) => [label, all[i]])),
        theirs,
        result.refused,
        index,
      );
    }
  }
  return peerVersion;
}

/** Every engine's results of every case; the engine is switched once a batch. */
async function computeAll(cases) {
  const results = new Map();
  for (const { label, use } of engines) {
    await use();
    results.set(label, cases.map(compute));
  }
  return results;
}

/** Counts one case, and prints it if an engine disagrees with PyTorch. */
function judge(theCase, ours, theirs, refused, index) {
  const { spec } = theCase;
  const faults = [];
  const agreed = new Set();
  for (const engine of engines) {
    const { label } = engine;
    const own = ours.get(label);
    if (own.broken) faults.push(`${label}: not an error of ours: ${own.broken.stack}`);
    else if (own.y && theirs) {
      const { fault, undecided, worst: found } = compare(spec, engine, own.y, theirs);
      if (fault) faults.push(`${label}: ${fault}`);
      totals.undecided += undecided;
      for (const [kind, value] of Object.entries(found)) {
        if (value > worst.get(label)[kind][0]) worst.get(label)[kind] = [value, index];
      }
    } else if (own.y || theirs) {
      const reason = deliberate(spec, own.refused, refused);
      if (reason) agreed.add(reason);
      else if (own.y) faults.push(`${label} computes what PyTorch refuses: ${refused}`);
      else faults.push(`${label} refuses what PyTorch computes: ${own.refused}`);
    }
  }
  for (const reason of agreed) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  if (theirs) totals.computed++;
  else totals.refused++;
  if (faults.length === 0) {
    totals.passed++;
    if (options.case !== undefined)
      console.log(`${describe(spec)}\nagrees${refused ? `: refused, ${refused}` : ""}`);
    return;
  }
  totals.failed++;
  if (totals.failed > shownFaults) return;
  console.log(`\nMISMATCH npm run parity -- --seed ${seed} --case ${index}\n${describe(spec)}`);
  for (const fault of faults) console.log(`  ${fault}`);
}

function describe({ op, shapes, family, rounded, ...rest }) {
  const shown = JSON.stringify(rest, (_key, value) => (Number.isNaN(value) ? "NaN" : value));
  return `${op} of ${shapes.map((shape) => `[${shape}]`).join(", ")}, ${family} values, ${shown}`;
}

function report(version) {
  console.log(
    `\nPyTorch ${version}, seed ${seed}: ${totals.computed} cases computed by PyTorch, ${totals.refused} refused`,
  );
  for (const [label, { absolute, ulp, share }] of worst) {
    console.log(
      `${label}: worst difference ${absolute[0].toPrecision(3)} among values of order 1 (case ${absolute[1]}); ` +
        `worst in ulp ${ulp[0].toPrecision(3)} where summands do not cancel (case ${ulp[1]}); ` +
        `nearest to its bound: ${(100 * share[0]).toFixed(0)} % of it (case ${share[1]})`,
    );
  }
  console.log(
    `${totals.undecided} values not compared: their sums overflow float32, so the order of summation decides`,
  );
  for (const [reason, times] of reasons) console.log(`deliberate, ${times} times: ${reason}`);
  if (totals.failed > shownFaults)
    console.log(`${totals.failed - shownFaults} more mismatches were not shown`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
}

function wholeNumber(name, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number; got ${text}`);
  return Number(text);
}
