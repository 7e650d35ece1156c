import { expect, test } from "vitest";
import { byProducts } from "../../src/engines/reference/by-products.js";
import { reference } from "../../src/engines/reference/index.js";
import { product } from "../../src/tensor/tensor.js";
import { Draw, drawGeometry, weightLength } from "./random-geometry.js";

test("60 convolutions as matrix products: the reference engine's bits", () => {
  for (let seed = 0; seed < 60; seed++) {
    const d = new Draw(seed);
    const g = drawGeometry(d);
    const x = d.values(g.batch * g.inChannels * product(g.inSize));
    const weight = d.values(weightLength(g));
    const bias = seed % 2 === 0 ? d.values(g.outChannels) : undefined;
    const [want, got] = [reference, byProducts].map((engine) => {
      const out = new Float32Array(g.batch * g.outChannels * product(g.outSize));
      engine.conv(x, weight, bias, out, g);
      return out;
    });
    expect(got, `seed ${seed}`).toEqual(want);
  }
});
