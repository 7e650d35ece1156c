import { inspect } from "node:util";
import { expect, test } from "vitest";
import { conv2dOfKernel } from "../../src/fuse/tree/realise.js";
import {
  Composition,
  Conv2d,
  kernelOf,
  type Module,
  manualSeed,
  Sequential,
  type Tensor,
  verifyFusion,
  type Wiring,
} from "../../src/index.js";

manualSeed(12);

test("a name that stands for other neighbours than it did: the sequences are compared as wholes", () => {
  const [a, b, c] = [new Conv2d(3, 8, 3), new Conv2d(8, 4, 1), new Conv2d(4, 4, 2)];
  // "a" is what "a" and "b" were, so that "b" reads 4 channels now, where "b" read 8.
  const merged = conv2dOfKernel(kernelOf(new Sequential([a, b])));
  const after = new Sequential({ a: merged, b: c });
  const { ok, parts } = verifyFusion(new Sequential({ a, b, c }), after, { inputShape: [1, 3, 7, 6] });
  expect(ok).toBe(true);
  expect(parts.map(({ path }) => path)).toEqual([""]);
  const wrong = new Sequential({ a: merged, b: new Conv2d(4, 4, 2) });
  expect(verifyFusion(new Sequential({ a, b, c }), wrong, { inputShape: [1, 3, 7, 6] }).ok).toBe(false);
});

test("a verdict shows itself as text, in notebooks too, and deep inside something else as a word", () => {
  const layer = new Conv2d(2, 2, 1);
  const verdict = verifyFusion(layer, layer, { inputShape: [1, 2, 3, 3], trials: 1 });
  const show = verdict as unknown as { [display: symbol]: () => Readonly<Record<string, string>> };
  expect(show[Symbol.for("Jupyter.display")]?.()).toEqual({ "text/plain": String(verdict) });
  expect(inspect({ a: verdict }, { depth: 0 })).toBe("{ a: [Verification] }");
});

test("behind a layer of which nothing is known a weight of zero says no more: not judged", () => {
  class Own extends Conv2d {
    override forward(x: Tensor) {
      return super.forward(x);
    }
  }
  class Chain extends Composition {
    override connect<Wire>(x: Wire, { child }: Wiring<Wire>): Wire {
      return child("b", child("a", x));
    }

    override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
      return new Chain(this.replaced(children));
    }
  }
  const last = new Conv2d(2, 2, 1);
  last.weight.data[0] = 0;
  const layers = { a: new Own(2, 2, 1), b: last };
  const verdict = verifyFusion(new Chain(layers), new Sequential(layers), { inputShape: [1, 2, 3, 3] });
  expect(verdict.ok).toBe(true);
  const other = { ...layers, b: new Conv2d(2, 2, 1, { weight: last.weight }) };
  const apart = verifyFusion(new Chain(layers), new Sequential(other), { inputShape: [1, 2, 3, 3] });
  expect(apart.ok).toBe(false);
  expect(String(apart)).toMatch(/^not judged/);
});
