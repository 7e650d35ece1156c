import { beforeEach, describe, expect, test } from "vitest";
import { plainKernel } from "../../src/algebra/kernel.js";
import { paddingKernel } from "../../src/algebra/sequence/padding.js";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  addKernels,
  allclose,
  averagePoolKernel,
  BatchNorm1d,
  BatchNorm2d,
  batchNormKernel,
  Concat,
  Conv2d,
  embedKernel,
  Flatten,
  FusionError,
  fuse,
  GELU,
  Identity,
  identityKernel,
  kernelOf,
  Linear,
  type Module,
  manualSeed,
  mergeSequence,
  ones,
  Pad2d,
  Product,
  perChannel,
  ReLU,
  randn,
  regroupKernel,
  Scale,
  Sequential,
  ShapeError,
  Sigmoid,
  Sum,
  scaleKernel,
  type Tensor,
  tensor,
  verifyFusion,
} from "../../src/index.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";
import { evaluate } from "../../src/proof/evaluation/evaluate.js";
import { narrowed, widened } from "../../src/proof/evaluation/wide.js";
import { randomBatchNorm } from "./layers.js";

const inputShape = [2, 4, 6, 7];

beforeEach(() => manualSeed(3));

function kinds(module: Module): string[] {
  return [...module.children()].map(([name, child]) => `${name} ${child.constructor.name}`);
}

describe("a bias or a kxk before zero padding", () => {
  const firsts: Readonly<Record<string, () => Module>> = {
    "a biased 1x1": () => new Conv2d(4, 3, 1),
    "a batch norm": () => randomBatchNorm(4),
    "a 1x1 with stride": () => new Conv2d(4, 3, 1, { stride: 2 }),
    "a 3x2": () => new Conv2d(4, 3, [3, 2], { bias: false }),
  };

  test.each(Object.entries(firsts))("%s: the refusal's remedy makes the two one", (_, make) => {
    const first = make();
    const conv = first instanceof Conv2d ? first : undefined;
    const outChannels = conv?.outChannels ?? 4;
    const options = { weight: randn([5, outChannels, 3, 3]) };
    const refused = new Sequential([first, new Conv2d(outChannels, 5, 3, { ...options, padding: 1 })]);
    expect(fuse(refused).report.refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(". Padded before both (a Pad2d), as DBB, ECBSR and FMEN are, the two are one"),
    ]);
    const padding = conv?.settings.axes[0]?.stride ?? 1;
    const remedied = new Sequential([new Pad2d(padding), first, new Conv2d(outChannels, 5, 3, options)]);
    const { module } = fuse(remedied);
    expect(module).toBeInstanceOf(Conv2d);
    const verdict = verifyFusion(remedied, module, { inputShape });
    expect(verdict.ok, String(verdict)).toBe(true);
  });
});

test("a factor for all channels is a factor, whatever the axes, and needs to know no channels", () => {
  const shapes = [[3], [2, 3], [3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 2, 3]];
  const trees: readonly (readonly [module: Module, factor: number])[] = [
    [new Sum([new Identity(), new Scale(2)]), 3],
    [new Sum([new Identity(), new Identity(), new Identity()]), 3],
    [new Sequential([new Scale(0.5), new Scale(3)]), 1.5],
    [new Sum([new Identity(), new Sequential([new Scale(2), new Scale(-0.5)])]), 0],
  ];
  for (const [tree, factor] of trees) {
    const { module, report } = fuse(tree);
    expect(module).toBeInstanceOf(Scale);
    expect((module as Scale).scale).toBe(factor);
    expect(report.fused[0]?.rangeAfter).toEqual({ path: "", min: factor, max: factor });
    expect(fuse(module).module).toBe(module);
    for (const shape of shapes) {
      const x = randn(shape);
      expect(allclose(module.forward(x), tree.forward(x), { rtol: 1e-6, atol: 1e-6 })).toBe(true);
    }
  }
});

