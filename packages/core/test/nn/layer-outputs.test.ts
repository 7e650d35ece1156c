import {
  Flatten,
  GELU,
  loadStateDict,
  MaxPool2d,
  type Module,
  manualSeed,
  maxUlp,
  mul,
  PixelShuffle,
  PReLU,
  randn,
  Sigmoid,
  squeezeExcitation,
  stateDict,
  type Tensor,
  tensor,
} from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";

interface Case {
  readonly seed: number;
  readonly kind: string;
  readonly args: readonly never[];
  readonly x: readonly number[];
  /** The shapes of tensors that are drawn after x, in the order in which the layer names them. */
  readonly drawn: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly data: string;
}

const layers: Readonly<Record<string, (args: readonly never[], drawn: readonly Tensor[]) => Module>> = {
  MaxPool2d: ([kernel, options]) => new MaxPool2d(kernel as never, options),
  PReLU: ([channels], [weight]) => new PReLU(channels as never, weight),
  PixelShuffle: ([r]) => new PixelShuffle(r as never),
  GELU: () => new GELU(),
  Sigmoid: () => new Sigmoid(),
  Flatten: () => new Flatten(),
  squeezeExcitation: ([channels, squeezed], drawn) => {
    const block = squeezeExcitation(channels as never, squeezed as never);
    const names = [...stateDict(block).keys()];
    return loadStateDict(block, new Map(names.map((name, i) => [name, drawn[i] as Tensor])));
  },
};

test.each(goldens<Case>("layer-outputs"))("$kind($args) of $x gives what PyTorch gives", (c) => {
  manualSeed(c.seed);
  const x = randn(c.x);
  const drawn = c.drawn.map((shape) => randn(shape));
  const [kind = "", factor] = c.kind.split(" times ");
  const layer = (layers[kind] as (typeof layers)[string])(c.args, drawn);
  const y = layer.forward(factor === undefined ? x : mul(x, Number(factor)));
  const want = decode(c.data, c.y);
  expect(y.shape).toEqual([...c.y]);
  // The gate sums in float32 on the way, and where a function is nearly 0 by cancellation, PyTorch's float64 has few digits of it.
  const absolute = kind === "squeezeExcitation" ? 1e-5 : factor === undefined ? 0 : 1e-14;
  // Functions that both sides compute in float64 may differ in its last bits.
  const ulp = ["GELU", "Sigmoid"].includes(kind) ? 1 : 0;
  y.data.forEach((value, i) => {
    const expected = want.data[i] as number;
    if (Math.abs(value - expected) > absolute)
      expect(maxUlp(tensor([value]), tensor([expected]))).toBeLessThanOrEqual(ulp);
  });
});
