import { describe, expect, test } from "vitest";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  allclose,
  BatchNorm1d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  Flatten,
  fuse,
  Identity,
  Linear,
  type Module,
  manualSeed,
  PixelShuffle,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sum,
  tensor,
  Upsample,
  verifyFusion,
} from "../../src/index.js";
import { randomBatchNorm, randomStatistics } from "./layers.js";

manualSeed(8);

const inputShape = [2, 3, 6, 5];

/** Everything that ends in one number an image. */
function pooled(before: readonly Module[], behind: readonly Module[]): Sequential {
  return new Sequential([...before, new AdaptiveAvgPool2d(1), new Flatten(), ...behind]);
}

function norm1(channels: number): BatchNorm1d {
  return new BatchNorm1d(channels, randomStatistics(channels));
}

/** Both sides on a batch, and on one image without its batch axis: the fused one runs wherever the other does. */
function check(module: Module, fused: Module, shape: readonly number[]): void {
  expect(verifyFusion(module, fused, { inputShape: shape, trials: 3 }).ok).toBe(true);
  for (const x of [randn(shape), randn(shape.slice(1))]) {
    let expected: ReturnType<Module["forward"]>;
    try {
      expected = module.forward(x);
    } catch {
      continue;
    }
    const y = fused.forward(x);
    expect(y.shape).toEqual(expected.shape);
    expect(allclose(y, expected, { rtol: 1e-4, atol: 1e-5 })).toBe(true);
  }
}

describe("a factor and a shift behind what averages or moves values go into the convolution before it", () => {
  test.each([
    ["a linear layer of one number", [new Conv2d(3, 1, 3), 3], [new Linear(1, 1)]],
    ["without a bias", [new Conv2d(3, 1, 1, { bias: false }), 3], [new Linear(1, 1, { bias: false })]],
    ["a norm of one number and a linear layer", [new Conv2d(3, 1, 1), 3], [norm1(1), new Linear(1, 1)]],
    ["in a sequence", [new Conv2d(3, 1, 1), 4], [new Sequential([norm1(1), new Linear(1, 1)]), new ReLU()]],
    ["a factor for all", [new Conv2d(3, 4, 3), 3], [new Scale(-2)]],
    ["a sum of factors", [new Conv2d(3, 4, 1), 3], [new Sum([new Identity(), new Scale(2)])]],
    ["before what is not linear", [new Conv2d(3, 2, 1), 4], [new Scale(2), new ReLU()]],
    ["factors a channel of one channel", [new Conv2d(3, 1, 3), 3], [new Scale(tensor([3]))]],
  ] as const)(
    "%s, behind a pooled head: an image without its batch axis runs as before",
    (_, [conv, layers], behind) => {
      const head = pooled([conv], behind);
      const { module, report } = fuse(head);
      expect(report.after.layers).toBe(layers);
      expect(report.after.parameters).toBeLessThanOrEqual(conv.weight.size + conv.outChannels);
      expect(report.refused).toEqual([]);
      expect(report.fused.at(-1)?.path).toBe("0");
      expect(module.forward(randn([3, 6, 5])).shape).toEqual(head.forward(randn([3, 6, 5])).shape);
      check(head, module, inputShape);
      expect(fuse(module).module).toBe(module);
    },
  );

  test.each([
    ["pixel shuffle", [new Conv2d(3, 8, 3), new PixelShuffle(2), new Scale(0.5)], 2],
    ["nearest upsampling", [new Conv2d(3, 4, 3), new Upsample({ scaleFactor: 2 }), randomBatchNorm(4)], 2],
    [
      "bilinear upsampling",
      [new Conv2d(3, 4, 3), new Upsample({ scaleFactor: 2, mode: "bilinear" }), randomBatchNorm(4)],
      2,
    ],
    ["means of windows", [new Conv2d(3, 4, 3), new AdaptiveAvgPool2d(2), randomBatchNorm(4)], 2],
    ["factors a channel", [new Conv2d(3, 2, 3), new AdaptiveAvgPool2d(1), new Scale(tensor([2, 3]))], 2],
    ["a norm, not one of each flattened pixel", [randomBatchNorm(3), new Flatten(), new Scale(2)], 2],
    ["a norm before it", [randomBatchNorm(3), new Upsample({ scaleFactor: 2 }), new Scale(3)], 2],
    [
      "a sum over several bases",
      [
        new Sum([new Conv2d(3, 1, 3), new Sequential([new ReLU(), new Conv2d(3, 1, 3)])]),
        new AdaptiveAvgPool2d(1),
        new Flatten(),
        new Linear(1, 1),
      ],
      6,
    ],
  ] as const)("%s", (_, layers, count) => {
    const module = new Sequential(layers);
    const { module: fused, report } = fuse(module);
    expect(report.after.layers).toBe(count);
    expect(report.after.parameters).toBeLessThanOrEqual(report.before.parameters);
    check(module, fused, inputShape);
  });

  test("a norm of one number becomes a convolution, which takes an image without its batch axis too", () => {
    const module = pooled([new Scale(tensor([0.5]))], [norm1(1), new ReLU()]);
    const { module: fused, report } = fuse(module);
    expect(report.after.layers).toBe(4);
    expect(fused.forward(randn([1, 6, 5])).shape).toEqual([1, 1]);
    check(module, fused, [2, 1, 6, 5]);
  });

  test("signals too", () => {
    const module = new Sequential([
      new Conv1d(3, 1, 3),
      new AdaptiveAvgPool1d(1),
      new Flatten(),
      new Linear(1, 1),
    ]);
    const { module: fused, report } = fuse(module);
    expect(report.after.layers).toBe(3);
    expect(fused.forward(randn([3, 7])).shape).toEqual([1, 1]);
    check(module, fused, [2, 3, 7]);
  });
});

