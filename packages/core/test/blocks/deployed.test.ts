import { beforeEach, describe, expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";
import {
  BatchNorm2d,
  Conv2d,
  dbbResNet18,
  ecbsrM4C16,
  fuse,
  Identity,
  loadStateDict,
  type Module,
  manualSeed,
  maxAbsDiff,
  mobileOneS0,
  ReLU,
  randn,
  repVggA0,
  repVggBlock,
  Sequential,
  Sum,
  stateDict,
  verifyFusion,
} from "../../src/index.js";
import { type BlockGolden, drawnState, goldenBlocks, published } from "./published.js";

/** What the authors' inference code calls the tensors of a block, and their shapes. */
interface Deployed {
  readonly name: string;
  readonly source: string;
  readonly state: Readonly<Record<string, readonly number[]>>;
}

const networks: Readonly<Record<string, () => Module>> = { repVggA0, mobileOneS0, dbbResNet18, ecbsrM4C16 };
const cases = goldens<Deployed>("deployed");

beforeEach(() => manualSeed(13));

/** Names and shapes, but for the batch counters, which PyTorch does not miss and nothing here has. */
function shapes(state: Iterable<readonly [string, readonly number[]]>): Record<string, number[]> {
  const counted = [...state].filter(([name]) => !name.endsWith("num_batches_tracked"));
  return Object.fromEntries(counted.map(([name, shape]) => [name, [...shape]]));
}

const shapesOf = (module: Module): Record<string, number[]> =>
  shapes([...stateDict(module)].map(([name, { shape }]) => [name, shape]));

test("every published block and network has its names", () => {
  expect(cases.map(({ name }) => name)).toEqual([...Object.keys(published), ...Object.keys(networks)]);
});

test.each(cases)("$name: fused as $source names it", ({ name, state }) => {
  const make = { ...published, ...networks }[name] as () => Module;
  const { module, report } = fuse(make(), { deploy: true });
  expect(shapesOf(module)).toEqual(shapes(Object.entries(state)));
  expect(report.refused).toEqual([]);
});

test.each(goldens<BlockGolden>("blocks"))("$name: deployed, it gives what PyTorch gives", (golden) => {
  const block = (goldenBlocks[golden.name] as () => Module)();
  manualSeed(golden.seed);
  const x = randn(golden.x);
  const loaded = loadStateDict(block, drawnState(golden, block));
  const { module, report } = fuse(loaded, { deploy: true });
  const want = decode(golden.data, golden.y);
  const scale = Math.max(...want.data.map(Math.abs));
  expect(maxAbsDiff(module.forward(x), want)).toBeLessThan(2e-6 * scale);
  const verdict = verifyFusion(loaded, module, { inputShape: golden.x, trials: 2 });
  expect(verdict.ok, String(verdict)).toBe(true);
  // What is reported is what stands there.
  for (const { path } of report.fused) expect([...stateDict(module).keys()]).toContain(`${path}.weight`);
  expect(report.after.parameters).toBe([...module.parameters().values()].reduce((n, t) => n + t.size, 0));
});

test("a whole network, deployed, is equal within rounding, part by part", () => {
  const before = ecbsrM4C16();
  const { module, report } = fuse(before, { deploy: true, inputShape: [1, 1, 12, 9] });
  const verdict = verifyFusion(before, module, { inputShape: [1, 1, 12, 9], trials: 1 });
  expect(verdict.ok, String(verdict)).toBe(true);
  expect(verdict.parts.map(({ path }) => path)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `backbone.${n}`));
  expect(report.fused.map(({ path }) => path)).toEqual(
    [0, 1, 2, 3, 4, 5].map((n) => `backbone.${n}.conv3x3`),
  );
});

