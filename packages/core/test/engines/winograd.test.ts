import { describe, expect, test } from "vitest";
import type { Algorithm } from "../../src/engines/wasm/algorithms/algorithm.js";
import { as2d, type Conv2dGeometry } from "../../src/engines/wasm/algorithms/as-2d.js";
import { DirectAlgorithm } from "../../src/engines/wasm/algorithms/direct.js";
import { WinogradAlgorithm } from "../../src/engines/wasm/algorithms/winograd.js";
import { StridedWinogradAlgorithm } from "../../src/engines/wasm/algorithms/winograd-strided.js";
import { hasRelaxedSimd } from "../../src/engines/wasm/machine/builds.js";
import type { Capabilities } from "../../src/engines/wasm/machine/capabilities.js";
import { Runtime } from "../../src/engines/wasm/machine/runtime.js";
import { setFastFlags } from "../../src/engines/wasm/machine/v8-flags.js";
import { SingleConv } from "../../src/engines/wasm/program/single-conv.js";
import { Draw, geometryOf, referenceResult } from "./random-geometry.js";

setFastFlags();

/** Every kernel that this machine has; the wide ones give the right numbers without 256-bit vectors too. */
const kernels: Capabilities[] = [
  { relaxed: false, wide: false, winograd: true, threads: 1 },
  ...(hasRelaxedSimd()
    ? [
        { relaxed: true, wide: false, winograd: true, threads: 1 },
        { relaxed: true, wide: true, winograd: true, threads: 1 },
      ]
    : []),
];

type Make = (g: Conv2dGeometry, options: Capabilities) => Algorithm;

const algorithms: [string, number, Make][] = [
  ["F(2x2, 3x3)", 1, (g, options) => new WinogradAlgorithm(g, 2, options)],
  ["F(4x4, 3x3)", 1, (g, options) => new WinogradAlgorithm(g, 4, options)],
  ["F(4x4, 3x3) with a stride of 2", 2, (g, options) => new StridedWinogradAlgorithm(g, options)],
];

describe.each(kernels)("relaxed $relaxed, wide $wide", (options) => {
  const runtime = new Runtime(options);

  function draw(seed: number, stride = 1) {
    const d = new Draw(seed);
    const channels = [d.whole(8, 40), d.whole(1, 50)] as const;
    const x = [d.whole(1, 2), channels[0], d.whole(1, 17), d.whole(1, 17)];
    const geometry = geometryOf("test", x, [channels[1], channels[0], 3, 3], {
      padding: [
        [d.whole(1, 3), d.whole(1, 3)],
        [d.whole(1, 3), d.whole(1, 3)],
      ],
      stride,
    });
    const g = as2d(geometry);
    return {
      ...{ geometry, g },
      x: d.values(x.reduce((a, b) => a * b)),
      weight: d.values(channels[0] * channels[1] * 9),
      bias: d.values(channels[1]),
      length: g.batch * g.outChannels * g.outHeight * g.outWidth,
    };
  }

  test.each(algorithms)(
    "%s has at most 4 times the direct rms error, for 60 random shapes",
    (_, stride, make) => {
      const squares = { direct: 0, winograd: 0 };
      for (let seed = 0; seed < 60; seed++) {
        const { geometry, g, x, weight, bias, length } = draw(seed, stride);
        const expected = referenceResult(x, weight, bias, g);
        const rms = (layer: Algorithm) => {
          const out = new Float32Array(length).fill(Number.NaN);
          const prepared = new SingleConv(runtime, weight, geometry, () => layer);
          expect(prepared.run(x, bias, out)).toBe(true);
          prepared.release();
          return out.reduce((sum, y, i) => sum + (y - (expected[i] as number)) ** 2, 0) / length;
        };
        const direct = rms(new DirectAlgorithm(g, options));
        const winograd = rms(make(g, options));
        expect({ seed, g, winograd, ok: Math.sqrt(winograd) < 2e-5 }).toMatchObject({ ok: true });
        squares.direct += direct;
        squares.winograd += winograd;
      }
      expect(Math.sqrt(squares.winograd / squares.direct)).toBeLessThan(4);
    },
  );

  test.each(algorithms)("%s says so where an infinity would spread over its tile", (_, stride, make) => {
    const { geometry, g, x, weight, bias, length } = draw(3, stride);
    x[7] = Number.POSITIVE_INFINITY;
    const prepared = new SingleConv(runtime, weight, geometry, () => make(g, options));
    expect(prepared.run(x, bias, new Float32Array(length))).toBe(false);
    prepared.release();
  });
});