test("branches joined behind layers that nobody else reads are one, however many those are", () => {
  const same = (inChannels: number, outChannels: number): Conv2d =>
    new Conv2d(inChannels, outChannels, 3, { padding: 1 });
  const joined = new Concat([same(4, 2), same(4, 3)]);
  const tree = new Sequential([same(4, 4), same(4, 4), same(4, 4), joined]);
  const { module } = fuse(tree);
  expect(kinds(module)).toEqual(["0 Conv2d", "1 Conv2d", "2 Conv2d", "3 Conv2d"]);
  expect(verifyFusion(tree, module, { inputShape }).ok).toBe(true);
});

describe("a pooled head of an image without its batch axis", () => {
  const pooled = (channels: number, ...behind: readonly Module[]): Sequential =>
    new Sequential([new Conv2d(3, channels, 1), new AdaptiveAvgPool2d(1), new Flatten(), ...behind]);

  test.each([
    ["one channel", () => pooled(1, new Linear(1, 3)), 4],
    ["one channel, normalised", () => pooled(1, randomBatchNorm1d(1), new Linear(1, 3)), 4],
    ["one channel, read twice", () => pooled(1, new Sum([new Linear(1, 3), new Linear(1, 3)])), 4],
  ] as const)("%s: runs as before, where flattening makes [channels, 1] of it", (_, make, layers) => {
    const head = make();
    const { module, report } = fuse(head);
    expect(report.after.layers).toBe(layers);
    for (const shape of [
      [3, 5, 4],
      [2, 3, 5, 4],
    ]) {
      const x = randn(shape);
      expect(allclose(module.forward(x), head.forward(x), { rtol: 1e-4, atol: 1e-5 })).toBe(true);
    }
    expect(report.refused.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('(sizes: "given" with a batched inputShape would move them)'),
    );
    const given = fuse(head, { inputShape: [2, 3, 5, 4], sizes: "given" });
    expect(given.report.after.layers).toBeLessThan(layers);
    expect(given.report.fused.map(({ atGivenSizes }) => atGivenSizes)).toContain(true);
    expect(verifyFusion(head, given.module, { inputShape: [2, 3, 5, 4] }).ok).toBe(true);
  });

  test("what would refuse it anyway is fused: several features are read, or the image is normalised", () => {
    const heads = [
      pooled(2, new Linear(2, 3)),
      pooled(2, new Scale(2), randomBatchNorm1d(2)),
      pooled(2, new Scale(tensor([2, 3]))),
      new Sequential([
        new Conv2d(3, 1, 1),
        randomBatchNorm(1),
        new AdaptiveAvgPool2d(1),
        new Flatten(),
        new Linear(1, 4),
      ]),
    ];
    for (const head of heads) {
      expect(() => head.forward(randn([3, 5, 4]))).toThrow(ShapeError);
      const { module } = fuse(head);
      expect(module.children().get("0")).toBeInstanceOf(Identity);
      expect(verifyFusion(head, module, { inputShape: [2, 3, 5, 4] }).ok).toBe(true);
    }
  });
});

describe("flattening", () => {
  test("is no identity because of what stands beside it: other axes have to be flattened, or refused, as before", () => {
    const sum = new Sum([new Flatten(), new Flatten(), new Sequential([new Flatten(), new Identity()])]);
    for (const inputShape of [undefined, [2, 6]]) {
      const { module } = fuse(sum, inputShape ? { inputShape } : {});
      for (const shape of [
        [2, 6],
        [2, 3, 2],
      ])
        expect(module.forward(ones(shape)).shape).toEqual([2, 6]);
    }
    const mixed = fuse(new Sum([new Flatten(), new Flatten(), new Flatten(), new ReLU()]), {
      inputShape: [2, 6],
    }).module;
    expect(() => mixed.forward(randn([2, 3, 2]))).toThrow(ShapeError);
  });

  test("of what was flattened does nothing, also behind layers of features", () => {
    const body = [
      new Flatten(),
      new Linear(6, 4),
      new Flatten(),
      new Linear(4, 2),
      new ReLU(),
      new Flatten(),
    ];
    const { module } = fuse(new Sequential([...body, new Linear(2, 3)]));
    expect(kinds(module)).toEqual(["0 Flatten", "1 Linear", "4 ReLU", "5 Flatten", "6 Linear"]);
  });
});

