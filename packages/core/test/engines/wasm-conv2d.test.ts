import { describe, expect, test } from "vitest";
import type { ConvGeometry } from "../../src/engines/engine.js";
import { reference } from "../../src/engines/reference/index.js";
import { WasmEngine } from "../../src/engines/wasm/index.js";
import type { Precision } from "../../src/engines/wasm/options.js";
import { product } from "../../src/tensor/tensor.js";
import { Draw, drawGeometry, weightLength } from "./random-geometry.js";

const u = 2 ** -24;

/** The largest error in units of the classical bound for a sum of float32 products in any order: (n + 1) u sum |w x|. */
function worstError(engine: WasmEngine, g: ConvGeometry, draw: Draw): number {
  const x = draw.values(g.batch * g.inChannels * product(g.inSize));
  const weight = draw.values(weightLength(g));
  const bias = draw.whole(0, 1) ? draw.values(g.outChannels) : undefined;
  const length = g.batch * g.outChannels * product(g.outSize);
  const [expected, magnitude, got] = [0, 1, 2].map(() => new Float32Array(length)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  reference.conv(x, weight, bias, expected, g);
  reference.conv(x.map(Math.abs), weight.map(Math.abs), bias?.map(Math.abs), magnitude, g);
  got.fill(Number.NaN);
  engine.conv(x, weight, bias, got, g);
  const terms = weightLength(g) / g.outChannels + 2;
  let worst = 0;
  for (let i = 0; i < length; i++) {
    const bound = (terms + 1) * u * (magnitude[i] as number) + 2 ** -140;
    const error = Math.abs((got[i] as number) - (expected[i] as number)) / bound;
    worst = Math.max(worst, error);
  }
  return worst;
}

describe.each<Precision>(["exact", "fast"])("conv2d on the wasm engine, %s", (precision) => {
  const engine = new WasmEngine({ precision });

  test("is within the classical bound of the reference engine for 400 random geometries", () => {
    for (let seed = 0; seed < 400; seed++) {
      const draw = new Draw(seed);
      const geometry = drawGeometry(draw);
      const worst = worstError(engine, geometry, draw);
      expect({ seed, geometry, ok: worst <= 1, worst }).toMatchObject({ ok: true });
    }
  });

  test("sees what was written into a weight after its first use", () => {
    const g = drawGeometry(new Draw(1));
    const draw = new Draw(2);
    const x = draw.values(g.batch * g.inChannels * product(g.inSize));
    const weight = draw.values(weightLength(g));
    const length = g.batch * g.outChannels * product(g.outSize);
    engine.conv(x, weight, undefined, new Float32Array(length), g);
    weight.fill(0);
    const out = new Float32Array(length).fill(Number.NaN);
    engine.conv(x, weight, undefined, out, g);
    expect(out.every((value) => value === 0)).toBe(true);
  });

  test("gives the same bits for the same call, whatever ran in between", () => {
    const g = drawGeometry(new Draw(7));
    const draw = new Draw(8);
    const x = draw.values(g.batch * g.inChannels * product(g.inSize));
    const weight = draw.values(weightLength(g));
    const run = () => {
      const out = new Float32Array(g.batch * g.outChannels * product(g.outSize));
      engine.conv(x, weight, undefined, out, g);
      return out;
    };
    const first = run();
    const big = drawGeometry(new Draw(11));
    worstError(engine, { ...big, batch: 7 }, new Draw(12));
    expect(run()).toEqual(first);
  });
});
