import { beforeEach, describe, expect, test } from "vitest";
import { rangeOf } from "../../src/fuse/report/notes.js";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  copy,
  Flatten,
  fuse,
  Identity,
  Linear,
  Module,
  manualSeed,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sum,
  type Tensor,
  verifyFusion,
} from "../../src/index.js";
import { randomBatchNorm } from "./layers.js";
import { Dice } from "./random-tree.js";

const inputShape = [2, 3, 7, 10];

beforeEach(() => manualSeed(5));

function branches(withNorm: boolean): Module[] {
  const normed = (conv: Conv2d): Module =>
    withNorm ? new Sequential({ conv, bn: randomBatchNorm(3) }) : conv;
  return [
    normed(new Conv2d(3, 3, 3, { padding: "same", bias: !withNorm })),
    normed(new Conv2d(3, 3, 1, { bias: !withNorm })),
    withNorm ? randomBatchNorm(3) : new Identity(),
  ];
}

describe.each([false, true])("kxk + 1x1 + identity, with batch norms: %s", (withNorm) => {
  test("becomes one 3x3 convolution that is equal within rounding", () => {
    const block = new Sum(branches(withNorm));
    const { module, report } = fuse(block, { inputShape });
    expect(module).toBeInstanceOf(Conv2d);
    expect(String(module)).toBe("Conv2d(3, 3, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))");
    const verdict = verifyFusion(block, module, { inputShape, trials: 20, seed: 1 });
    expect(verdict.ok, String(verdict)).toBe(true);
    expect(verdict.maxAbsDiff).toBeLessThan(1e-5);
    expect(report.refused).toEqual([]);
    expect(report.fused.map((entry) => entry.path)).toEqual([""]);
    expect(report.after.parameters).toBe(84);
    expect(report.after.macs).toBe(2 * 70 * 27 * 3);
  });

  test("the block is what it was, bit for bit", () => {
    const block = new Sum(branches(withNorm));
    const values = [...block.parameters(), ...block.buffers()].map(([name, value]) => [
      name,
      copy(value).data,
    ]);
    fuse(block);
    expect([...block.parameters(), ...block.buffers()].map(([name, value]) => [name, value.data])).toEqual(
      values,
    );
  });
});

test("verifyFusion says no to a convolution that is wrong in one weight", () => {
  const block = new Sum(branches(true));
  const { module } = fuse(block);
  const wrong = (module as Conv2d).rebuild(new Map([["weight", nudged((module as Conv2d).weight)]]));
  const verdict = verifyFusion(block, wrong, { inputShape });
  expect(verdict.ok).toBe(false);
  expect(String(verdict)).toMatch(/^NOT equal: 15 inputs.*\n.*is off by \d+ times its bound/);
});

describe("verifyFusion meets batch norms in training mode", () => {
  const network = (training: boolean, weight: Tensor): Sequential =>
    new Sequential({
      block: new Sum([
        new Sequential({ conv: new Conv2d(3, 3, 1, { weight, bias: false }), bn: norm(training) }),
        new Identity(),
      ]),
      relu: new ReLU(),
      other: new Sequential([new Conv2d(3, 3, 3, { bias: false }), randomBatchNorm(3)]),
    });
  const norm = (training: boolean): BatchNorm2d => new BatchNorm2d(3, { training });
  const weight = (): Tensor => randn([3, 3, 1, 1]);

  test("that are the same on both sides: compares, and names them", () => {
    const before = network(true, weight());
    const { module } = fuse(before);
    const verdict = verifyFusion(before, module, { inputShape: [2, 3, 9, 9], trials: 2 });
    expect(verdict).toMatchObject({ ok: true, training: ["block.0.bn"] });
    expect(verdict.parts.map(({ path }) => path)).toEqual(["other"]);
    expect(String(verdict)).toContain("\nin training mode, and so not fused: block.0.bn\n");
  });

  test("that one side alone has: refuses, and names side, layer and mode", () => {
    const own = weight();
    const before = network(true, own);
    const { module } = fuse(network(false, own));
    const rule = "has layers in training mode, which normalise with each batch's own statistics";
    const remedy = "fuse and compare them with training: false";
    expect(() => verifyFusion(before, module, { inputShape })).toThrow(
      `verifyFusion: before ${rule}: ${remedy}; got layers=["block.0.bn"]`,
    );
    expect(() => verifyFusion(module, before, { inputShape })).toThrow(
      `verifyFusion: after ${rule}: ${remedy}; got layers=["block.0.bn"]`,
    );
    expect(() => verifyFusion(norm(true), norm(false), { inputShape })).toThrow(
      `verifyFusion: before ${rule}: ${remedy}; got layers=["(the module itself)"]`,
    );
  });
});