describe("deploy", () => {
  const own = (deployedAs?: string): Sequential =>
    new Sequential({
      stem: new Sequential({ conv: new Conv2d(3, 3, 1), bn: new BatchNorm2d(3) }),
      block: new Sum([new Conv2d(3, 3, 3, { padding: 1 }), new Identity()], { deployedAs }),
      relu: new ReLU(),
    });

  test("leaves alone what has no name, though it could be fused, also with its neighbour", () => {
    const before = own("fused");
    const { module } = fuse(before, { deploy: true });
    expect([...module.parameters().keys()]).toEqual([
      ...["stem.conv.weight", "stem.conv.bias", "stem.bn.weight", "stem.bn.bias"],
      ...["block.fused.weight", "block.fused.bias"],
    ]);
    expect(module.children().get("stem")).toBe(before.children().get("stem"));
    expect([...fuse(before).module.parameters().keys()]).toEqual([
      ...["stem.weight", "stem.bias"],
      ...["block.weight", "block.bias"],
    ]);
  });

  test("an empty name is the composition's own place", () => {
    const { module } = fuse(own(""), { deploy: true });
    expect(module.children().get("block")).toBeInstanceOf(Conv2d);
  });

  test("a composition that is not one layer stays, with all of its names, and the report says why", () => {
    const training = new Sum([new Conv2d(3, 3, 3, { padding: 1 }), new BatchNorm2d(3, { training: true })], {
      deployedAs: "fused",
    });
    const before = new Sequential({ a: training, b: repVggBlock(3, 3) });
    const { module, report } = fuse(before, { deploy: true });
    expect(module.children().get("a")).toBe(training);
    expect(report.fused.map(({ path, sources }) => [path, sources])).toEqual([["b.rbr_reparam", ["b"]]]);
    expect(report.refused).toEqual([
      {
        path: "a",
        reason:
          "in training mode it normalises with the batch's own statistics; its branches start from different values",
      },
    ]);
  });

  test("goes with only and keep", () => {
    const before = new Sequential({ a: repVggBlock(3, 3), b: repVggBlock(3, 3), c: repVggBlock(3, 3) });
    const { module, report } = fuse(before, { deploy: true, only: ["a", "c"], keep: ["c"] });
    expect(report.fused.map(({ path }) => path)).toEqual(["a.rbr_reparam"]);
    expect(report.refused.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "b not among what was asked for",
      "c kept as asked",
    ]);
    expect(module.children().get("b")).toBe(before.children().get("b"));
    const inside = fuse(before, { deploy: true, keep: ["a.rbr_1x1"] }).report;
    expect(inside.fused.map(({ path }) => path)).toEqual(["b.rbr_reparam", "c.rbr_reparam"]);
    expect(inside.refused[0]?.reason).toBe("its branches start from different values");
  });

  test("what a block in two places became is in two places too", () => {
    const shared = repVggBlock(3, 3);
    const { module } = fuse(new Sequential({ a: shared, b: shared }), { deploy: true });
    expect(module.children().get("a")).toBe(module.children().get("b"));
  });

  test("loading keeps the names", () => {
    const block = repVggBlock(3, 3);
    const loaded = loadStateDict(block, stateDict(repVggBlock(3, 3)));
    expect([...fuse(loaded, { deploy: true }).module.parameters().keys()]).toEqual([
      "rbr_reparam.weight",
      "rbr_reparam.bias",
    ]);
  });

  test("refuses a tree in which nothing has a name, and what is no name", () => {
    expect(() => fuse(own(), { deploy: true })).toThrow(
      "fuse: deploy needs a composition with a deployedAs, and there is none; got deploy=true",
    );
    expect(() => fuse(own("x"), { deploy: "yes" as never })).toThrow(
      'fuse: deploy must be true or false; got deploy="yes"',
    );
    expect(() => own("a.b")).toThrow('Sum: deployedAs must be a name without dots; got deployedAs="a.b"');
    expect(() => new Sequential([new ReLU()], { deployedAs: 3 as never })).toThrow(
      "Sequential: deployedAs must be a name without dots; got deployedAs=3",
    );
  });
});