describe("behind global pooling", () => {
  test("pointwise layers before it and batch norms after it fold into the linear layer", () => {
    const head = new Sequential({
      relu: new ReLU(),
      conv: new Conv2d(4, 6, 1),
      bn: randomBatchNorm(6),
      pool: new AdaptiveAvgPool2d(1),
      flat: new Flatten(),
      bn1d: randomBatchNorm1d(6),
      fc: new Linear(6, 3),
      norm: randomBatchNorm1d(3),
    });
    const { module, report } = fuse(head);
    expect(kinds(module)).toEqual([
      "relu ReLU",
      "conv Identity",
      "pool AdaptiveAvgPool2d",
      "flat Flatten",
      "bn1d Linear",
    ]);
    expect(report.fused.map((entry) => entry.sources)).toEqual([["conv", "bn", "bn1d", "fc", "norm"]]);
    expect(verifyFusion(head, module, { inputShape }).ok).toBe(true);
    expect(fuse(module).module).toBe(module);
  });

  test("a kxk before it stays, linear layers merge anywhere, batch norm needs vectors", () => {
    const head = new Sequential([
      new Conv2d(4, 6, 3),
      new AdaptiveAvgPool2d([1, 1]),
      new Flatten(),
      new Linear(6, 5),
      new Linear(5, 2, { bias: false }),
    ]);
    const { module } = fuse(head);
    expect(kinds(module)).toEqual(["0 Conv2d", "1 AdaptiveAvgPool2d", "2 Flatten", "3 Linear"]);
    expect(verifyFusion(head, module, { inputShape }).ok).toBe(true);
    const rows = new Sequential([new Linear(7, 3), randomBatchNorm1d(3)]);
    expect(fuse(rows).module).toBe(rows);
  });

  test("a sum that others read in part is looked at, whatever it is made of", () => {
    const linear = (): Linear => new Linear(3, 3, { bias: false });
    const head = new Sequential([
      new Concat([new Conv2d(1, 2, 1), new Identity()]),
      new AdaptiveAvgPool2d(1),
      new Flatten(),
      linear(),
      new Sum([new Sum([new Concat([new Identity()]), linear()]), new ReLU()]),
    ]);
    const { module } = fuse(head);
    expect(verifyFusion(head, module, { inputShape: [2, 1, 4, 5] }).ok).toBe(true);
    expect(fuse(module).module).toBe(module);
  });

  test("a pool to another size is no such pool, and channels that do not fit stay to throw", () => {
    const head = (pool: AdaptiveAvgPool2d, features: number): Sequential =>
      new Sequential([randomBatchNorm(4), pool, new Flatten(), new Linear(features, 2)]);
    const other = head(new AdaptiveAvgPool2d(2), 16);
    expect(fuse(other).module).toBe(other);
    const wrong = head(new AdaptiveAvgPool2d(1), 5);
    expect(fuse(wrong).module).toBe(wrong);
    expect(() => verifyFusion(wrong, wrong, { inputShape })).toThrow(ShapeError);
  });
});

