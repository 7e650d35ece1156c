// What is timed: single convolutions drawn from well-known networks, and whole networks.
import * as ours from "../packages/core/dist/index.js";

/** [name, class, in, out, kernel, stride, groups, input size]; the class is the row of the summary. */
const shapes = [
  ["3x3 64->64 @56", "3x3", 64, 64, 3, 1, 1, 56],
  ["3x3 128->128 @28", "3x3", 128, 128, 3, 1, 1, 28],
  ["3x3 256->256 @14", "3x3", 256, 256, 3, 1, 1, 14],
  ["3x3 512->512 @7", "3x3", 512, 512, 3, 1, 1, 7],
  ["3x3 48->96 stride 2 @56", "other dense", 48, 96, 3, 2, 1, 56],
  ["3x3 128->128 stride 2 @56 (ResNet-50)", "other dense", 128, 128, 3, 2, 1, 56],
  ["1x1 256->256 @14", "other dense", 256, 256, 1, 1, 1, 14],
  ["1x1 64->256 @56 (ResNet-50)", "other dense", 64, 256, 1, 1, 1, 56],
  ["1x1 1024->256 @14 (ResNet-50)", "other dense", 1024, 256, 1, 1, 1, 14],
  ["3x3 3->64 stride 2 @224", "other dense", 3, 64, 3, 2, 1, 224],
  ["depthwise 3x3 128 @28", "depthwise", 128, 128, 3, 1, 128, 28],
  ["depthwise 3x3 512 @14 (MobileNet)", "depthwise", 512, 512, 3, 1, 512, 14],
  ["depthwise 5x5 240 @14", "depthwise", 240, 240, 5, 1, 240, 14],
  ["depthwise 7x7 96 @56 (ConvNeXt-T)", "depthwise", 96, 96, 7, 1, 96, 56],
  ["depthwise 13x13 256 @14 (RepLKNet)", "depthwise", 256, 256, 13, 1, 256, 14],
  ["toy 3x3 2->2 @9", "toy", 2, 2, 3, 1, 1, 9],
];

/** [name, layer, in, out, kernel, options, input size]: the other ranks, and transposed; timed as one call of the layer. */
const ranks = [
  ["1-D 9 64->64 @1000", "Conv1d", 64, 64, 9, { padding: 4 }, [1000]],
  ["1-D depthwise 31 256 @500", "Conv1d", 256, 256, 31, { padding: 15, groups: 256 }, [500]],
  ["3-D 3x3x3 32->32 @16x28x28", "Conv3d", 32, 32, 3, { padding: 1 }, [16, 28, 28]],
  ["3-D 3x3x3 3->32 stride 2 @16x56x56", "Conv3d", 3, 32, 3, { padding: 1, stride: [1, 2, 2] }, [16, 56, 56]],
  [
    "transposed 1-D 16 128->64 stride 8 @128",
    "ConvTranspose1d",
    128,
    64,
    16,
    { padding: 4, stride: 8 },
    [128],
  ],
  ["transposed 4x4 64->32 stride 2 @32", "ConvTranspose2d", 64, 32, 4, { padding: 1, stride: 2 }, [32, 32]],
  ["transposed 2x2 128->64 stride 2 @28 (U-Net)", "ConvTranspose2d", 128, 64, 2, { stride: 2 }, [28, 28]],
  ["transposed 2x2x2 32->16 stride 2 @8x14x14", "ConvTranspose3d", 32, 16, 2, { stride: 2 }, [8, 14, 14]],
];

/** The part that --quick keeps. */
const quick = new Set([
  "3x3 64->64 @56",
  "3x3 256->256 @14",
  "1x1 256->256 @14",
  "depthwise 3x3 128 @28",
  "toy 3x3 2->2 @9",
]);

/** Everything that fits the filter; each makes its module when asked, of the layers of a build of core. */
export function workloads(filter, onlyQuick, core = ours) {
  const convolutions = shapes.map(([name, kind, inChannels, outChannels, k, stride, groups, size]) => ({
    name,
    kind,
    inputShape: [1, inChannels, size, size],
    /** 2 operations for each multiply-add of the definition. */
    operations: 2 * outChannels * (size / stride) ** 2 * (inChannels / groups) * k * k,
    make: () => new core.Conv2d(inChannels, outChannels, k, { stride, groups, padding: k >> 1 }),
    /** The toy is timed as one call of the layer, since that is its point. */
    call: kind === "toy",
  }));
  const networks = [
    ["RepVGG-A0", core.repVggA0, 2.72e9],
    ["MobileOne-S0", core.mobileOneS0, 0.55e9],
  ].flatMap(([name, network, operations]) => [
    { name: `${name} trained @224`, kind: "trained network", operations, make: () => network() },
    {
      name: `${name} fused @224`,
      kind: "fused network",
      operations,
      make: () => core.fuse(network()).module,
    },
  ]);
  const others = ranks.map(([name, layer, inChannels, outChannels, k, options, size]) => {
    const transposed = layer.startsWith("ConvTranspose");
    const pixels = size.reduce((all, length, axis) => {
      const stride = [options.stride ?? 1].flat();
      return (all * length) / (transposed ? 1 : (stride[axis] ?? stride[0]));
    }, 1);
    return {
      name,
      kind: transposed ? "transposed" : "other ranks",
      layer,
      inputShape: [1, inChannels, ...size],
      operations: (2 * pixels * inChannels * outChannels * k ** size.length) / (options.groups ?? 1),
      make: () => new core[layer](inChannels, outChannels, k, options),
      call: true,
    };
  });
  const all = [
    ...convolutions,
    ...others,
    ...networks.map((one) => ({ ...one, inputShape: [1, 3, 224, 224], call: false })),
  ];
  return all.filter(({ name }) => filter.test(name) && (!onlyQuick || quick.has(name)));
}

/** A workload's module and input. */
export function make(workload, core = ours) {
  core.manualSeed(0);
  const module = workload.make();
  return { module, x: core.randn(workload.inputShape) };
}

/** Our way to compute it, on the engine that is in use now. */
export function prepare(workload, { module, x }, core = ours) {
  const plan = workload.call ? undefined : core.compile(module, { inputShape: workload.inputShape });
  const out = plan && core.zeros(plan.outputShape);
  const run = plan === undefined ? () => module.forward(x) : () => plan.run(x, out);
  return { run, kernel: plan && slowest(plan, x) };
}

/** The kernel of the layer that takes longest once everything is warm. */
function slowest(plan, x) {
  for (let i = 0; i < 5; i++) plan.run(x);
  const rows = plan.profile(x).filter((row) => row.path !== "" || row.gflops > 0);
  return rows.reduce((most, row) => (row.milliseconds > most.milliseconds ? row : most)).kernel;
}