function nudged(weight: Tensor): Tensor {
  const out = copy(weight);
  out.data[13] = (out.data[13] as number) + 1e-4;
  return out;
}

describe("a network", () => {
  const network = (): Sequential =>
    new Sequential({
      block: new Sequential({ "": new Sum(branches(true)), relu: new ReLU() }),
      reduce: new Conv2d(3, 4, 1),
      conv: new Conv2d(4, 5, 3, { padding: 1 }),
      bn: randomBatchNorm(5),
      pool: new AdaptiveAvgPool2d(1),
      flat: new Flatten(),
      fc: new Linear(5, 2),
    });

  test("keeps its barriers, and says what it refused", () => {
    const before = network();
    const { module, report } = fuse(before, { inputShape });
    expect([...module.parameters().keys()]).toEqual([
      "block.weight",
      "block.bias",
      "reduce.weight",
      "reduce.bias",
      "conv.weight",
      "conv.bias",
      "fc.weight",
      "fc.bias",
    ]);
    expect(report.fused.map((entry) => [entry.path, entry.sources])).toEqual([
      ["block", ["block"]],
      ["conv", ["conv", "bn"]],
    ]);
    expect(report.refused).toEqual([
      {
        path: "reduce",
        reason: expect.stringMatching(/^not merged with what follows: a bias before zero padding: /),
      },
      { path: "fc", reason: "nothing to merge with: it stands between a flattening and an output" },
    ]);
    expect(verifyFusion(before, module, { inputShape }).ok).toBe(true);
  });

  test("is fused once and for all", () => {
    const { module } = fuse(network());
    expect(fuse(module).module).toBe(module);
  });

  test("leaves what it is told to leave", () => {
    const before = network();
    const kept = fuse(before, { keep: ["block"] });
    expect(kept.module.children().get("block")).toBe(before.children().get("block"));
    expect(kept.report.fused.map((entry) => entry.path)).toEqual(["conv"]);
    const chosen = fuse(before, { only: ["block"] });
    expect(chosen.report.fused.map((entry) => entry.path)).toEqual(["block"]);
    expect(chosen.module.children().get("conv")).toBe(before.children().get("conv"));
    expect(() => fuse(before, { keep: ["blok"] })).toThrow('fuse: keep names no subtree; got keep="blok"');
    expect(() => fuse(before, { only: ["block.x"] })).toThrow(
      'fuse: only names no subtree; got only="block.x"',
    );
    expect(() => fuse(before, { only: "block" as never })).toThrow(
      'fuse: only must be an array of dotted names; got only="block"',
    );
    expect(() => fuse(before, [1, 3, 9, 9] as never)).toThrow(
      "fuse: options must be an object of named options; got options=[1,3,9,9]",
    );
  });

  test("what a module in two places became is in two places too", () => {
    const shared = new Sequential([new Conv2d(3, 3, 3, { padding: 1 }), randomBatchNorm(3)]);
    const { module } = fuse(new Sequential({ a: shared, relu: new ReLU(), b: shared }));
    expect(module.children().get("a")).toBe(module.children().get("b"));
  });

  test("a layer that is used in two places keeps its weights in both", () => {
    const conv = new Conv2d(3, 3, 3, { padding: 1 });
    const before = new Sequential({
      a: conv,
      bn: randomBatchNorm(3),
      relu: new ReLU(),
      b: conv,
      other: new ReLU(),
      c: conv,
      scale: new Scale(2),
    });
    const { module } = fuse(before);
    expect(module.children().get("b")).toBe(conv);
    expect(verifyFusion(before, module, { inputShape }).ok).toBe(true);
  });
});

