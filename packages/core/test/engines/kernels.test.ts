// One tester for all kernel families: every remainder of pixels and channels, every buffer between guards. The guards hold NaN, so
// that a read past an end shows in the results, and are compared afterwards, so that a write shows too.
import { describe, expect, test } from "vitest";
import type { Algorithm } from "../../src/engines/wasm/algorithms/algorithm.js";
import type { Conv2dGeometry } from "../../src/engines/wasm/algorithms/as-2d.js";
import { type Blocked, blocked, layoutGroups } from "../../src/engines/wasm/algorithms/blocked.js";
import {
  DepthwiseEvenAlgorithm,
  depthwiseEvenApplies,
} from "../../src/engines/wasm/algorithms/depthwise-even.js";
import {
  DepthwiseRowsAlgorithm,
  depthwiseRowsApply,
} from "../../src/engines/wasm/algorithms/depthwise-rows.js";
import { DirectAlgorithm } from "../../src/engines/wasm/algorithms/direct.js";
import { biasBytes, packBias } from "../../src/engines/wasm/algorithms/pack.js";
import { WinogradAlgorithm, winogradApplies } from "../../src/engines/wasm/algorithms/winograd.js";
import {
  StridedWinogradAlgorithm,
  stridedWinogradApplies,
} from "../../src/engines/wasm/algorithms/winograd-strided.js";
import { hasRelaxedSimd } from "../../src/engines/wasm/machine/builds.js";
import type { Capabilities } from "../../src/engines/wasm/machine/capabilities.js";
import { programBytes, type Step, writeProgram } from "../../src/engines/wasm/machine/records.js";
import { Runtime, spoiledAt } from "../../src/engines/wasm/machine/runtime.js";
import { setFastFlags } from "../../src/engines/wasm/machine/v8-flags.js";
import { layoutRecord } from "../../src/engines/wasm/program/layout-steps.js";
import { Draw, imageGeometry, referenceResult } from "./random-geometry.js";

setFastFlags();

const kernels: Capabilities[] = [
  { relaxed: false, wide: false, winograd: true, threads: 1 },
  ...(hasRelaxedSimd()
    ? [
        { relaxed: true, wide: false, winograd: true, threads: 1 },
        { relaxed: true, wide: true, winograd: true, threads: 1 },
      ]
    : []),
];

const guard = 64;

