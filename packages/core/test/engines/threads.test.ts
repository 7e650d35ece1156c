import { createRequire } from "node:module";
import {
  Conv2d,
  compile,
  conv2d,
  EngineError,
  getEngine,
  MaxPool2d,
  manualSeed,
  maxAbsDiff,
  ReLU,
  randn,
  Sequential,
  setEngine,
  type Tensor,
} from "@convfuse/core";
import { afterAll, describe, expect, test } from "vitest";

manualSeed(1);
const network = new Sequential([
  new Conv2d(3, 48, 3, { stride: 2, padding: 1 }),
  new ReLU(),
  new Conv2d(48, 64, 3, { padding: 1 }),
  new MaxPool2d(3, { stride: 1, padding: 1 }),
  new Conv2d(64, 64, 5, { groups: 64, padding: 2 }),
  new Conv2d(64, 33, 1),
]);
const x = randn([2, 3, 61, 47]);
const wide = { x: randn([1, 64, 56, 56]), weight: randn([64, 64, 3, 3]) };

afterAll(() => setEngine("wasm"));

/** Comparing element by element with toEqual takes longer than all the rest. */
function sameBits(a: Tensor | undefined, b: Tensor | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(bytes(a), bytes(b)) === 0;
}

function bytes({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

describe.each(["exact", "fast"] as const)("%s", (precision) => {
  test("1, 2 and 3 threads give the same bits, in plans and in single calls", async () => {
    const results: [Tensor, Tensor][] = [];
    for (const threads of [1, 2, 3]) {
      await setEngine("wasm", { precision, threads });
      const plan = compile(network, { inputShape: x.shape });
      plan.run(x);
      results.push([plan.run(x), conv2d(wide.x, wide.weight, undefined, { padding: 1 })]);
    }
    for (const [planned, called] of results) {
      expect(sameBits(planned, results[0]?.[0])).toBe(true);
      expect(sameBits(called, results[0]?.[1])).toBe(true);
    }
    await setEngine("reference");
    expect(maxAbsDiff(network.forward(x), results[0]?.[0] as Tensor)).toBeLessThan(1e-4);
  });
});

test("many short jobs in a row give the same bits as one thread", async () => {
  await setEngine("wasm");
  const expected = compile(network, { inputShape: x.shape }).run(x);
  await setEngine("wasm", { threads: 2 });
  const plan = compile(network, { inputShape: x.shape });
  for (let i = 0; i < 100; i++) expect(sameBits(plan.run(x), expected)).toBe(true);
});

test("a worker that dies is an error of the next call, and the call after that works", async () => {
  const workers = createRequire(import.meta.url)("node:worker_threads");
  const { Worker } = workers;
  const started: { terminate(): Promise<number> }[] = [];
  workers.Worker = class extends Worker {
    constructor(...args: unknown[]) {
      super(...args);
      started.push(this as unknown as (typeof started)[number]);
    }
  };
  try {
    await setEngine("wasm", { threads: 2 });
    const plan = compile(network, { inputShape: x.shape });
    const before = plan.run(x);
    await started[0]?.terminate();
    const message = "wasm: a worker thread ended in the middle of its work; the next call has a new one";
    expect(() => plan.run(x)).toThrow(new EngineError("wasm", message.slice("wasm: ".length)));
    expect(sameBits(plan.run(x), before)).toBe(true);
    expect(started).toHaveLength(2);
  } finally {
    workers.Worker = Worker;
  }
});

test("refuses a number of threads that is none", async () => {
  await expect(setEngine("wasm", { threads: 0 })).rejects.toThrow(
    "setEngine: threads must be a whole number from 1 to 64; got threads=0",
  );
  expect(getEngine()).toBe("wasm");
});
