import * as core from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { decode, goldens, hash } from "../../../../test/support/goldens.js";

type Layer = new (...args: unknown[]) => core.Module;

/** A layer by PyTorch's name for it; its arguments, then its options where it has any. */
function made(kind: string, args: readonly unknown[], options: object): core.Module {
  const Kind = new Map<string, unknown>(Object.entries(core)).get(kind) as Layer;
  return Object.keys(options).length > 0 ? new Kind(...args, options) : new Kind(...args);
}

interface Drawn {
  readonly seed: number;
  readonly layers: readonly {
    readonly kind: string;
    readonly args: readonly unknown[];
    readonly options: object;
    readonly repr: string;
    readonly tensors: Readonly<Record<string, { readonly shape: number[]; readonly sha256: string }>>;
  }[];
}

describe.each(goldens<Drawn>("layer-ranks"))("six layers after manualSeed($seed)", ({ seed, layers }) => {
  test("hold PyTorch's initial weights, bit for bit, and print as PyTorch's", () => {
    core.manualSeed(seed);
    for (const { kind, args, options, repr, tensors } of layers) {
      const layer = made(kind, args, options);
      expect(String(layer)).toBe(repr);
      const own = [...layer.parameters()].map(([name, x]) => [name, { shape: x.shape, sha256: hash(x) }]);
      expect(Object.fromEntries(own), repr).toEqual(tensors);
    }
  });

  test("take a checkpoint by PyTorch's names, and compute with it", () => {
    for (const { kind, args, options, tensors } of layers) {
      const layer = made(kind, args, options);
      const given = Object.entries(tensors).map(([name, { shape }]) => [name, core.ones(shape)] as const);
      const loaded = core.loadStateDict(layer, new Map([...layer.buffers(), ...given]));
      for (const [name, x] of loaded.parameters())
        expect(
          x.data.every((value) => value === 1),
          name,
        ).toBe(true);
      expect(String(loaded)).toBe(String(layer));
    }
  });
});

interface Result {
  readonly seed: number;
  readonly kind: string;
  readonly args: readonly unknown[];
  readonly options: object;
  readonly repr: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly data: string;
}

/** What a case's tensors hold after x has been drawn. */
function drawnTensors(layer: core.Module): Map<string, core.Tensor> {
  return new Map(
    [...core.stateDict(layer)].map(([name, { shape }]) => {
      const numbers = core.randn(shape);
      return [name, name === "running_var" ? core.add(core.mul(numbers, numbers), 0.5) : numbers];
    }),
  );
}

test.each(goldens<Result>("layer-results"))("$repr of $x gives what PyTorch gives", (c) => {
  const layer = made(c.kind, c.args, c.options);
  expect(String(layer)).toBe(c.repr);
  core.manualSeed(c.seed);
  const x = core.mul(core.randn(c.x), 3);
  const y = core.loadStateDict(layer, drawnTensors(layer)).forward(x);
  const want = decode(c.data, c.y);
  expect(y.shape).toEqual([...c.y]);
  // Both sides compute in float64 and round once, and may differ in the last bits of float64.
  y.data.forEach((value, i) => {
    const expected = want.data[i] as number;
    const tolerance = 2 ** -23 * Math.abs(expected) + 1e-14;
    expect(Math.abs(value - expected), `${i}: ${value} against ${expected}`).toBeLessThanOrEqual(tolerance);
  });
});

test.each(goldens<Result>("layer-results"))("$repr of $x is what it states: proven within its bound", (c) => {
  const layer = made(c.kind, c.args, c.options);
  if (core.operationOf(layer)?.kind === "opaque" || c.x.length < 3) return;
  const { ok } = core.verifyFusion(layer, new core.Sequential([layer]), { inputShape: [...c.x], trials: 2 });
  expect(ok).toBe(true);
});

test.each([
  [new core.Conv1d(2, 3, 3, { padding: 1 }), [2, 2, 5]],
  [new core.Conv3d(2, 3, 3, { padding: 1 }), [2, 2, 3, 4, 5]],
  [new core.Sequential([new core.Conv3d(2, 3, 1), new core.ReLU()]), [2, 3, 4, 5]],
  [new core.Linear(4, 3), [2, 4]],
])("Concat joins what %s gives along the channels, as costs, fusing and proofs take it", (branch, shape) => {
  const x = core.randn(shape);
  const axis = shape.length === 4 ? 0 : 1;
  const tree = new core.Concat([branch, branch, new core.Scale(2)]);
  const y = tree.forward(x);
  const alone = branch.forward(x);
  expect(y.shape).toEqual(core.cat([alone, alone, core.mul(x, 2)], axis).shape);
  expect(core.maxAbsDiff(y, core.cat([alone, alone, core.mul(x, 2)], axis))).toBe(0);
  expect(core.cost(tree, shape).outputShape).toEqual(y.shape);
  if (shape.length === 4) return;
  const { module } = core.fuse(tree, { inputShape: shape });
  const verdict = core.verifyFusion(tree, module, { inputShape: shape, trials: 2 });
  expect(verdict.ok, String(verdict)).toBe(true);
});

test("Scale by a number multiplies by its float32 neighbour, and keeps the sign of zero", () => {
  const x = core.tensor([3, -0, 1e-3, -7.25, 0.3]);
  const y = new core.Scale(0.1).forward(x);
  expect([...y.data]).toEqual([...core.mul(x, 0.1).data]);
  expect(Object.is(y.data[1], -0)).toBe(true);
});
