import { expect, test } from "vitest";
import { Conv2d, fuse, Identity, Module, manualSeed, Sequential, Sum, type Tensor } from "../../src/index.js";
import { randomBatchNorm } from "./layers.js";

manualSeed(8);

function rangeOf(path: string, values: ArrayLike<number>) {
  return { path, min: Math.min(...Array.from(values)), max: Math.max(...Array.from(values)) };
}

test("a sequence: the weights of each convolution in it, as they are", () => {
  const convolution = new Conv2d(3, 4, 3);
  const { report } = fuse(new Sequential({ conv: convolution, bn: randomBatchNorm(4) }));
  expect(report.fused[0]?.rangesBefore).toEqual([rangeOf("conv", convolution.weight.data)]);
});

test("a branch that is one convolution: its folded weights; one that is none: the convolutions in it", () => {
  const [a, b, c] = [new Conv2d(2, 4, 1), new Conv2d(4, 2, 3, { padding: 1 }), new Conv2d(2, 2, 1)];
  const { report } = fuse(new Sum({ deep: new Sequential({ a, b }), point: c }));
  // The first branch's bias meets the border of the second convolution, so that it is one no more.
  expect(report.fused).toEqual([]);
  const sum = new Sum({ deep: new Sequential({ c, id: new Identity() }), skip: new Identity() });
  expect(fuse(sum).report.fused[0]?.rangesBefore).toEqual([
    rangeOf("deep", c.weight.data),
    rangeOf("skip", [1]),
  ]);
});

/** Its children run one after another, but only it knows that. */
class Opaque extends Module {
  override get typeName() {
    return "Opaque";
  }

  readonly #child: Module;

  constructor(child: Module) {
    super();
    this.#child = child;
  }

  override children() {
    return new Map([["inside", this.#child]]);
  }

  override forward(x: Tensor) {
    return this.#child.forward(x);
  }

  override rebuild(_tensors: unknown, children: ReadonlyMap<string, Module>) {
    return new Opaque(children.get("inside") ?? this.#child);
  }
}

test("inside of what is opaque, names begin at the whole", () => {
  const convolution = new Conv2d(3, 4, 3);
  const block = new Opaque(new Sequential({ conv: convolution, bn: randomBatchNorm(4) }));
  const { report } = fuse(new Sequential({ block }));
  expect(report.fused[0]?.sources).toEqual(["block.inside"]);
  expect(report.fused[0]?.rangesBefore).toEqual([rangeOf("block.inside.conv", convolution.weight.data)]);
});