describe.each(kernels)("relaxed $relaxed, wide $wide", (options) => {
  const runtime = new Runtime(options);
  const { heap } = runtime;

  /** Takes memory between two guards, filled with NaN. */
  function guarded(bytes: number) {
    const start = heap.take(bytes + 2 * guard);
    const words = heap.f32.subarray(start >> 2, (start + bytes + 2 * guard) >> 2);
    words.fill(Number.NaN);
    const whole = () => {
      const now = heap.f32.subarray(start >> 2, (start + bytes + 2 * guard) >> 2);
      const edge = guard / 4;
      return now.subarray(0, edge).every(Number.isNaN) && now.subarray(edge + bytes / 4).every(Number.isNaN);
    };
    return { at: start + guard, whole, release: () => heap.release(start) };
  }

  /** The worst error in units of the bound, with a residual and ReLU where asked; -1 if a guard was overwritten. */
  function worst(g: Conv2dGeometry, layer: Algorithm, draw: Draw, bound: number): number {
    const relu = draw.whole(0, 1) === 1;
    const weight = draw.values((g.outChannels * g.inChannels * g.kernelHeight * g.kernelWidth) / g.groups);
    const bias = draw.whole(0, 1) ? draw.values(g.outChannels) : undefined;
    const values = draw.values(g.batch * g.inChannels * g.inHeight * g.inWidth);
    const length = g.batch * g.outChannels * g.outHeight * g.outWidth;
    const added = draw.whole(0, 1) ? draw.values(length) : undefined;
    const groups = layoutGroups(g);
    const images = { batch: g.batch, groups, channels: g.inChannels / groups };
    const x = blocked({ ...images, height: g.inHeight, width: g.inWidth }, layer.lanes, layer.border);
    const border = {
      top: draw.whole(0, 2),
      bottom: draw.whole(0, 2),
      left: draw.whole(0, 2),
      right: draw.whole(0, 2),
    };
    const shape = { batch: g.batch, groups: x.groups, channels: g.outChannels / x.groups };
    const size = { height: g.outHeight, width: g.outWidth };
    const out = blocked({ ...shape, ...size }, layer.outLanes, border);
    const tables = layer.tables(x, out);
    const memory = {
      planes: guarded(values.byteLength),
      x: guarded(x.bytes),
      out: guarded(out.bytes),
      residual: guarded(out.bytes),
      weight: guarded(layer.weightFloats * 4),
      bias: guarded(biasBytes(g)),
      tables: guarded(tables.byteLength),
      work: guarded(layer.workBytes),
      program: guarded(programBytes(64)),
    };
    const at = Object.fromEntries(Object.entries(memory).map(([name, one]) => [name, one.at])) as Record<
      keyof typeof memory,
      number
    >;
    heap.f32.set(values, at.planes >> 2);
    if (added !== undefined) writeBlocked(heap.f32, at.residual, out, added);
    layer.pack(weight, heap.f32.subarray(at.weight >> 2, (at.weight >> 2) + layer.weightFloats));
    packBias(bias, g, heap.f32, at.bias >> 2);
    heap.i32.set(tables, at.tables >> 2);
    const addresses = { ...at, residual: added ? at.residual : 0, spoiled: spoiledAt };
    const units = x.batch * x.groups * x.blocks;
    const steps: Step[] = [
      { kind: "block", record: layoutRecord(x, at.planes, at.x), units },
      ...layer.steps(x, out, addresses, relu),
    ];
    writeProgram(heap, at.program, steps);
    runtime.run(at.program, steps.length, false);
    const got = readBlocked(heap.f32, at.out, out);
    const expected = referenceResult(values, weight, bias, g);
    const magnitude = referenceResult(values.map(Math.abs), weight.map(Math.abs), bias?.map(Math.abs), g);
    let most = 0;
    for (let i = 0; i < length; i++) {
      const sum = (expected[i] as number) + (added?.[i] ?? 0);
      const scale = (magnitude[i] as number) + Math.abs(added?.[i] ?? 0) + 1e-30;
      const error = Math.abs((got[i] as number) - (relu ? Math.max(sum, 0) : sum)) / scale / 2 ** -24;
      // NaN, from a guard or from memory that nothing was written to, stays.
      most = Math.max(most, error);
    }
    const whole = Object.values(memory).every((one) => one.whole());
    for (const one of Object.values(memory)) one.release();
    return whole ? most / bound : -1;
  }

  function check(g: Conv2dGeometry, layer: Algorithm, seed: number, bound: number) {
    const error = worst(g, layer, new Draw(seed), bound);
    expect({ kernel: layer.name, seed, g, error, ok: error >= 0 && error <= 1 }).toMatchObject({ ok: true });
  }

  test("changes of layout, each remainder of pixels and channels, with and without a border", () => {
    for (let width = 1; width <= 9; width++) {
      for (let channels = 1; channels <= 17; channels++) {
        const draw = new Draw(100 * width + channels);
        const border = { top: draw.whole(0, 2), bottom: draw.whole(0, 2), left: draw.whole(0, 2), right: 1 };
        const shape = { batch: 2, groups: draw.whole(1, 2), channels, height: draw.whole(1, 4), width };
        for (const lanes of [1, Math.min(3, channels), 8]) {
          const b = blocked(shape, lanes, border);
          const values = draw.values(b.batch * b.groups * b.channels * b.height * b.width);
          const memory = [values.byteLength, b.bytes, values.byteLength, programBytes(3)].map(guarded);
          const [planes, blocks, back, program] = memory.map((one) => one.at) as [
            number,
            number,
            number,
            number,
          ];
          heap.f32.set(values, planes >> 2);
          const units = b.batch * b.groups * b.blocks;
          // Only blocks of 8 are ever turned back; the border is written once more, over what is there.
          const record = layoutRecord(b, planes, blocks);
          const steps: Step[] = [{ kind: "block", record, units }];
          if (lanes > 1) steps.push({ kind: "border", record, units });
          if (lanes === 8) steps.push({ kind: "plane", record: layoutRecord(b, back, blocks), units });
          writeProgram(heap, program, steps);
          runtime.run(program, steps.length, false);
          const whole = memory.every((one) => one.whole());
          const same = Buffer.compare(
            Buffer.from(readBlocked(heap.f32, blocks, b).buffer),
            Buffer.from(values.buffer),
          );
          const sum = heap.f32
            .subarray(blocks >> 2, (blocks + b.bytes) >> 2)
            .reduce((a, v) => a + Math.abs(v), 0);
          const inside = values.reduce((a, v) => a + Math.abs(v), 0);
          const turned = lanes < 8 || values.every((value, i) => heap.f32[(back >> 2) + i] === value);
          // All that is not a value is 0.
          const zeros = lanes === 1 || Math.abs(sum - inside) < 1e-4;
          expect({ width, channels, lanes, whole, same, turned, zeros }).toEqual({
            ...{ width, channels, lanes },
            ...{ whole: true, same: 0, turned: true, zeros: true },
          });
          for (const one of memory) one.release();
        }
      }
    }
  });

  const terms = (g: Conv2dGeometry) => (g.inChannels / g.groups) * g.kernelHeight * g.kernelWidth + 4;

  test("direct tiles, each number of pixels and of channels", () => {
    for (let pixels = 1; pixels <= 15; pixels++) {
      for (const [channels, outChannels] of [1, 3, 7, 8, 9, 16, 20].flatMap((c) =>
        [1, 8, 9, 17, 24, 33].map((o) => [c, o]),
      )) {
        const g = imageGeometry(
          "test",
          [1, channels as number, 1, pixels],
          [outChannels as number, channels as number, 1, 1],
          {},
        );
        check(g, new DirectAlgorithm(g, options), pixels, terms(g));
      }
    }
  });

  test("direct kernels, 150 random geometries", () => {
    for (let seed = 0; seed < 150; seed++) {
      const draw = new Draw(seed);
      const groups = draw.one([1, 1, 2, 3]);
      const weight = [groups * draw.whole(1, 33), draw.whole(1, 17), draw.whole(1, 4), draw.whole(1, 4)];
      const x = [draw.whole(1, 2), groups * (weight[1] as number), draw.whole(8, 14), draw.whole(8, 14)];
      const g = imageGeometry("test", x, weight, {
        groups,
        stride: [draw.whole(1, 3), draw.whole(1, 3)],
        dilation: [draw.whole(1, 2), draw.whole(1, 2)],
        padding: [draw.whole(0, 2), draw.whole(0, 2)],
      });
      check(g, new DirectAlgorithm(g, options), seed, terms(g));
    }
  });

  test.each([8, 16, 17, 33])(
    "direct kernels whose products are summed in parts, %i channels a group",
    (channels) => {
      const g = imageGeometry("test", [2, 140, 9, 11], [2 * channels, 70, 3, 3], {
        groups: 2,
        padding: [2, 1],
      });
      for (let seed = 0; seed < 4; seed++) check(g, new DirectAlgorithm(g, options), seed, terms(g));
    },
  );

  test("depthwise kernels on blocks and planes, each width, kernel and stride", () => {
    for (const kernel of [1, 2, 3, 5, 7, 13]) {
      for (const stride of [1, 2, 3]) {
        for (let width = 1; width <= 21; width += kernel < 4 ? 1 : 3) {
          const seed = width + 100 * kernel + 1000 * stride;
          const draw = new Draw(seed);
          const channels = draw.whole(2, 18);
          const dilation = [draw.whole(1, 3), draw.whole(1, kernel === 3 ? 1 : 2)] as const;
          const [above, left] = [draw.whole(0, kernel), (kernel >> 1) * dilation[1]];
          const g = imageGeometry(
            "test",
            [2, channels, draw.whole(1, 13), width],
            [channels, 1, kernel, kernel],
            {
              groups: channels,
              stride: [kernel === 5 ? draw.whole(1, 2) : 1, stride],
              padding: [
                [above, (kernel - 1) * dilation[0]],
                [left, left],
              ],
              dilation,
            },
          );
          check(g, new DirectAlgorithm(g, options), seed, terms(g));
          if (depthwiseRowsApply(g)) check(g, new DepthwiseRowsAlgorithm(g, options), seed, terms(g));
          if (depthwiseEvenApplies(g)) check(g, new DepthwiseEvenAlgorithm(g, options), seed, terms(g));
        }
      }
    }
  });

  test("depthwise kernels on rows so long that few of them are computed together, some of padding alone", () => {
    for (const [kernel, rowDilation] of [
      [3, 1],
      [5, 2],
    ] as const) {
      const g = imageGeometry("test", [1, 2, 5, 700], [2, 1, kernel, kernel], {
        groups: 2,
        padding: [
          [20, 12],
          [2, 2],
        ],
        dilation: [rowDilation, 1],
      });
      expect(depthwiseRowsApply(g)).toBe(true);
      check(g, new DepthwiseRowsAlgorithm(g, options), kernel, terms(g));
    }
  });

  test.each([2, 4] as const)("Winograd with tiles of %i, each remainder of tiles and channels", (size) => {
    for (let height = 1; height <= 8; height++) {
      for (let width = 1; width <= 15; width += height % 2 ? 1 : 3) {
        const seed = 100 * height + width;
        const draw = new Draw(seed);
        const channels = draw.whole(8, 25);
        const x = [draw.whole(1, 2), channels, height, width];
        const g = imageGeometry("test", x, [draw.whole(1, 34), channels, 3, 3], {
          padding: draw.one([1, 1, 2]),
        });
        expect(winogradApplies(g)).toBe(true);
        // The transforms amplify a rounding error by no more than this.
        check(g, new WinogradAlgorithm(g, size, options), seed, 4 * terms(g));
      }
    }
  });

  test.each([2, 4] as const)("Winograd with tiles of %i, in several chunks of tiles of each sort", (size) => {
    const g = imageGeometry("test", [2, 64, 22, 33], [72, 64, 3, 3], { padding: 1 });
    const layer = new WinogradAlgorithm(g, size, options);
    check(g, layer, size, 4 * terms(g));
  });

  test("Winograd with a stride of 2, each remainder of tiles and channels", () => {
    for (let width = 1; width <= 20; width++) {
      const draw = new Draw(width);
      const channels = draw.whole(8, 41);
      const x = [draw.whole(1, 2), channels, draw.whole(3, 19), width];
      const g = imageGeometry("test", x, [draw.whole(1, 34), channels, 3, 3], {
        padding: [draw.whole(0, 2), width < 3 ? 1 : draw.whole(0, 2)],
        stride: 2,
      });
      expect(stridedWinogradApplies(g)).toBe(true);
      check(g, new StridedWinogradAlgorithm(g, options), width, 4 * terms(g));
    }
  });
});

function forEach(b: Blocked, visit: (at: number, plain: number) => void): void {
  let plain = 0;
  for (let n = 0; n < b.batch; n++) {
    for (let group = 0; group < b.groups; group++) {
      for (let c = 0; c < b.channels; c++) {
        const block = group * b.blocks + Math.floor(c / b.lanes);
        for (let y = 0; y < b.height; y++) {
          for (let x = 0; x < b.width; x++) {
            const at = n * b.imageStride + block * b.blockStride + y * b.rowStride + x * b.pixelBytes;
            visit((b.origin + at + (c % b.lanes) * 4) >> 2, plain++);
          }
        }
      }
    }
  }
}

function writeBlocked(f32: Float32Array, at: number, b: Blocked, values: Float32Array): void {
  forEach(b, (offset, i) => {
    f32[(at >> 2) + offset] = values[i] as number;
  });
}

function readBlocked(f32: Float32Array, at: number, b: Blocked): Float32Array {
  const values = new Float32Array(b.batch * b.groups * b.channels * b.height * b.width);
  forEach(b, (offset, i) => {
    values[i] = f32[(at >> 2) + offset] as number;
  });
  return values;
}
