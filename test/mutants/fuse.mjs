const algebra = "packages/core/src/algebra";
const fuse = "packages/core/src/fuse";
const io = "packages/core/src/io";
const nn = "packages/core/src/nn";

const goldens = ["packages/core/test/fuse/transform-goldens.test.ts"];
const ranks = ["packages/core/test/algebra/sequence.test.ts"];
const trees = ["packages/core/test/fuse/random-trees.test.ts"];
const refusals = ["packages/core/test/fuse/refusals.test.ts"];
const edges = ["packages/core/test/fuse/edges.test.ts"];
const whole = ["packages/core/test/fuse/fuse.test.ts"];
const blocks = ["packages/core/test/blocks/blocks.test.ts"];
const stateDicts = ["packages/core/test/nn/state-dict.test.ts"];
const deployed = ["packages/core/test/blocks/deployed.test.ts"];
const product = ["packages/core/test/engines/product.test.ts"];
const checkpoints = ["packages/core/test/io/checkpoints.test.ts"];

/** Bugs of the algebra that somebody could make, many of which converters in use have made. @type {readonly import("./mutant.mjs").Mutant[]} */
export const fuseMutants = [
  {
    name: "fold batch norm: eps outside the root",
    file: "packages/core/src/ops/affine.ts",
    find: "/ Math.sqrt(value + eps)",
    replace: "/ (Math.sqrt(value) + eps)",
    tests: goldens,
  },
  {
    name: "fold batch norm: the mean's sign",
    file: "packages/core/src/ops/affine.ts",
    find: "value + (offsets[c] as number) * (scale[c] as number)",
    replace: "value - (offsets[c] as number) * (scale[c] as number)",
    tests: goldens,
  },
  {
    name: "fold batch norm: training is not looked at",
    file: `${algebra}/layers/batch-norm.ts`,
    find: "if (norm.training) {",
    replace: "if (norm.training === undefined) {",
    tests: edges,
  },
  {
    name: "add: a branch's bias is dropped",
    file: `${algebra}/parallel/add.ts`,
    find: "if (kernel.bias !== undefined) accumulate(bias, kernel.bias);",
    replace: "if (kernel === kernels[0] && kernel.bias !== undefined) accumulate(bias, kernel.bias);",
    tests: goldens,
  },
  {
    name: "add: the groups of the first branch for all",
    file: `${algebra}/parallel/align.ts`,
    find: "return forms.reduce((groups, form) => gcd(groups, form.groups), 0);",
    replace: "return forms[0]?.groups ?? 1;",
    tests: goldens,
  },
  {
    name: "add: strides are not compared",
    file: `${algebra}/parallel/align.ts`,
    find: 'agree(op, "the branches have different strides", forms, stridesOf);',
    replace: "",
    tests: refusals,
  },
  {
    name: "add: padding modes are not compared",
    file: `${algebra}/parallel/align.ts`,
    find: 'agree(op, "padding modes are mixed", padded, (form) => form.paddingMode);',
    replace: "",
    tests: refusals,
  },
  {
    name: "add: output sizes are not compared",
    file: `${algebra}/parallel/align.ts`,
    find: "if (excesses.some((excess) => excess !== excesses[0])) throw",
    replace: "if (excesses.length === 0) throw",
    tests: refusals,
  },
  {
    name: "embed: centred, whatever the padding says",
    file: `${algebra}/parallel/grid.ts`,
    find: "const first = (before - axis.before) / dilation;",
    replace: "const first = Math.floor((size - ((axis.size - 1) * axis.dilation) / dilation - 1) / 2);",
    tests: goldens,
  },
  {
    name: "embed: dilation forgotten",
    file: `${algebra}/parallel/grid.ts`,
    find: "const step = axis.size === 1 ? 1 : axis.dilation / dilation;",
    replace: "const step = 1;",
    tests: goldens,
  },
  {
    name: "sequence: the first stride does not spread the second's taps",
    file: `${algebra}/sequence/sequence-weights.ts`,
    find: "(i) => (first.axes[i] as ConvAxis).stride",
    replace: "() => 1",
    tests: goldens,
  },
  {
    name: "sequence: the second's padding is not scaled by the first stride",
    file: `${algebra}/sequence/sequence.ts`,
    find: "before: b.upsampling * a.before + a.stride * b.before",
    replace: "before: b.upsampling * a.before + b.before",
    tests: edges,
  },
  {
    name: "sequence: a bias before zero padding is taken for exact",
    file: `${algebra}/sequence/sequence.ts`,
    find: "if (at !== undefined) {\n    throw new FusionError(\n",
    replace: "if (at === null) {\n    throw new FusionError(\n",
    tests: refusals,
  },
  {
    name: "sequence: a kxk before zero padding is taken for exact",
    file: `${algebra}/sequence/sequence.ts`,
    find: "if (axis < 0) return;",
    replace: "if (axis < 9) return;",
    tests: refusals,
  },
  {
    name: "sequence: below the image as above it, whatever the stride",
    file: `${algebra}/sequence/border.ts`,
    find: "length: a.stride * b.stride",
    replace: "length: 1",
    tests: ranks,
  },
  {
    name: "sequence: padding that copies is taken for exact",
    file: `${algebra}/sequence/sequence.ts`,
    find: "return a.size === 1 && a.stride === 1 && copies;",
    replace: "return a.stride === 1;",
    tests: refusals,
  },
  {
    name: "sequence: the first bias is dropped",
    file: `${algebra}/sequence/sequence-weights.ts`,
    find: "sum += weights * (bias[start + m] as number);",
    replace: "",
    tests: goldens,
  },
  {
    name: "sequence: group offset of the middle channels",
    file: `${algebra}/sequence/sequence-weights.ts`,
    find: "sumAt: o * width + ((block * columns) % width),",
    replace: "sumAt: o * width,",
    tests: trees,
  },
  {
    name: "sequence: the second upsampling does not spread the first's taps",
    file: `${algebra}/sequence/sequence-weights.ts`,
    find: "(i) => (second.axes[i] as ConvAxis).upsampling",
    replace: "() => 1",
    tests: ranks,
  },
  {
    name: "sequence: a bias before upsampling is taken for exact",
    file: `${algebra}/sequence/sequence.ts`,
    find: 'if (at !== undefined) {\n    throw new FusionError("mergeSequence", "a bias before upsampling',
    replace: 'if (at === null) {\n    throw new FusionError("mergeSequence", "a bias before upsampling',
    tests: ranks,
  },
  {
    name: "sequence: a hole counts as a pixel of the image",
    file: `${algebra}/sequence/border.ts`,
    find: "position >= 0 && position % a.upsampling === 0",
    replace: "position >= 0",
    tests: ranks,
  },
  {
    name: "sequence: an image that is too small becomes large enough",
    file: `${algebra}/sequence/sequence.ts`,
    find: "if (leastSize(both, merged.paddingMode) >= size) return;",
    replace: "if (size >= 1) return;",
    tests: ranks,
  },
  {
    name: "add: upsamplings are not compared",
    file: `${algebra}/parallel/align.ts`,
    find: "form.axes.map((axis) => axis.upsampling),",
    replace: "form.axes.map(() => 1),",
    tests: ["packages/core/test/algebra/parallel.test.ts"],
  },
  {
    name: "transposed: the taps are not turned round",
    file: `${algebra}/layers/transposed.ts`,
    find: "values[from + taps - 1 - tap]",
    replace: "values[from + tap]",
    tests: ["packages/core/test/algebra/transposed.test.ts"],
  },
  {
    name: "product: the second part of the depth begins anew",
    file: "packages/core/src/engines/wasm/machine/panel-product.ts",
    find: "stepDeep: 1 };",
    replace: "stepDeep: k === 0 ? 1 : 0 };",
    tests: product,
  },
  {
    name: "product: the last panel is left out",
    file: "packages/core/src/engines/wasm/machine/panel-product.ts",
    find: "return (n + 3) & ~3;",
    replace: "return n & ~3;",
    tests: product,
  },
  {
    name: "average pool: the window's height for its area",
    file: `${algebra}/layers/average-pool.ts`,
    find: "weight.fill(1 / (divisorOverride ?? weight.length))",
    replace: "weight.fill(1 / (divisorOverride ?? (kernel[0] ?? 1) ** 2))",
    tests: goldens,
  },
  {
    name: "average pool: ceil mode is not looked at",
    file: `${algebra}/layers/average-pool.ts`,
    find: "if (ceilMode && stride.some((step) => step !== 1)) {",
    replace: "if (ceilMode && stride.length === 0) {",
    tests: edges,
  },
  {
    name: "add: every block of a grouped branch in the first place",
    file: `${algebra}/parallel/grid.ts`,
    find: "((block * width) % newWidth)",
    replace: "0 * block * newWidth",
    tests: goldens,
  },
  {
    name: "regroup: every block in the first place",
    file: `${algebra}/parallel/regroup.ts`,
    find: "const first = (block * oldIn) % newIn;",
    replace: "const first = (block * oldIn * 0) % newIn;",
    tests: goldens,
  },
  {
    name: "scale: the bias is not scaled",
    file: `${algebra}/parallel/scale.ts`,
    find: "bias: kernel.bias?.map((value, o) => value * factor(o)),",
    replace: "bias: kernel.bias,",
    tests: goldens,
  },
  {
    name: "concat: the bias of a branch without one is skipped",
    file: `${algebra}/parallel/concat.ts`,
    find: "kernel.bias ?? new Float64Array(kernel.outChannels)",
    replace: "kernel.bias ?? new Float64Array(0)",
    tests: goldens,
  },
  {
    name: "scale: a number as it is, not as float32 has it",
    file: "packages/core/src/nn/layers/scale.ts",
    find: "factor: Math.fround(scale)",
    replace: "factor: scale",
    tests: ["packages/core/test/nn/modules.test.ts"],
  },
  {
    name: "walk: a subclass is taken for its parent",
    file: "packages/core/src/nn/layer.ts",
    find: "module.forward === Layer.prototype.forward",
    replace: "module.forward !== undefined",
    tests: whole,
  },
  {
    name: "walk: keep is not looked at",
    file: `${fuse}/fuse.ts`,
    find: 'if (keep?.some((root) => isAtOrBelow(path, root))) return "kept as asked";',
    replace: "",
    tests: whole,
  },
  {
    name: "block: the border between a 1x1 and a kxk is zero, not the batch norm's",
    file: "packages/core/src/nn/blocks/diverse-branch.ts",
    find: "new Sequential({ pad: new Pad2d(padding), bn: new BatchNorm2d(channels, { eps }) })",
    replace: "new Sequential({ bn: new BatchNorm2d(channels, { eps }), pad: new Pad2d(padding) })",
    tests: blocks,
  },
  {
    name: "safetensors: overlaps are not looked at",
    file: `${io}/safetensors.ts`,
    find: "if (begin !== at) {",
    replace: "if (begin > at) {",
    tests: checkpoints,
  },
  {
    name: "npz: what the arrays take is not counted",
    file: `${io}/binary/unzip.ts`,
    find: "if (expanded > most)",
    replace: "if (expanded > Number.POSITIVE_INFINITY)",
    tests: checkpoints,
  },
  {
    name: "npz: checksums are not looked at",
    file: `${io}/binary/unzip.ts`,
    find: "checksum !== 0 && checksum !== crc32(data)",
    replace: "checksum === crc32(data) + 1",
    tests: checkpoints,
  },
  {
    name: "pth: one storage read as every type",
    file: `${io}/pth/torch-storage.ts`,
    find: "this.#budget.take(decodedBytes(length, type));",
    replace: "",
    tests: checkpoints,
  },
  {
    name: "safetensors: overlaps are found after copying",
    file: `${io}/safetensors.ts`,
    find: "  checkSpans(\n    entries",
    replace:
      "  for (const [, { begin, end, type }] of entries) decodeElements(data.subarray(begin, end), type);\n  checkSpans(\n    entries",
    tests: ["packages/core/test/io/mutated-files.test.ts"],
  },
  {
    name: "verify: the float64 evaluation rounds at an activation",
    file: "packages/core/src/proof/evaluation/evaluate.ts",
    find: 'op.kind !== "opaque"',
    replace: 'op.kind !== "opaque" && op.kind !== "slope"',
    tests: ["packages/core/test/proof/evaluate.test.ts"],
  },
  {
    name: "deploy: neighbours of a block are fused as well",
    file: `${fuse}/tree/deploy.ts`,
    find: "output: changed.length === 0 ? module : rebuilt(module, new Map(), outputs),",
    replace:
      "output: walk(changed.length === 0 ? module : rebuilt(module, new Map(), outputs), path, choice).output,",
    tests: deployed,
  },
  {
    name: "loadStateDict: a prefix is suggested without a look at shapes",
    file: `${nn}/state/prefix-hint.ts`,
    find: "if (wanted === undefined || String(wanted.shape) !== String(shape)) continue;",
    replace: "if (wanted === undefined) continue;",
    tests: stateDicts,
  },
  {
    name: "loadStateDict: nothing loaded is nothing said",
    file: `${nn}/state/state-dict.ts`,
    find: "if (match.loaded.length === 0 && unfit.length > 0) {",
    replace: "if (match.loaded.length < 0) {",
    tests: stateDicts,
  },
];
