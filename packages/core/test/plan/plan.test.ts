import {
  Conv2d,
  compile,
  EngineError,
  maxAbsDiff,
  randn,
  Sequential,
  ShapeError,
  setEngine,
  zeros,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { useEngine } from "../../src/engines/active.js";
import { Calling } from "./calling.js";
import { modules, repVgg } from "./modules.js";
import { plainEngine } from "./plain-engine.js";

const engines = ["wasm exact", "wasm fast", "reference", "plain", "plain late"];

describe.each(engines)("compile on %s", (engine) => {
  const isLate = engine === "plain late";
  const choose = async () => {
    if (engine.startsWith("plain")) {
      useEngine(plainEngine(isLate));
      return;
    }
    const [name = "", precision] = engine.split(" ");
    await setEngine(name, precision === "exact" ? { precision: "exact" } : {});
  };

  test.each(modules)("%s gives what forward gives", async (_, module, inputShape) => {
    await choose();
    const plan = compile(module, { inputShape });
    for (let i = 0; i < 3; i++) {
      const x = randn(inputShape);
      await setEngine("reference");
      const expected = module.forward(x);
      const y = await plan.runAsync(x);
      expect(y.shape).toEqual(expected.shape);
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(maxAbsDiff(y, expected)).toBeLessThan(2e-5 * largest);
      const out = zeros(expected.shape);
      expect(await plan.runAsync(x, out)).toBe(out);
      expect(maxAbsDiff(out, y)).toBe(0);
      if (!isLate) expect(maxAbsDiff(plan.run(x), y)).toBe(0);
    }
  });

  test("refuses another shape than the compiled one", async () => {
    await choose();
    const plan = compile(new Conv2d(3, 2, 3), { inputShape: [1, 3, 5, 5] });
    expect(() => plan.run(randn([1, 3, 5, 6]))).toThrow(
      new ShapeError("Plan.run", "x must be [1,3,5,5], as compiled", { "x.shape": [1, 3, 5, 6] }),
    );
  });

  test("refuses to write where the result does not fit", async () => {
    await choose();
    const plan = compile(new Conv2d(3, 2, 3), { inputShape: [1, 3, 5, 5] });
    const x = randn([1, 3, 5, 5]);
    expect(() => plan.run(x, zeros([1, 2, 3, 4]))).toThrow(
      new ShapeError("Plan.run", "out must be [1,2,3,3]", { "out.shape": [1, 2, 3, 4] }),
    );
    expect(() => plan.run(x, zeros([1, 2, 3, 3]).transpose(0, 1, 3, 2))).toThrow(
      "Plan.run: out must be row-major; got out.stride=[18,9,1,3]",
    );
  });

  test("keeps infinities and NaN where forward has them", async () => {
    await choose();
    const module = new Sequential([repVgg(20, false), new Conv2d(20, 17, 3, { padding: 1 })]);
    const plan = compile(module, { inputShape: [1, 20, 12, 12] });
    const x = randn([1, 20, 12, 12]);
    x.set(0, 3, 0, 0, Number.POSITIVE_INFINITY);
    const y = await plan.runAsync(x);
    const expected = module.forward(x);
    expect([...y.data].map(Number.isFinite)).toEqual([...expected.data].map(Number.isFinite));
  });
});

test("infinities before what a plan calls stay where forward has them, whatever the call does", async () => {
  await setEngine("wasm");
  const behind = new Conv2d(20, 4, 1);
  const module = new Sequential([
    new Conv2d(20, 20, 3, { padding: 1 }),
    new Calling((x) => behind.forward(x)),
  ]);
  const plan = compile(module, { inputShape: [1, 20, 12, 12] });
  const x = randn([1, 20, 12, 12]);
  x.set(0, 3, 0, 0, Number.POSITIVE_INFINITY);
  expect([...plan.run(x).data].map(Number.isFinite)).toEqual(
    [...module.forward(x).data].map(Number.isFinite),
  );
});

test("an engine whose results come later is refused by run; runAsync has them", async () => {
  useEngine(plainEngine(true));
  const plan = compile(new Conv2d(3, 2, 3), { inputShape: [1, 3, 5, 5] });
  const message = "Plan.run: the engine's results come later: use runAsync";
  expect(() => plan.run(randn([1, 3, 5, 5]))).toThrow(
    new EngineError("Plan.run", message.slice("Plan.run: ".length)),
  );
  expect(plan.profile(randn([1, 3, 5, 5]))).toEqual([]);
  await expect(plan.runAsync(randn([1, 3, 5]))).rejects.toThrow(
    "Plan.runAsync: x must be [1,3,5,5], as compiled",
  );
});

test("a plan keeps the weights of the time when it was compiled", async () => {
  await setEngine("wasm");
  const conv = new Conv2d(3, 2, 3);
  const plan = compile(conv, { inputShape: [1, 3, 5, 5] });
  const x = randn([1, 3, 5, 5]);
  const before = plan.run(x);
  conv.weight.data.fill(0);
  expect(plan.run(x).data).toEqual(before.data);
});

test("a plan profiles each layer, with the names of the tree", async () => {
  await setEngine("wasm", { precision: "exact" });
  const module = new Sequential({ stem: new Conv2d(3, 8, 3), block: repVgg(8) });
  const rows = compile(module, { inputShape: [1, 3, 16, 16] }).profile(randn([1, 3, 16, 16]));
  expect(rows.map((row) => [row.path, row.label, row.kernel])).toEqual([
    ["", "planes to blocks", "f32_layout simd"],
    ["stem", "Conv2d", "f32_conv_4x8 simd"],
    ["block.0.0.0", "Conv2d + BatchNorm2d", "f32_conv_4x8 simd"],
    ["block.0.1.0", "Conv2d + BatchNorm2d + Sum", "f32_conv_4x8 simd"],
    ["block.0.2", "BatchNorm2d + Sum + ReLU", "f32_depthwise_6x4 simd"],
    ["", "blocks to planes", "f32_layout simd"],
  ]);
  for (const row of rows) expect(row.bytes).toBeGreaterThan(0);
});

test("every convolution and pool of signals, volumes, transposed layers and single images is compiled", async () => {
  await setEngine("wasm");
  const compiled = ["signals", "volumes", "transposed", "pools", "padding of its own", "a classifier", "one"];
  for (const [name, module, inputShape] of modules) {
    if (!compiled.some((start) => name.startsWith(start))) continue;
    const rows = compile(module, { inputShape }).profile(randn(inputShape));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ kernel }) => kernel === "layer by layer")).toEqual([]);
  }
});