describe("what is one convolution and yet stays", () => {
  test("a depthwise before a pointwise, unless a sum needs it", () => {
    const pair = new Sequential([new Conv2d(4, 4, 3, { groups: 4 }), new Conv2d(4, 4, 1)]);
    const alone = fuse(pair);
    expect(alone.module).toBe(pair);
    expect(alone.report.refused[0]?.reason).toBe(
      "not merged with what follows: left as it is: one convolution would need fewer groups and 144 weights instead of 52 (inside a Sum it would be merged all the same)",
    );
    const sum = new Sum([pair, new Conv2d(4, 4, 3)]);
    const { module } = fuse(sum);
    expect(module).toBeInstanceOf(Conv2d);
    expect(verifyFusion(sum, module, { inputShape }).ok).toBe(true);
  });

  test("grouped branches joined, unless a sum needs it", () => {
    const joined = new Concat([new Conv2d(4, 2, 3, { groups: 2 }), new Conv2d(4, 2, 3)]);
    expect(fuse(joined).module).toBe(joined);
    expect(fuse(joined).report.refused[0]?.reason).toMatch(/fewer groups and 144 weights instead of 108/);
    const sum = new Sum([joined, new Conv2d(4, 4, 3)]);
    expect(fuse(sum).module).toBeInstanceOf(Conv2d);
  });

  test("single layers, and layers that do nothing", () => {
    for (const module of [
      new BatchNorm2d(4),
      new AvgPool2d(2),
      new Sequential([new Conv2d(4, 4, 1), new Identity()]),
      new Sequential([]),
      new Sum([new Sequential([new Identity()])]),
    ]) {
      expect(fuse(module).module).toBe(module);
    }
  });

  test("what leaves the number of channels open", () => {
    const open = new Sum([new Identity(), new Scale(2)]);
    for (const unknown of [
      new Concat([new Identity(), new Scale(2)]),
      new Sequential([new Pad2d(1), new Scale(2)]),
    ]) {
      const reasons = fuse(unknown).report.refused.map(({ reason }) => reason);
      expect(reasons).toContain("nothing here tells the number of channels (inputShape would)");
    }
    expect(() => kernelOf(open)).toThrow("kernelOf: nothing here tells the number of channels");
    expect(() => kernelOf(new ReLU())).toThrow("kernelOf: ReLU is not linear");
    const closed = new Sum([open, new Conv2d(4, 4, 1)]);
    expect(fuse(closed).module).toBeInstanceOf(Conv2d);
  });

  test("numbers that float32 cannot hold", () => {
    const twice = new Sequential([new Scale(3e38), new Scale(3e38)]);
    expect(fuse(twice).module).toBe(twice);
    expect(fuse(twice).report.refused[0]?.reason).toMatch(/^the fused factor is not finite in float32; got/);
    const huge = new Sequential([new Scale(tensor([3e38, 1])), new Scale(tensor([3e38, 1]))]);
    const { module, report } = fuse(huge);
    expect(module).toBe(huge);
    expect(report.refused[0]?.reason).toBe(
      "the fused scale is not finite in float32; got index=0, value=9.000000032986535e+76",
    );
    const zero = new BatchNorm2d(2, { eps: 0, runningVar: tensor([1, 0]) });
    expect(fuse(new Sequential([new Conv2d(2, 2, 1), zero])).report.refused[0]?.reason).toBe(
      "variance + eps must be above 0; got channel=1, variance=0",
    );
  });
});

