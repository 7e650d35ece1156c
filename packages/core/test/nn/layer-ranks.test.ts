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
  if (layer.op === undefined || c.x.length < 3) return;
  const { ok } = core.verifyFusion(layer, new core.Sequential([layer]), { inputShape: [...c.x], trials: 2 });
  expect(ok).toBe(true);
});
