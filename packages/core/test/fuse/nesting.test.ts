import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Composition,
  Concat,
  Conv2d,
  Flatten,
  fuse,
  Identity,
  Linear,
  type Module,
  manualSeed,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sigmoid,
  Sum,
  tensor,
  verifyFusion,
  type Wiring,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { Inexpressible } from "../../src/fuse/tree/rebuild/inexpressible.js";
import { MadeLayers } from "../../src/fuse/tree/rebuild/made-layers.js";
import { randomStatistics } from "./layers.js";

manualSeed(5);

const inputShape = [2, 6, 7, 5];

/** Layers and parameters of both sides, where the proof accepts what was made. */
function counts(module: Module): readonly (readonly [before: number, after: number])[] {
  const { module: fused, report } = fuse(module);
  expect(verifyFusion(module, fused, { inputShape, trials: 2 }).ok).toBe(true);
  const { before, after } = report;
  return [
    [before.layers, after.layers],
    [before.parameters, after.parameters],
  ];
}

/** 6 channels, all of one group or not. */
function conv(kernelSize: number, groups: number, bias = false): Conv2d {
  return new Conv2d(6, 6, kernelSize, { padding: kernelSize >> 1, groups, bias });
}

describe("what is nested counts as one layer for what is around it", () => {
  const nested = new Sequential([conv(1, 3), conv(3, 2)]);

  test("grouped convolutions stay by themselves, and merge where a dense one follows, or stands before them", () => {
    expect(counts(nested)[0]).toEqual([2, 2]);
    expect(counts(new Sequential([nested, conv(1, 1)]))).toEqual([
      [3, 1],
      [12 + 162 + 36, 324],
    ]);
    expect(counts(new Sequential([conv(1, 1), nested]))[0]).toEqual([3, 1]);
  });

  test("a sum or a concatenation of one branch is what its branch is", () => {
    for (const join of [Sum, Concat]) {
      expect(counts(new join([nested]))[0]).toEqual([3, 1]);
      expect(counts(new Sequential([new join([conv(3, 1)]), new BatchNorm2d(6)]))[0]).toEqual([3, 1]);
      const kept = new join([new Sequential([new ReLU(), conv(1, 1)])]);
      expect(fuse(kept).module).toBe(kept);
    }
    // The branch alone, not what stands before it: that would grow.
    const narrow = new Conv2d(6, 2, 1, { groups: 2, bias: false });
    expect(counts(new Sequential([narrow, new Sum([new Conv2d(2, 6, 3, { padding: 1 })])]))[0]).toEqual([
      3, 2,
    ]);
  });

  test("across the end of a sequence that is no layer nothing merges that would hold more weights", () => {
    const pool = new AvgPool2d(3, { stride: 1, padding: 1 });
    const scale = new Scale(randn([6]));
    expect(counts(new Sequential([pool, scale]))[0]).toEqual([2, 1]);
    const apart = new Sequential([new Sequential([new ReLU(), pool]), scale]);
    expect(fuse(apart).module).toBe(apart);
    expect(counts(new Sequential([new Sequential([new ReLU(), conv(1, 1)]), new BatchNorm2d(6)]))[0]).toEqual(
      [3, 2],
    );
  });

  test("in a sum that stays, branches merge where no weights are gained", () => {
    const wide = new Conv2d(6, 6, [1, 3], { padding: [0, 1] });
    const tall = new Conv2d(6, 6, [3, 1], { padding: [1, 0] });
    const relu = new ReLU();
    expect(counts(new Sum([relu, wide, conv(1, 1)]))[0]).toEqual([4, 3]);
    const cross = new Sum([relu, wide, tall]);
    expect(fuse(cross).module).toBe(cross);
    expect(counts(new Sum([relu, new Sum([wide, tall])]))[0]).toEqual([5, 3]);
  });
});

describe("a shift stands where it takes fewer numbers", () => {
  const norm = new BatchNorm2d(6, { bias: randn([6]), runningMean: randn([6]) });
  const head = (bias: boolean): readonly Module[] => [
    new AdaptiveAvgPool2d(1),
    new Flatten(),
    new Linear(6, 3, { bias }),
  ];

  test("behind the pooling, where the linear layer has a bias anyway", () => {
    const module = new Sequential([conv(3, 1), norm, ...head(true)]);
    expect(counts(module)[1]?.[1]).toBe(324 + 18 + 3);
  });

  test("in the convolution, where that has one", () => {
    const module = new Sequential([conv(3, 1, true), norm, ...head(false)]);
    expect(counts(module)[1]?.[1]).toBe(324 + 6 + 18);
  });
});

