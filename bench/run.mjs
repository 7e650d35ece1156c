// Measures in one mode (threads, flags) and prints one JSON line a result; bench/main.mjs starts it for every mode.
import { enableFastWasm, setEngine } from "@convfuse/core";
import { elementwise } from "./elementwise.mjs";
import { onnxruntimeNode, onnxruntimeWeb } from "./peers/onnxruntime.mjs";
import { tfjsCpu, tfjsWasm } from "./peers/tfjs.mjs";
import { pyTorch } from "./peers/torch.mjs";
import { duel, timed } from "./timing.mjs";
import { make, prepare, workloads } from "./workloads.mjs";

const { threads, flags, filter, quick, timing } = JSON.parse(process.argv[2]);
/** Milliseconds before each sample, at least, where there are several threads. */
const pause = threads > 1 ? 30 : 0;

/** Operations from which on a second thread must pay. */
const worthThreads = 100e6;

if (flags) enableFastWasm();
await setEngine("wasm", { threads });
const peers = (
  await Promise.all([
    onnxruntimeNode(threads),
    onnxruntimeWeb(threads),
    threads === 1 ? tfjsWasm() : undefined,
    pyTorch(threads),
  ])
).filter((peer) => peer !== undefined);

for (const workload of workloads(new RegExp(filter, "i"), quick)) {
  const { module, x } = make(workload);
  const expected = await referenceOutput(module, x);
  const sides = [...peers];
  if (threads > 1 && !workload.call && workload.operations > worthThreads) {
    await setEngine("wasm");
    const single = prepare(workload, { module, x });
    sides.push({ name: "ours, one thread", prepare: () => ownPeer(single.run) });
  }
  // A change of the engine ends the threads of the one before: what is timed is made last.
  await setEngine("wasm", { threads });
  const { run, kernel } = prepare(workload, { module, x });
  const common = {
    workload: workload.name,
    kind: workload.kind,
    operations: workload.operations,
    threads,
    flags,
  };
  const error = relativeError(run().data, expected);
  if (!(error < 1e-4)) throw new Error(`${workload.name}: ours differs from the reference by ${error}`);
  for (const peer of sides) {
    const one = await peer.prepare({ module, x });
    if (one === undefined) continue;
    const theirError = relativeError(await one.output(), expected);
    if (!(theirError < 1e-4))
      throw new Error(`${workload.name}: ${peer.name} differs from the reference by ${theirError}`);
    const result = await duel(timed(run), one.time ?? timed(one.run), { ...timing, pause });
    console.log(JSON.stringify({ ...common, peer: peer.name, kernel, error, ...result }));
    await one.close();
  }
}
for (const peer of peers) peer.close();
// Neither threads nor V8's flags for WebAssembly have a part in these.
if (threads === 1 && (quick || !flags)) await timeElementwise();
process.exit(0);

async function timeElementwise() {
  for (const one of elementwise(new RegExp(filter, "i"), quick, await tfjsCpu())) {
    const { workload, operations, ours, peers: others, values } = one;
    const common = { workload, kind: "elementwise", operations, threads, flags, kernel: "-", error: 0 };
    for (const { name, run } of others) {
      const [mine, theirs] = [values(ours()), values(run())];
      const differs = mine.length !== theirs.length || mine.some((value, i) => value !== theirs[i]);
      if (differs) throw new Error(`${workload}: ours differs from ${name}`);
      const result = await duel(timed(ours), timed(run), timing);
      console.log(JSON.stringify({ ...common, peer: name, ...result }));
    }
  }
}

/** The same by plain loops in float64. */
async function referenceOutput(module, x) {
  await setEngine("reference");
  return module.forward(x).data;
}

/** Ours on one thread, as a peer of ours on more. */
function ownPeer(run) {
  return { run, output: async () => run().data, close() {} };
}

/** The largest difference, relative to the largest value. */
function relativeError(got, expected) {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(got[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference / largest;
}
