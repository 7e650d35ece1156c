import {
  acBlock,
  add,
  dilatedKernelSizes,
  dilatedReparamBlock,
  diverseBranchBlock,
  edgeOrientedBlock,
  largeKernelConv,
  type Module,
  mobileOneBlock,
  mul,
  qaRepVggBlock,
  randn,
  repGhostModule,
  repMixer,
  repVggBlock,
  repVitBlock,
  repVitDownsample,
  stateDict,
  type Tensor,
  zeros,
} from "../../src/index.js";

/** A block as PyTorch has it: what a checkpoint of it holds, and what it gives. */
export interface BlockGolden {
  readonly name: string;
  readonly seed: number;
  readonly x: readonly number[];
  /** Shapes by the published names, in the order in which the values are drawn. */
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly y: readonly number[];
  readonly data: string;
}

/** The published blocks, by the names of their goldens. */
export const published: Readonly<Record<string, () => Module>> = {
  repVggBlock: () => repVggBlock(4, 4),
  "repVggBlock, stride 2, groups": () => repVggBlock(4, 6, { stride: 2, groups: 2 }),
  qaRepVggBlock: () => qaRepVggBlock(3, 3),
  acBlock: () => acBlock(3, 5, 5, { stride: 2 }),
  diverseBranchBlock: () => diverseBranchBlock(4, 6, 3),
  "diverseBranchBlock, stride 2, groups": () => diverseBranchBlock(4, 8, 5, { groups: 2, stride: 2 }),
  "diverseBranchBlock, depthwise": () => diverseBranchBlock(4, 4, 3, { groups: 4 }),
  "mobileOneBlock, depthwise": () => mobileOneBlock(4, 4, 3, { groups: 4, branches: 4 }),
  "mobileOneBlock, pointwise": () => mobileOneBlock(4, 6, 1, { branches: 3 }),
  largeKernelConv: () => largeKernelConv(3, 3, 13, 5, { groups: 3 }),
  ...Object.fromEntries(
    dilatedKernelSizes.map((size) => [`dilatedReparamBlock, ${size}`, () => dilatedReparamBlock(2, size)]),
  ),
  repMixer: () => repMixer(5, 3),
  repVitBlock: () => repVitBlock(4, 8),
  "repVitBlock, gate": () => repVitBlock(4, 8, { squeezeExcite: true }),
  repVitDownsample: () => repVitDownsample(4, 6),
  "repVitDownsample, gate": () => repVitDownsample(4, 6, { squeezeExcite: true }),
  edgeOrientedBlock: () => edgeOrientedBlock(3, 4),
  "edgeOrientedBlock, identity": () => edgeOrientedBlock(4, 4, { identity: true, activation: false }),
  repGhostModule: () => repGhostModule(3, 6),
  "repGhostModule, linear": () => repGhostModule(3, 6, { relu: false }),
};

/** The same blocks with what no checkpoint says, and what no tensor's shape does. */
const variants: typeof published = {
  "repVggBlock, dilation 2": () => repVggBlock(4, 4, { dilation: 2 }),
  "qaRepVggBlock, dilation 3": () => qaRepVggBlock(3, 3, { dilation: 3 }),
  "acBlock, dilation 2": () => acBlock(3, 5, 3, { dilation: 2 }),
  "repVggBlock, eps": () => repVggBlock(4, 6, { stride: 2, eps: 1e-3 }),
  "qaRepVggBlock, eps": () => qaRepVggBlock(3, 3, { eps: 1e-3 }),
  "acBlock, eps": () => acBlock(3, 5, 5, { stride: 2, eps: 1e-3 }),
  "diverseBranchBlock, eps": () => diverseBranchBlock(4, 6, 3, { eps: 1e-3 }),
  "diverseBranchBlock, depthwise, eps": () => diverseBranchBlock(4, 4, 3, { groups: 4, eps: 1e-3 }),
  "mobileOneBlock, eps": () => mobileOneBlock(4, 4, 3, { groups: 4, branches: 2, eps: 1e-3 }),
  "largeKernelConv, eps": () => largeKernelConv(3, 3, 13, 5, { groups: 3, eps: 1e-3 }),
  "dilatedReparamBlock, 7, eps": () => dilatedReparamBlock(2, 7, { eps: 1e-3 }),
  "repMixer, eps": () => repMixer(5, 3, { eps: 1e-3 }),
  "repVitBlock, eps": () => repVitBlock(4, 8, { squeezeExcite: true, eps: 1e-3 }),
  "repVitDownsample, eps": () => repVitDownsample(4, 6, { eps: 1e-3 }),
  "repGhostModule, eps": () => repGhostModule(3, 6, { eps: 1e-3 }),
};

/** Every block of the goldens, by name. */
export const goldenBlocks: typeof published = { ...published, ...variants };

/** What the checkpoint of a case holds; draws it, so call it after x. */
export function drawnState(golden: BlockGolden, block: Module): Map<string, Tensor> {
  const shapes = Object.entries(golden.state);
  return new Map(shapes.map(([name, shape]) => [name, drawn(name, shape, stateDict(block))]));
}

/** What the case has under a name: filters that are not learned stay as they are. */
function drawn(name: string, shape: readonly number[], own: ReadonlyMap<string, Tensor>): Tensor {
  if (name.endsWith("num_batches_tracked")) return zeros(shape);
  if (name.endsWith("mask")) return own.get(name) ?? zeros(shape);
  const values = randn(shape);
  return name.endsWith("running_var") ? add(mul(values, values), 0.5) : values;
}
