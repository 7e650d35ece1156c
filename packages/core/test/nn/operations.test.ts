import { expect, test } from "vitest";
import {
  Composition,
  Conv2d,
  compile,
  cost,
  ecbsrM4C16,
  fuse,
  Identity,
  Linear,
  type Module,
  manualSeed,
  maxAbsDiff,
  type NamedModules,
  type NamedTensors,
  ReLU,
  randn,
  Sequential,
  Sum,
  type Tensor,
  verifyFusion,
  type Wiring,
} from "../../src/index.js";
import { operationOf } from "../../src/nn/layer.js";
import { evaluate } from "../../src/proof/evaluation/evaluate.js";
import { widened } from "../../src/proof/evaluation/wide.js";
import { randomBatchNorm } from "../fuse/layers.js";

/** Only names its weight differently. */
class Renamed extends Conv2d {
  override ownParameters(): NamedTensors {
    return new Map([["kernel", this.weight]]);
  }
}

/** Computes something else, and says nothing of it. */
class Doubled extends Conv2d {
  override forward(x: Tensor): Tensor {
    return super.forward(super.forward(x));
  }
}

/** x + body(x), with wires of its own. */
class Residual extends Composition {
  override get typeName(): string {
    return "Residual";
  }

  override connect<Wire>(x: Wire, wiring: Wiring<Wire>): Wire {
    return wiring.meet({ kind: "add" }, [x, wiring.child("body", x)]);
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Residual {
    return new Residual(this.replaced(children));
  }
}

/** Sums that come out halved: its parent's wires, and another forward. */
class Halved extends Sum {
  override forward(x: Tensor): Tensor {
    const out = super.forward(x);
    out.data.forEach((value, i) => {
      out.data[i] = value / 2;
    });
    return out;
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Halved {
    return new Halved(this.replaced(children));
  }
}

const options = { padding: 1, bias: false } as const;

test("a subclass that only names its tensors differently is its parent everywhere: fused, proven, counted, planned", () => {
  manualSeed(1);
  const conv = new Renamed(3, 3, 3, options);
  expect(operationOf(conv)?.kind).toBe("conv");
  const tree = new Sequential([conv, randomBatchNorm(3)]);
  const { module } = fuse(tree);
  expect(module).toBeInstanceOf(Conv2d);
  expect(verifyFusion(tree, module, { inputShape: [1, 3, 5, 6], trials: 2 }).ok).toBe(true);
  expect(cost(conv, [1, 3, 5, 6]).macs).toBe(3 * 27 * 30);
  const plan = compile(conv, { inputShape: [1, 3, 5, 6] });
  expect(plan.profile(randn([1, 3, 5, 6])).map(({ kernel }) => kernel)).not.toContain("layer by layer");
});

test("a forward of its own makes a layer unknown: it is run as it is, and nothing around it is taken in", () => {
  manualSeed(2);
  const layer = new Doubled(2, 2, 3, options);
  expect(operationOf(layer)).toBeUndefined();
  const tree = new Sequential([layer, randomBatchNorm(2)]);
  expect(fuse(tree).module).toBe(tree);
  const x = randn([1, 2, 5, 6]);
  expect(compile(layer, { inputShape: x.shape }).run(x)).toEqual(layer.forward(x));
  expect(cost(layer, x.shape).macs).toBe(0);
  expect(evaluate(layer, widened(x)).errors.every((error) => error === Number.POSITIVE_INFINITY)).toBe(true);
  const halved = new Halved([new Conv2d(2, 2, 1), new Identity()]);
  expect(fuse(halved).module).toBe(halved);
  expect(maxAbsDiff(compile(halved, { inputShape: x.shape }).run(x), halved.forward(x))).toBe(0);
});

test("a composition's own wires serve forward, costs, proofs and plans", () => {
  manualSeed(3);
  const body = new Sequential([new Conv2d(4, 4, 3, options), randomBatchNorm(4), new ReLU()]);
  const tree = new Sequential([new Residual({ body }), new Conv2d(4, 2, 1)]);
  const x = randn([1, 4, 6, 7]);
  const { module } = fuse(tree);
  const verdict = verifyFusion(tree, module, { inputShape: x.shape, trials: 2 });
  expect(verdict.ok, String(verdict)).toBe(true);
  expect(verdict.parts.map(({ path }) => path)).toEqual(["0.body.0"]);
  expect(cost(tree, x.shape).layers.map(({ kind }) => kind)).toEqual([
    "Conv2d",
    "BatchNorm2d",
    "ReLU",
    "Residual",
    "Conv2d",
  ]);
  const plan = compile(tree, { inputShape: x.shape });
  expect(maxAbsDiff(plan.run(x), tree.forward(x))).toBeLessThan(1e-5);
  expect(plan.profile(x).map(({ kernel }) => kernel)).not.toContain("layer by layer");
});

test("no convolution of an unfused ECBSR is run layer by layer", () => {
  const network = ecbsrM4C16();
  const x = randn([1, 1, 12, 10]);
  const plan = compile(network, { inputShape: x.shape });
  const called = plan.profile(x).filter(({ kernel }) => kernel === "layer by layer");
  expect([...new Set(called.map(({ label }) => label))].sort()).toEqual(["Concat", "PReLU", "PixelShuffle"]);
  expect(maxAbsDiff(plan.run(x), network.forward(x))).toBeLessThan(1e-5);
});

test("what a layer states is of the tensors that it holds", () => {
  const layers: readonly Module[] = [new Conv2d(2, 3, 1), new Linear(2, 3)];
  for (const layer of layers)
    expect(operationOf(layer)).toMatchObject({ weight: layer.parameters().get("weight") });
});
