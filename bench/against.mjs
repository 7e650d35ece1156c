// node bench/against.mjs FOLDER [PATTERN] [PAIRS]
// Times this build of core against that of another checkout (FOLDER has packages/core/dist), interleaved in one process, on one thread.
// A ratio above 1: this one is faster; beside it how far two samples of this one are apart. Layers that the other does not have are left out.
import { pathToFileURL } from "node:url";
import * as ours from "../packages/core/dist/index.js";
import { duel, timed } from "./timing.mjs";
import { make, prepare, workloads } from "./workloads.mjs";

const [folder, pattern = "", pairs = "30"] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder has the other build?");
const other = await import(new URL("packages/core/dist/index.js", `${pathToFileURL(folder)}/`).href);
const filter = new RegExp(pattern, "i");
const timing = { pairs: Number(pairs), warmup: 400, sample: 2 };
const show = ({ median, low, high }) => `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

for (const core of [ours, other]) await core.setEngine("wasm");
const theirs = new Map(workloads(filter, false, other).map((workload) => [workload.name, workload]));
for (const workload of workloads(filter, false)) {
  const sides = [
    [workload, ours],
    [theirs.get(workload.name), other],
  ];
  const missing = sides.some(([one, core]) => one.layer !== undefined && core[one.layer] === undefined);
  if (missing) continue;
  const [run, otherRun] = sides.map(([one, core]) => prepare(one, make(one, core), core).run);
  const [got, expected] = [run().data, otherRun().data];
  const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  if (!(worst < 1e-3)) throw new Error(`${workload.name}: the two differ by ${worst}`);
  const { ours: milliseconds, ratio, control } = await duel(timed(run), timed(otherRun), timing);
  const time = `${(milliseconds * 1000).toFixed(1)} us`;
  console.log(`${workload.name}: ${time}, ${show(ratio)} times the other's speed; control ${show(control)}`);
}
