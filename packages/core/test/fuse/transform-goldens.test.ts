import { expect, test } from "vitest";
import { goldens } from "../../../../test/support/goldens.js";
import { plainKernel } from "../../src/algebra/kernel.js";
import type { LinearMap } from "../../src/fuse/graph/maps/linear-map.js";
import { kernelOfMap } from "../../src/fuse/graph/maps/map-numbers.js";
import { linearOfKernel } from "../../src/fuse/tree/realise.js";
import { wholeMap } from "../../src/fuse/tree/whole-map.js";
import {
  AdaptiveAvgPool2d,
  addKernels,
  averagePoolKernel,
  batchNormKernel,
  concatKernels,
  conv2dOfKernel,
  denseKernel,
  embedKernel,
  Flatten,
  foldBatchNorm,
  foldBatchNormBefore,
  fuse,
  identityKernel,
  Linear,
  type LinearKernel,
  linearKernel,
  mergeSequence,
  type Normalisation,
  paddingKernel,
  perChannel,
  regroupKernel,
  Scale,
  Sequential,
  scaleKernel,
  subtractKernels,
  tensor,
} from "../../src/index.js";
import { avgPoolSettings } from "../../src/ops/pool/avg-pool.js";

interface GoldenKernel {
  readonly shape: readonly [number, number, number, number];
  readonly weight: readonly number[];
  readonly bias: readonly number[] | null;
  readonly stride: readonly [number, number];
  readonly padding: readonly (readonly [before: number, after: number])[];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly paddingMode?: LinearKernel["paddingMode"];
}

interface Case {
  readonly name: string;
  readonly inputs: {
    readonly kernels?: readonly GoldenKernel[];
    readonly conv?: GoldenKernel;
    readonly norm?: Readonly<Record<"gamma" | "beta", readonly number[] | null>> & {
      readonly mean: readonly number[];
      readonly var: readonly number[];
      readonly eps: number;
    };
  };
  readonly options: Readonly<Record<string, never>>;
  readonly result: GoldenKernel;
}

const cases = goldens<Case>("fuse");

/** Every transform by its name, on what a golden holds. */
const transforms: Readonly<Record<string, (kernels: LinearKernel[], c: Case) => LinearKernel>> = {
  batchNormKernel: (_, c) => batchNormKernel(norm(c)),
  paddingKernel: (_, { options: { padding, mode, channels } }) =>
    perChannel(paddingKernel(padding as never, mode as never), channels as never),
  identityKernel: (_, { options: { channels, groups, kernelSize } }) =>
    embedKernel(regroupKernel(identityKernel(channels as never), groups as never), kernelSize as never),
  scaleMap: (_, { options: { scale, channels } }) => {
    const layer = new Scale(typeof scale === "number" ? scale : tensor(scale as never));
    const map = wholeMap(layer) as LinearMap;
    return map.kind === "scalar"
      ? scaleKernel(identityKernel(channels as never), map.factor)
      : kernelOfMap(map);
  },
  pooledLinear: ([pointwise, linear]) => {
    const { module } = fuse(
      new Sequential([
        conv2dOfKernel(pointwise as LinearKernel),
        new AdaptiveAvgPool2d(1),
        new Flatten(),
        linearOfKernel(linear as LinearKernel),
      ]),
    );
    expect([...module.children().values()].map((layer) => layer.constructor.name)).toEqual([
      "Identity",
      "AdaptiveAvgPool2d",
      "Flatten",
      "Linear",
    ]);
    const merged = mergeSequence(pointwise as LinearKernel, linear as LinearKernel);
    const fused = module.children().get("3") as Linear;
    expect(fused.weight.data).toEqual(new Float32Array(merged.weight));
    expect(fused.bias?.data).toEqual(new Float32Array(merged.bias as Float64Array));
    return merged;
  },
  foldBatchNorm: (_, c) => foldBatchNorm(kernelOf(c.inputs.conv as GoldenKernel), norm(c)),
  foldBatchNormBefore: (_, c) => foldBatchNormBefore(norm(c), kernelOf(c.inputs.conv as GoldenKernel)),
  addKernels: (kernels) => addKernels(kernels),
  subtractKernels: ([a, b]) => subtractKernels(a as LinearKernel, b as LinearKernel),
  mergeSequence: ([a, b]) => mergeSequence(a as LinearKernel, b as LinearKernel),
  concatKernels: (kernels) => concatKernels(kernels),
  averagePoolKernel: (_, { options }) => {
    const { kernelSize, ...rest } = options;
    return perChannel(averagePoolKernel(avgPoolSettings("avgPool2d", 2, kernelSize as never, rest)), 3);
  },
  denseKernel: ([a]) => denseKernel(a as LinearKernel),
  regroupKernel: ([a], { options }) => regroupKernel(a as LinearKernel, options.groups as never),
  embedKernel: ([a], { options }) =>
    embedKernel(a as LinearKernel, options.kernelSize as never, options.offset),
  scaleKernel: ([a], { options }) => scaleKernel(a as LinearKernel, options.scale as never),
  linearKernel: ([a]) => {
    const { weight, bias, outChannels, inChannels } = a as LinearKernel;
    const layer = new Linear(inChannels, outChannels, {
      weight: tensor([...weight], [outChannels, inChannels]),
      bias: tensor([...(bias as Float64Array)]),
    });
    return linearKernel(layer);
  },
};

test("there is a golden for every transform", () => {
  expect(new Set(cases.map((c) => c.name))).toEqual(new Set(Object.keys(transforms)));
});

test.each(cases.map((c, i) => ({ ...c, i })))(
  "$name, golden $i: the paper's formula, checked against PyTorch",
  (c) => {
    const kernels = (c.inputs.kernels ?? []).map(kernelOf);
    const before = kernels.map((kernel) => kernel.weight.slice());
    const got = (transforms[c.name] as (typeof transforms)[string])(kernels, c);
    const want = kernelOf(c.result);
    expect({ ...got, weight: undefined, bias: undefined }).toEqual({
      ...want,
      weight: undefined,
      bias: undefined,
    });
    expect(distance(got.weight, want.weight)).toBeLessThan(1e-14);
    expect(got.bias === undefined).toBe(want.bias === undefined);
    expect(distance(got.bias ?? [], want.bias ?? [])).toBeLessThan(1e-13);
    expect(kernels.map((kernel) => kernel.weight)).toEqual(before);
    expect(conv2dOfKernel(got).weight.shape).toEqual(c.result.shape);
  },
);

function kernelOf(golden: GoldenKernel): LinearKernel {
  const { shape, weight, bias, ...options } = golden;
  return plainKernel(Float64Array.from(weight), shape, {
    ...options,
    ...(bias && { bias: Float64Array.from(bias) }),
  });
}

function norm({ inputs }: Case): Normalisation {
  const { gamma, beta, mean, var: variance, eps } = inputs.norm as NonNullable<Case["inputs"]["norm"]>;
  return {
    numFeatures: mean.length,
    eps,
    training: false,
    weight: gamma ? tensor(gamma) : undefined,
    bias: beta ? tensor(beta) : undefined,
    runningMean: tensor(mean),
    runningVar: tensor(variance),
  };
}

/** The largest difference, relative to numbers above 1. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => {
    const other = b[i] as number;
    return Math.max(most, Math.abs(value - other) / Math.max(1, Math.abs(other)));
  }, 0);
}
