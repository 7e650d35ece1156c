import { beforeEach, describe, expect, test } from "vitest";
import {
  allclose,
  BatchNorm1d,
  Concat,
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  compile,
  cost,
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
  ShapeError,
  Sum,
  type Tensor,
} from "../../src/index.js";
import { randomBatchNorm } from "./layers.js";

beforeEach(() => manualSeed(11));

/** Every shape of one to four axes whose sizes could be anybody's channels. */
const shapes = [1, 2, 3, 4].flatMap((axes) =>
  Array.from({ length: 2 ** axes }, (_, bits) =>
    Array.from({ length: axes }, (_, i) => 3 + ((bits >> i) & 1)),
  ),
);

const norm = (features: number): BatchNorm1d => {
  const { weight, bias, runningMean, runningVar } = randomBatchNorm(features);
  return new BatchNorm1d(features, {
    runningMean,
    runningVar,
    ...(weight && { weight }),
    ...(bias && { bias }),
  });
};
const factors = (): Scale => new Scale(randn([3]));

function outcome(module: Module, x: Tensor): Tensor | undefined {
  try {
    return module.forward(x);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

type Mixed = readonly [name: string, tree: () => Module, inputShape: readonly number[] | undefined];

/** Layers that find their channels in different ways, and agree about some inputs only. */
const mixed: readonly Mixed[] = [
  ["a norm, a matrix", () => new Sequential([norm(3), new Linear(3, 4)]), [5, 3]],
  ["a matrix, a norm", () => new Sequential([new Linear(3, 4), norm(4)]), [5, 3]],
  ["factors, a matrix", () => new Sequential([factors(), new Linear(3, 4)]), [5, 3]],
  ["a matrix, factors", () => new Sequential([new Linear(4, 3), factors()]), [5, 4]],
  ["factors, a norm", () => new Sequential([factors(), norm(3)]), [5, 3]],
  ["a sum of all", () => new Sum([new Linear(3, 3), norm(3), factors(), new Identity()]), [5, 3]],
  ["matrices side by side", () => new Concat([new Linear(3, 4), new Linear(3, 4)]), [5, 3]],
  [
    "x beside x, a matrix",
    () => new Sequential([new Concat([new Identity(), new Scale(2)]), new Linear(6, 3)]),
    [5, 3],
  ],
  ["a convolution, a norm", () => new Sequential([new Conv1d(3, 4, 1), norm(4)]), undefined],
  ["a norm, a convolution", () => new Sequential([norm(3), new Conv1d(3, 4, 2)]), undefined],
  ["one as transposed, a norm", () => new Sequential([new ConvTranspose1d(3, 4, 1), norm(4)]), undefined],
  [
    "a transposed one, a norm",
    () => new Sequential([new ConvTranspose1d(3, 6, 2, { stride: 2 }), norm(6)]),
    undefined,
  ],
  ["a convolution of signals beside a norm", () => new Sum([new Conv1d(3, 3, 1), norm(3)]), undefined],
];

describe("where layers find their channels in different ways", () => {
  test.each(mixed)("%s: one layer gives what they gave, or refuses", (_name, tree, inputShape) => {
    const module = tree();
    const fused = fuse(module, inputShape && { inputShape }).module;
    expect(fused.children().size).toBe(0);
    // What is fused again, or given other tensors, refuses the same.
    const rebuilt = fused.rebuild(new Map([...fused.parameters(), ...fused.buffers()]), new Map());
    let ran = 0;
    for (const shape of shapes) {
      const x = randn(shape);
      const before = outcome(module, x);
      for (const one of [fused, rebuilt, fuse(fused, inputShape && { inputShape }).module]) {
        const after = outcome(one, x);
        if (before === undefined || after === undefined) continue;
        expect(after.shape, `${shape}`).toEqual(before.shape);
        expect(allclose(after, before, { rtol: 1e-4, atol: 1e-5 }), `${shape}`).toBe(true);
        ran++;
      }
    }
    expect(ran).toBeGreaterThan(0);
  });

  test("the error says which axes are left, and plans and costs refuse too", () => {
    const matrix = fuse(new Sequential([norm(3), new Linear(3, 4)]), { inputShape: [5, 3] }).module;
    expect(String(matrix)).toBe("Linear(in_features=3, out_features=4, bias=True)");
    expect(() => matrix.forward(randn([5, 3, 3]))).toThrow(
      "Linear: x must be [3] or [batch, 3]; got x.shape=[5,3,3]",
    );
    const both = fuse(new Sequential([factors(), norm(3)]), { inputShape: [5, 3] }).module;
    expect(() => both.forward(randn([3, 3, 3]))).toThrow(
      "BatchNorm1d: x must be [batch, 3]; got x.shape=[3,3,3]",
    );
    const signal = fuse(new Sequential([new Conv1d(3, 4, 1), norm(4)])).module;
    expect(String(signal)).toBe("Conv1d(3, 4, kernel_size=(1,), stride=(1,))");
    expect(() => signal.forward(randn([3, 4]))).toThrow(
      "conv1d: x must be [batch, channels, width]; got x.shape=[3,4]",
    );
    expect(() => cost(signal, [3, 4])).toThrow(ShapeError);
    expect(() => compile(signal, { inputShape: [3, 4] })).toThrow(ShapeError);
    expect(() => compile(matrix, { inputShape: [5, 3, 3] })).toThrow(ShapeError);
    expect(cost(matrix, [3]).layers[0]?.outputShape).toEqual([4]);
  });

  test.each<readonly [string, () => Module, readonly number[]]>([
    ["matrices", () => new Sequential([new Linear(3, 4), new Linear(4, 3)]), [5, 3]],
    ["norms of features", () => new Sequential([norm(3), norm(3)]), [5, 3]],
    ["norms of signals", () => new Sequential([norm(3), norm(3)]), [5, 3, 7]],
    ["a sum of norms of signals", () => new Sum([norm(3), norm(3), new Scale(2)]), [5, 3, 7]],
    ["factors", () => new Sequential([factors(), factors()]), [5, 3]],
    ["convolutions", () => new Sequential([new Conv1d(3, 4, 1), new Conv1d(4, 3, 2)]), [5, 3, 7]],
    ["convolutions side by side", () => new Concat([new Conv1d(3, 4, 1), new Conv1d(3, 3, 1)]), [5, 3, 7]],
    [
      "a flattened norm",
      () => new Sequential([new ReLU(), new Flatten(), norm(3), new Linear(3, 4)]),
      [5, 3],
    ],
  ])("%s alone take what they took", (_name, tree, inputShape) => {
    const module = tree();
    const fused = fuse(module, { inputShape }).module;
    expect(fused).not.toBe(module);
    for (const shape of shapes) {
      const x = randn(shape);
      const before = outcome(module, x);
      if (before === undefined) continue;
      const after = fused.forward(x);
      expect(after.shape).toEqual(before.shape);
      expect(allclose(after, before, { rtol: 1e-4, atol: 1e-5 }), `${shape}`).toBe(true);
    }
  });
});

test("branches that do not say that they give signals are no convolution of signals", () => {
  const joined = (rest: Module): Module => new Sequential([new Concat([new Identity(), new Scale(2)]), rest]);
  const signals = joined(new Conv1d(6, 2, 1));
  const { module, report } = fuse(signals);
  expect(module).toBe(signals);
  expect(report.refused).toContainEqual({
    path: "0",
    reason: "of three axes it joins the first one: no branch says that these are [batch, channels, width]",
  });
  expect(fuse(joined(new Conv2d(6, 2, 1))).module.children().size).toBe(0);
});

test("an input shape at which layers happen to take different axes for the channels is one at which nothing is fused", () => {
  const module = new Sequential([new Conv1d(2, 4, 1), norm(4)]);
  const x = randn([2, 4]);
  const before = module.forward(x);
  expect(fuse(module).module).toBeInstanceOf(Conv1d);
  const { module: same, report } = fuse(module, { inputShape: [2, 4] });
  expect(same).toBe(module);
  expect(same.forward(x)).toEqual(before);
  expect(report.refused).toEqual([
    { path: "", reason: "at this inputShape its layers do not agree about which axis holds the channels" },
  ]);
  expect(fuse(module, { inputShape: [3, 2, 4] }).module).toBeInstanceOf(Conv1d);
});