describe("stays where it stands", () => {
  test.each([
    [
      "what the values in between are read for",
      () => {
        const skip = new Sum([new Linear(1, 1), new ReLU()]);
        return pooled([new Conv2d(3, 1, 3)], [skip]);
      },
    ],
    [
      "several channels, which flattening mixes with the batch",
      () => pooled([new Conv2d(3, 2, 3)], [norm1(2)]),
    ],
    ["a matrix that makes more of one number", () => pooled([new Conv2d(3, 1, 3)], [new Linear(1, 2)])],
    [
      "factors a channel behind a pixel shuffle, which are of other channels",
      () => new Sequential([new Conv2d(3, 8, 3), new PixelShuffle(2), randomBatchNorm(2)]),
    ],
    ["where no convolution stands before it", () => pooled([new ReLU()], [new Scale(2)])],
  ] as const)("%s", (_, make) => {
    const module = make();
    const { module: fused, report } = fuse(module);
    expect(fused).toBe(module);
    expect(report.refused.length).toBeGreaterThan(0);
  });

  test("what is to stay as it is", () => {
    const head = pooled([new Conv2d(3, 1, 3)], [new Linear(1, 1)]);
    for (const keep of ["0", "1", "2", "3"]) expect(fuse(head, { keep: [keep] }).module).toBe(head);
  });

  test("of two readers neither takes the value for what it was made of", () => {
    const twice = new Sum([
      new Linear(1, 3),
      new Linear(1, 3, { bias: false }),
      new Sequential([new ReLU(), new Linear(1, 3)]),
    ]);
    const module = pooled([new Conv2d(3, 1, 3)], [new Linear(1, 1), twice]);
    const { module: fused } = fuse(module);
    check(module, fused, inputShape);
  });

  test("where shared weights would be there twice, with growth none", () => {
    const conv = new Conv2d(3, 1, 3);
    const module = new Sum([pooled([conv], [new Linear(1, 1)]), pooled([new ReLU(), conv], [])]);
    expect(fuse(module, { growth: "none" }).module).toBe(module);
    const { module: fused } = fuse(module);
    check(module, fused, inputShape);
  });
});

test("of ways that take as much, the one that leaves values as they are", () => {
  const head = pooled([new Conv2d(3, 1, 3)], [norm1(1), new Linear(1, 3)]);
  const { module, report } = fuse(head);
  expect(report.fused.map(({ path }) => path)).toEqual(["3"]);
  check(head, module, inputShape);
  expect(fuse(new Sequential([new Conv2d(3, 4, 1), new BatchNorm2d(4)])).report.after.layers).toBe(1);
});