test("padding after a strided kxk is refused at the far side, where an odd size leaves a pixel over", () => {
  const tree = new Sequential([
    new Conv2d(4, 3, 2, { stride: 2, bias: false }),
    new Conv2d(3, 2, 3, {
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
  ]);
  expect(fuse(tree).module).toBe(tree);
  const above = new Sequential([
    new Conv2d(4, 3, 2, { stride: 2, bias: false }),
    new Conv2d(3, 2, 3, {
      padding: [
        [1, 0],
        [1, 0],
      ],
    }),
  ]);
  const { module } = fuse(above);
  expect(module).toBeInstanceOf(Conv2d);
  expect(verifyFusion(above, module, { inputShape: [1, 4, 9, 8] }).ok).toBe(true);
});

describe("trees that throw go on throwing", () => {
  test.each([
    ["channels that do not follow", new Sequential([new Conv2d(4, 3, 1), new Conv2d(5, 2, 1)])],
    ["branches of other inputs", new Sum([new Conv2d(4, 3, 1), new Conv2d(5, 3, 1)])],
    ["branches of other outputs", new Sum([new Conv2d(4, 3, 1), new Conv2d(4, 2, 1)])],
    ["an identity that does not fit", new Sum([new Conv2d(4, 3, 1), new Identity()])],
    ["joined images of other sizes", new Concat([new Conv2d(4, 3, 1), new Conv2d(4, 3, 3)])],
    ["a scale of other channels", new Sequential([new Conv2d(4, 3, 1), new Scale(tensor([1, 2]))])],
  ])("%s", (_, module) => {
    const fused = fuse(module).module;
    const x = randn(inputShape);
    expect(() => module.forward(x)).toThrow(ShapeError);
    expect(() => fused.forward(x)).toThrow(ShapeError);
    expect(() => evaluate(module, widened(x))).toThrow(ShapeError);
  });
});

describe("verifyFusion", () => {
  const conv = new Conv2d(4, 4, 1);

  test("says no to another shape, and to what it has no bound for", () => {
    const verdict = verifyFusion(conv, new Conv2d(4, 3, 1), { inputShape });
    expect(verdict.ok).toBe(false);
    expect(verdict.maxAbsDiff).toBeNaN();
    expect(String(verdict)).toBe(
      "NOT equal: the outputs' shapes differ, [2,4,6,7] before and [2,3,6,7] after",
    );
    class Unknown extends GELU {
      override forward(x: Tensor): Tensor {
        return super.forward(x);
      }
    }
    const unknown = verifyFusion(new Sequential([conv, new Unknown()]), conv, { inputShape, trials: 1 });
    expect(unknown.ok).toBe(false);
    expect(unknown.worst.bound).toBe(Number.POSITIVE_INFINITY);
    expect(String(unknown)).toMatch(
      /^not judged: .*\nreplaced subtrees: 1; how a layer in one of them rounds is not/,
    );
    const same = verifyFusion(conv, conv, { inputShape, trials: 1 });
    expect(String(same)).toMatch(/^equal within float32 rounding: .*\nreplaced subtrees: 0\n/);
  });

  test("goes into concatenations, pools and activations on both sides", () => {
    const inner = (): Module => new Sequential([new Conv2d(4, 4, 3), randomBatchNorm(4)]);
    const tree = new Sequential([
      new Concat({ a: new Sequential([inner(), new GELU()]), b: new Sequential([inner(), new ReLU()]) }),
      new AdaptiveAvgPool2d(2),
    ]);
    const { module } = fuse(tree);
    const verdict = verifyFusion(tree, module, { inputShape });
    expect(verdict.parts.map((part) => part.path)).toEqual(["0.a.0", "0.b.0"]);
    expect(verdict.ok, String(verdict)).toBe(true);
  });

  test("goes into products, whose branches are fused each for itself", () => {
    const inner = (): Module => new Sequential([new Conv2d(4, 4, 3), randomBatchNorm(4)]);
    const gate = new Sequential([inner(), new AdaptiveAvgPool2d(1), new Sigmoid()]);
    const tree = new Product({ a: inner(), b: inner(), gate });
    const { module } = fuse(tree);
    const verdict = verifyFusion(tree, module, { inputShape });
    expect(verdict.parts.map((part) => part.path)).toEqual(["a", "b", "gate.0"]);
    expect(verdict.ok, String(verdict)).toBe(true);
    const wrong = verifyFusion(tree, new Product({ a: conv, b: conv, gate }), { inputShape });
    expect(wrong.ok).toBe(false);
  });

  test("compares sequences whose names say nothing as wholes", () => {
    const tree = new Sequential({ a: conv, relu: new ReLU() });
    const renamed = new Sequential({ b: conv, relu: new ReLU() });
    expect(verifyFusion(tree, renamed, { inputShape }).parts.map((part) => part.path)).toEqual([""]);
  });

  test("refuses bad options", () => {
    expect(() => verifyFusion(conv, conv, { inputShape: [1, -4] })).toThrow("verifyFusion: every axis size");
    expect(() => verifyFusion(conv, conv, { inputShape, trials: 0.5 })).toThrow(
      "verifyFusion: trials must be",
    );
    expect(() => verifyFusion(conv, conv, { inputShape, seed: 0.5 })).toThrow(
      "verifyFusion: seed must be a whole number; got seed=0.5",
    );
    expect(() => verifyFusion(conv, conv, { inputShape: [4] })).toThrow(ShapeError);
    expect(() => verifyFusion(conv, conv, { inputShape: [1, 3, 7, 9] })).toThrow("conv2d: x has 3 channels");
  });

  test("reads images without a batch axis", () => {
    const tree = new Sequential([
      new Conv2d(4, 4, 3),
      new Pad2d([1, 0, 0, 2]),
      new AvgPool2d(2),
      new Concat([conv, conv]),
    ]);
    const shape = [4, 6, 7];
    const { module } = fuse(tree);
    expect(verifyFusion(tree, module, { inputShape: shape }).ok).toBe(true);
    const x = randn(shape);
    expect([...narrowed(evaluate(tree, widened(x))).shape]).toEqual(tree.forward(x).shape);
    const rows = new Linear(3, 2);
    expect(() => evaluate(rows, widened(x))).toThrow("evaluate: the last axis of x must hold 3 features");
    expect(() => evaluate(new AvgPool2d(1), widened(randn([4])))).toThrow(ShapeError);
  });
});

describe("transforms refuse what is not exact", () => {
  const kernel = identityKernel(4);
  const biased = new Conv2d(4, 4, 1);

  test.each([
    [() => addKernels([]), "addKernels: there is nothing to combine"],
    [
      () => averagePoolKernel(new AvgPool2d(2, { ceilMode: true }).settings),
      "averagePoolKernel: ceilMode lets the last window hang over the border; got stride=[2,2]",
    ],
    [
      () => averagePoolKernel(new AvgPool2d(3, { padding: 1, countIncludePad: false }).settings),
      "averagePoolKernel: countIncludePad: false divides by less at the border; got padding=[1,1]",
    ],
    [
      () => batchNormKernel(new BatchNorm2d(2, { training: true })),
      "batchNormKernel: in training mode it normalises with the batch's own statistics",
    ],
    [
      () => embedKernel(kernel, [3, 3], [3, 0]),
      "embedKernel: the kernel must fit into the larger one at its offset; got kernel=[1,1], kernelSize=[3,3], offset=[3,0]",
    ],
    [
      () => regroupKernel(kernel, 3),
      "regroupKernel: groups must divide the kernel's groups; got groups=3, kernel.groups=4",
    ],
    [
      () =>
        paddingKernel(
          [
            [-1, 0],
            [0, 0],
          ],
          "zeros",
        ),
      "paddingKernel: padding with a negative amount; got padding=[[-1,0],[0,0]]",
    ],
    [
      () => mergeSequence(kernel, identityKernel(3)),
      "mergeSequence: the second convolution reads another number of channels; got first=4, second=3",
    ],
  ])("%#", (run, message) => {
    expect(run).toThrow(FusionError);
    expect(run).toThrow(message);
  });

  test("and shapes that do not fit", () => {
    expect(() => scaleKernel(kernel, [1, 2])).toThrow(
      'scaleKernel: scale must hold one factor for each of 4 channels; got scale="2 values"',
    );
    expect(() => plainKernel(new Float64Array(3), [2, 2, 1, 1])).toThrow(ShapeError);
    expect(plainKernel(new Float64Array(4), [2, 2, 1, 1]).axes).toEqual([plainAxis(1), plainAxis(1)]);
    expect(perChannel(identityKernel(1), 3).groups).toBe(3);
    expect(() => fuse(biased, { inputShape: [1, 5, 2, 2] })).toThrow(ShapeError);
  });

  test("an error that is no refusal comes through", () => {
    const broken = new Proxy(biased, {
      get: (target, name) => {
        if (name === "weight") throw new RangeError("broken");
        return Reflect.get(target, name, target);
      },
    });
    expect(() => fuse(new Sum([broken, biased]))).toThrow("broken");
  });
});

function randomBatchNorm1d(features: number): BatchNorm1d {
  const { weight, bias, runningMean, runningVar } = randomBatchNorm(features);
  return new BatchNorm1d(features, {
    runningMean,
    runningVar,
    ...(weight && { weight }),
    ...(bias && { bias }),
  });
}
