import {
  BatchNorm2d,
  Composition,
  Conv2d,
  fuse,
  Module,
  manualSeed,
  ReLU,
  Sequential,
  type Tensor,
  verifyFusion,
  type Wiring,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { randomStatistics } from "./layers.js";

manualSeed(14);

/** Adds its two branches. */
class Both extends Composition {
  override get typeName(): string {
    return "Both";
  }

  override connect<T>(x: T, { child, meet }: Wiring<T>): T {
    return meet({ kind: "add" }, [child("left", x), child("right", x)]);
  }

  override rebuild(_tensors: ReadonlyMap<string, Tensor>, children: ReadonlyMap<string, Module>): Both {
    return new Both(this.replaced(children));
  }
}

/** One after the other, which nobody is told. */
class Unknown extends Module {
  readonly parts: Readonly<Record<string, Module>>;

  constructor(parts: Readonly<Record<string, Module>>) {
    super();
    this.parts = parts;
  }

  override get typeName(): string {
    return "Unknown";
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map(Object.entries(this.parts));
  }

  override forward(x: Tensor): Tensor {
    return Object.values(this.parts).reduce((y, part) => part.forward(y), x);
  }

  override rebuild(_tensors: ReadonlyMap<string, Tensor>, children: ReadonlyMap<string, Module>): Unknown {
    return new Unknown({ ...this.parts, ...Object.fromEntries(children) });
  }
}

const conv = (): Conv2d => new Conv2d(4, 4, 3, { padding: 1, bias: false });
const norm = (): BatchNorm2d => new BatchNorm2d(4, randomStatistics(4));

/** Parameters with both settings of growth, where the proof accepts what was made. */
function parameters(module: Module): {
  readonly before: number;
  readonly any: number;
  readonly none: number;
} {
  const [any, none] = (["any", "none"] as const).map((growth) => {
    const { module: fused, report } = fuse(module, { growth });
    expect(verifyFusion(module, fused, { inputShape: [2, 4, 6, 5], trials: 1 }).ok).toBe(true);
    expect(fuse(fused, { growth }).module).toBe(fused);
    return report;
  });
  return {
    before: any?.before.parameters ?? 0,
    any: any?.after.parameters ?? 0,
    none: none?.after.parameters ?? 0,
  };
}

describe("growth none: weights that are held once stay held once", () => {
  test("a convolution in two places, each with a norm of its own", () => {
    const shared = conv();
    const heads = new Both({
      left: new Sequential([shared, norm(), new ReLU()]),
      right: new Sequential([shared, norm()]),
    });
    expect(parameters(heads)).toEqual({ before: 144 + 16, any: 2 * 148, none: 144 + 16 });
    const { refused } = fuse(heads, { growth: "none" }).report;
    expect(refused.map(({ path, reason }) => `${path}: ${reason}`)).toContain(
      "left.1: left as it is: its weights are used in several places, and with a copy in each there would be 288 weights instead of 152",
    );
  });

  test("where both places do the same there is one layer in both, counted once", () => {
    const shared = new Sequential([conv(), norm()]);
    const heads = new Both({
      left: new Sequential([shared, new ReLU()]),
      right: new Sequential([new ReLU(), shared]),
    });
    expect(parameters(heads)).toEqual({ before: 144 + 8, any: 148, none: 148 });
  });

  test("what does the same in both places is still fused where what follows one of them is not", () => {
    const shared = new Sequential([conv(), norm()]);
    const heads = new Both({
      left: new Sequential([shared, norm(), new ReLU()]),
      right: new Sequential([new ReLU(), shared]),
    });
    expect(parameters(heads)).toEqual({ before: 144 + 16, any: 2 * 148, none: 148 + 8 });
  });

  test("a twentieth more is no growth: a large convolution beside a small shared one", () => {
    const shared = new Conv2d(4, 4, 1, { groups: 4, bias: false });
    const large = new Conv2d(4, 4, 5, { padding: 2, bias: false });
    const heads = new Both({
      left: new Sequential([large, shared, new ReLU()]),
      right: new Sequential([new ReLU(), shared]),
    });
    expect(parameters(heads)).toEqual({ before: 404, any: 404, none: 404 });
    const { fused } = fuse(heads, { growth: "none" }).report;
    expect(fused.map(({ sources }) => sources)).toEqual([["left.0", "left.1"]]);
  });

  test("also where the places are in parts that are fused by themselves", () => {
    const shared = conv();
    const part = (): Module => new Unknown({ only: new Sequential([shared, norm()]) });
    expect(parameters(new Both({ left: part(), right: part() })).none).toBe(144 + 16);
    expect(parameters(new Both({ left: part(), right: shared })).none).toBe(144 + 8);
    expect(parameters(new Unknown({ a: new Sequential([shared, norm()]), b: shared })).none).toBe(144 + 8);
    const twice = part();
    expect(parameters(new Both({ left: twice, right: twice }))).toEqual({ before: 152, any: 148, none: 148 });
  });
});