describe("trees of any length and depth", () => {
  const layer = (i: number): Module => (i % 2 === 0 ? new ReLU() : new Scale(2));

  test("5,000 layers in a row that stay, and one that goes", () => {
    const rest = Array.from({ length: 5000 }, (_, i) => layer(i));
    const { module, report } = fuse(new Sequential([conv(1, 1), new BatchNorm2d(6), ...rest]));
    expect([report.before.layers, report.after.layers]).toEqual([5002, 5001]);
    expect([...module.children().keys()].slice(0, 3)).toEqual(["0", "2", "3"]);
  });

  test("500 sequences in each other", () => {
    let module: Module = new Sequential([conv(1, 1), new BatchNorm2d(6)]);
    for (let i = 0; i < 500; i++) module = new Sequential([module, layer(i)]);
    const { report } = fuse(module);
    expect([report.before.layers, report.after.layers]).toEqual([502, 501]);
  });

  test("500 branches that stay and 500 that are one", () => {
    const branches = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? new ReLU() : conv(1, 1)));
    expect(fuse(new Sum(branches)).report.after.layers).toBe(502);
  });
});

test("a layer whose numbers are not finite stays, and what is around it is fused", () => {
  const spoiled = [
    new Conv2d(6, 6, 1, { weight: tensor(new Float32Array(36).fill(Number.NaN), [6, 6, 1, 1]) }),
    new Conv2d(6, 6, 1, { bias: tensor([1, Number.POSITIVE_INFINITY, 0, 0, 0, 0]) }),
    new Scale(tensor([1, Number.NaN, 0, 0, 0, 0])),
  ];
  for (const layer of spoiled) {
    const { module, report } = fuse(new Sequential([layer, conv(1, 1), new BatchNorm2d(6)]));
    expect([...module.children().values()][0]).toBe(layer);
    expect(report.after.layers).toBe(2);
    expect(report.refused[0]?.reason).toBe("its own numbers are not finite");
    expect(fuse(new Sum([layer, conv(1, 1), new Identity()])).report.after.layers).toBe(3);
  }
});

/** Wires that are no sequence and no sum: what `first` gives is read twice. */
class Fork extends Composition {
  override get typeName() {
    return "Fork";
  }

  override connect<Wire>(x: Wire, { child, meet }: Wiring<Wire>): Wire {
    const y = child("first", x);
    return meet({ kind: "add" }, [child("left", y), child("right", y)]);
  }

  override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
    return new Fork(this.replaced(children));
  }
}

test("a fused layer behind what stays, where the wires fork behind that", () => {
  const fork = new Fork({ first: new ReLU(), left: conv(3, 1), right: conv(1, 1) });
  const { module, report } = fuse(fork);
  expect(verifyFusion(fork, module, { inputShape, trials: 2 }).ok).toBe(true);
  expect([report.before.layers, report.after.layers]).toEqual([4, 2]);
});

test("a sum of one branch, whose end alone is fused", () => {
  const sum = new Sum({ only: new Sequential([new ReLU(), conv(3, 1), new BatchNorm2d(6)]) });
  const { module, report } = fuse(sum);
  expect(verifyFusion(sum, module, { inputShape, trials: 2 }).ok).toBe(true);
  expect([report.before.layers, report.after.layers]).toEqual([4, 3]);
});

/** Wires that meet in the middle, and end in a child. */
class Dense extends Composition {
  override get typeName() {
    return "Dense";
  }

  override connect<Wire>(x: Wire, { child, meet }: Wiring<Wire>): Wire {
    return child("tail", meet({ kind: "concat", rank: 2 }, [x, child("more", x)]));
  }

  override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
    return new Dense(this.replaced(children));
  }
}

test("wires that meet in the middle: each child is fused by itself, and all of it where it is one layer", () => {
  const tail = new Sequential([new Conv2d(8, 6, 3, { padding: 1 }), new BatchNorm2d(6)]);
  const live = new Dense({ more: new Sequential([new ReLU(), new Conv2d(6, 2, 1)]), tail });
  const whole = new Dense({ more: new Conv2d(6, 2, 1, { bias: false }), tail });
  for (const [dense, layers] of [
    [live, 4],
    [whole, 1],
  ] as const) {
    const network = new Sequential([dense, new BatchNorm2d(6)]);
    const { module, report } = fuse(network);
    expect(verifyFusion(network, module, { inputShape, trials: 2 }).ok).toBe(true);
    expect(report.after.layers).toBe(layers);
    expect(fuse(module).module).toBe(module);
  }
});

