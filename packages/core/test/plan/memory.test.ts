import {
  Conv2d,
  compile,
  conv2d,
  maxAbsDiff,
  ReLU,
  randn,
  relu,
  Sequential,
  setEngine,
  zeros,
} from "@convfuse/core";
import { expect, test } from "vitest";
import { activeEngine } from "../../src/engines/active.js";
import type { WasmEngine } from "../../src/engines/wasm/index.js";
import { Calling } from "./calling.js";
import { engineMemory } from "./engine-memory.js";

test("10,000 runs of a plan leave the engine's memory as it was", async () => {
  await setEngine("wasm");
  const module = new Sequential([new Conv2d(3, 8, 3), new ReLU(), new Conv2d(8, 8, 3, { groups: 8 })]);
  const plan = compile(module, { inputShape: [1, 3, 9, 9] });
  const x = randn([1, 3, 9, 9]);
  plan.run(x);
  const before = engineMemory();
  for (let i = 0; i < 10_000; i++) plan.run(x);
  expect(engineMemory()).toEqual(before);
});

test("what a plan calls may use the engine, whose memory grows for it", async () => {
  await setEngine("wasm");
  const [first, other] = [new Conv2d(2, 2, 3), new Conv2d(8, 8, 1)];
  let grows = false;
  const calling = new Calling((x) => {
    const { whole } = engineMemory();
    // An image that has no place in the memory as it is.
    other.forward(zeros([1, 8, 1024, whole / 2 ** 15 + 64]));
    grows = engineMemory().whole > whole;
    return relu(x);
  });
  const x = randn([1, 2, 9, 9]);
  const y = compile(new Sequential([first, calling]), { inputShape: [1, 2, 9, 9] }).run(x);
  expect(grows).toBe(true);
  expect(maxAbsDiff(y, relu(first.forward(x)))).toBeLessThan(1e-5);
});

test("10,000 convolutions with new weights keep a bounded number of them packed", async () => {
  await setEngine("wasm");
  const x = randn([1, 2, 5, 5]);
  for (let i = 0; i < 3000; i++) conv2d(x, randn([2, 2, 3, 3]));
  const before = engineMemory();
  for (let i = 0; i < 7000; i++) conv2d(x, randn([2, 2, 3, 3]));
  expect(engineMemory()).toEqual(before);
});

function outOfMemory(op: string, shapes: string): RegExp {
  const literal = shapes.replace(/[[\].]/g, "\\$&");
  return new RegExp(`^${op}: there is not enough memory; got bytes=\\d+, taken=\\d+, ${literal}$`);
}

test("memory that is not there is a clear error, and the next call works", async () => {
  await setEngine("wasm");
  const x = randn([1, 2, 9, 9]);
  const weight = randn([2, 2, 3, 3]);
  const expected = conv2d(x, weight).data;
  const engine = activeEngine() as WasmEngine;
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("no memory");
  };
  try {
    const large = new Conv2d(64, 64, 3);
    const shapes = "shape=[4,64,62,62], x.shape=[4,64,64,64], weight.shape=[64,64,3,3]";
    expect(() => large.forward(randn([4, 64, 64, 64]))).toThrow(outOfMemory("conv2d", shapes));
    expect(() => compile(large, { inputShape: [4, 64, 64, 64] })).toThrow(
      outOfMemory("compile", "inputShape=[4,64,64,64]"),
    );
    expect(conv2d(x, weight).data).toEqual(expected);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  expect(engine).toBe(activeEngine());
  expect(conv2d(x, weight).data).toEqual(expected);
  expect(new Conv2d(64, 64, 3).forward(randn([4, 64, 64, 64])).shape).toEqual([4, 64, 62, 62]);
});