test("a subclass that computes something else is not taken for its parent", () => {
  class Doubled extends Conv2d {
    override forward(x: Tensor): Tensor {
      return super.forward(super.forward(x));
    }
  }
  const before = new Sequential([new Doubled(3, 3, 1), new BatchNorm2d(3)]);
  expect(fuse(before).module).toBe(before);
});

test("a composition of another kind has its parts fused", () => {
  class Twice extends Module {
    readonly #inner: Module;
    constructor(inner: Module) {
      super();
      this.#inner = inner;
    }
    override forward(x: Tensor): Tensor {
      return this.#inner.forward(this.#inner.forward(x));
    }
    override children(): Map<string, Module> {
      return new Map([["inner", this.#inner]]);
    }
    override rebuild(_: unknown, children: ReadonlyMap<string, Module>): Twice {
      return new Twice((children.get("inner") ?? this.#inner).rebuild(new Map(), new Map()));
    }
  }
  const before = new Twice(new Sum(branches(true)));
  const { module, report } = fuse(before, { inputShape });
  expect(module.children().get("inner")).toBeInstanceOf(Conv2d);
  expect(report.fused.map((entry) => entry.path)).toEqual(["inner"]);
  expect(report.before.macs).toBe(2 * 2 * 70 * (27 + 3) * 3);
  expect(verifyFusion(before, module, { inputShape }).ok).toBe(true);
});

test("reports and verdicts fit 80 columns: reasons are broken between words", () => {
  const module = new Sequential([new Conv2d(2, 2, 1), new Conv2d(2, 2, 3, { padding: 1 })]);
  const { report } = fuse(module);
  const lines = String(report).split("\n");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  const told = lines.slice(lines.indexOf("refused: 1 subtree") + 1).map((line) => line.trim());
  expect(told.join(" ")).toBe(`0: ${report.refused[0]?.reason}`);
  const verdict = String(verifyFusion(module, module, { inputShape: [1, 2, 7, 8], trials: 3 }));
  expect(Math.max(...verdict.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("the report reads as a table", () => {
  const conv = new Conv2d(1, 1, [1, 1], { bias: false });
  conv.weight.data[0] = 0.5;
  const { report } = fuse(new Sum([conv, new Identity()]), { inputShape: [1, 1, 32, 40] });
  expect(String(report)).toBe(
    [
      "                  before   after",
      "layers                 2       1",
      "parameters             1       1",
      "buffers                0       0",
      "weight bytes           4       4",
      "MACs               1,280   1,280",
      "activation bytes  25,600  10,240",
      "for one input of [1, 1, 32, 40]",
      "",
      "fused: 1 subtree",
      "subtree   layers  parameters     weights",
      "(whole)   2 -> 1      1 -> 1  [1.5, 1.5]",
      "  from 0                      [0.5, 0.5]",
      "  from 1                          [1, 1]",
      "refused: 0 subtrees",
    ].join("\n"),
  );
});

test("the report lists what was refused", () => {
  const { report } = fuse(new Sum([new Conv2d(1, 1, 1), new ReLU()]));
  expect(String(report)).toMatch(
    /^refused: 1 subtree\n {2}\(whole\): its branches start from different values$/m,
  );
  expect(report.before.macs).toBeUndefined();
});

test("the range of any number of weights, wherever its ends lie", () => {
  for (let seed = 0; seed < 40; seed++) {
    const dice = new Dice(seed);
    const values = Float64Array.from({ length: 1 + (seed % 11) }, () => dice.roll(2001) - 1000);
    expect(rangeOf("w", values)).toEqual({ path: "w", min: Math.min(...values), max: Math.max(...values) });
    values[dice.roll(values.length)] = Number.NaN;
    expect(rangeOf("w", values)).toEqual({ path: "w", min: Number.NaN, max: Number.NaN });
  }
});