/** One child after another, by wires of its own. */
class Chain extends Composition {
  override get typeName() {
    return "Chain";
  }

  override connect<Wire>(x: Wire, { child }: Wiring<Wire>): Wire {
    return [...this.children().keys()].reduce((y, name) => child(name, y), x);
  }

  override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
    return new Chain(this.replaced(children));
  }
}

test("a norm behind a child that is a sum over several values goes into each of its convolutions, where they stand", () => {
  const sum = new Sum([new Sequential([new Sigmoid(), conv(3, 1)]), conv(1, 1)]);
  const chain = new Chain({ body: new Sequential([new ReLU(), sum]), norm: new BatchNorm2d(6) });
  const { module, report } = fuse(chain);
  expect(verifyFusion(chain, module, { inputShape, trials: 2 }).ok).toBe(true);
  // ReLU, sigmoid, two convolutions and the sum of these.
  expect(report.after.layers).toBe(5);
});

/** x + a(x) + b(a(x)). */
class Ladder extends Composition {
  override get typeName() {
    return "Ladder";
  }

  override connect<Wire>(x: Wire, { child, meet }: Wiring<Wire>): Wire {
    const y = child("a", x);
    return meet({ kind: "add" }, [x, y, child("b", y)]);
  }

  override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
    return new Ladder(this.replaced(children));
  }
}

test.each([
  ["numbers", ["0", "1"], ["0", "2"]],
  ["names", ["conv", "bn"], ["conv", "bn_1"]],
])("a layer behind the last one of a sequence takes nobody's name: %s", (_, [first, last], names) => {
  const norm = new BatchNorm2d(6, { bias: randn([6]), weight: randn([6]) });
  const a = new Sequential({ [first as string]: conv(3, 1), [last as string]: norm });
  const ladder = new Ladder({ a, b: conv(5, 1, true) });
  const { module } = fuse(ladder);
  expect(verifyFusion(ladder, module, { inputShape, trials: 2 }).ok).toBe(true);
  expect([...(module.children().get("a")?.children().keys() ?? [])]).toEqual(names);
  expect(fuse(module).module).toBe(module);
});

test("x twice in a sum that stays: both are there", () => {
  const inner = new Ladder({
    a: conv(5, 1, true),
    b: new Sequential([conv(3, 1, true), new BatchNorm2d(6)]),
  });
  class Residual extends Ladder {
    override connect<Wire>(x: Wire, { child, meet }: Wiring<Wire>): Wire {
      return meet({ kind: "add" }, [x, child("body", x)]);
    }

    override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
      return new Residual(this.replaced(children));
    }
  }
  const network = new Residual({ body: inner });
  expect(verifyFusion(network, fuse(network).module, { inputShape, trials: 2 }).ok).toBe(true);
});

test("a value is built in one place: a second one is a failure of what is being built", () => {
  const layers = new MadeLayers(() => {
    throw new Error("no layer is asked for");
  });
  const [first, second] = [{ name: "first" }, { name: "second" }];
  layers.begin(first);
  layers.claim(second);
  const failureOf = (claim: () => void): unknown => {
    try {
      claim();
    } catch (error) {
      if (error instanceof Inexpressible) return error.value;
      throw error;
    }
    return undefined;
  };
  expect(failureOf(() => layers.claim(second))).toBe(first);
  expect(failureOf(() => layers.begin(first))).toBe(first);
  expect(failureOf(() => layers.claim({ name: "third" }))).toBe(undefined);
});

test("a norm in a sequence of its own goes into the convolution before it once, whatever is merged behind it", () => {
  const norm = () => new BatchNorm2d(6, randomStatistics(6));
  const nestedNorms = [
    () => new Sequential([norm()]),
    () => new Sequential([new Sequential([norm()]), new Identity()]),
    () => new Sequential([norm(), new Scale(2)]),
  ];
  // The shift of the norm before it and its own padding keep this convolution apart.
  const behind = [
    () => [new Conv2d(6, 6, 3, { padding: 1 }), norm()],
    () => [new Sum([new Conv2d(6, 6, 3, { padding: 1 }), new Conv2d(6, 6, 1)])],
  ];
  for (const nested of nestedNorms)
    for (const layers of behind) {
      const module = new Sequential([conv(3, 1), nested(), ...layers()]);
      const { module: fused, report } = fuse(module);
      expect(report.after.layers).toBe(2);
      expect(report.fused.map(({ path }) => path)).toEqual(["0", "2"]);
      expect(verifyFusion(module, fused, { inputShape, trials: 2 }).ok).toBe(true);
    }
});
