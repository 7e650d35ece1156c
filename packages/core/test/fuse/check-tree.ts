import {
  allclose,
  Conv2d,
  cost,
  type FuseOptions,
  fuse,
  kernelOf,
  type Module,
  manualSeed,
  randn,
  ShapeError,
  stateDict,
  verifyFusion,
  zeros,
} from "../../src/index.js";
import { impulseError } from "./impulse-responses.js";
import { type families, randomRankedTree } from "./random-ranked-tree.js";
import { Dice, randomTree } from "./random-tree.js";
import { Overridden, randomWiredTree, Unknown } from "./random-wired-tree.js";

/** What became of one random tree. */
export interface TreeOutcome {
  /** `one`: a single convolution; `parts`: something in it was fused; `kept`: nothing; `throws`: it runs at no size tried. */
  readonly kind: "one" | "parts" | "kept" | "throws";
  /** Which side was nearer to float64 by the median, where a single convolution was made. */
  readonly nearer?: "before" | "after" | "neither";
  /** Empty if all is as it should be. */
  readonly problems: readonly string[];
  /** The kinds of its nodes. */
  readonly layers: readonly string[];
}

const sizes = [
  [7, 9],
  [8, 6],
  [1, 1],
  [2, 5],
  [12, 11],
] as const;

/** Draws the tree of a seed, fuses it, and compares both at every size, and the one convolution with the tree's impulse responses. */
export function checkTree(seed: number): TreeOutcome {
  manualSeed(seed);
  const { module, inChannels } = randomTree(new Dice(seed));
  const before = numbers(module);
  const { module: fused } = fuse(module);
  const shapes = sizes.map((size) => [1, inChannels, ...size]);
  const { problems, ran, nearer } = compared(module, fused, shapes, seed);
  const second = fuse(fused).module;
  if (second !== fused) problems.push("fusing twice changes more than fusing once");
  if (numbers(module) !== before) problems.push("fusing has changed the tree that was given");
  const isOne = fused instanceof Conv2d && fused !== module;
  if (isOne && ran > 0) {
    // The smallest image that the tree accepts: every response is near a border.
    const accepts = (size: readonly [number, number]): boolean => runs(module, [1, inChannels, ...size]);
    const [height, width] = [[4, 5] as const, ...sizes].find(accepts) as readonly [number, number];
    const error = impulseError(module, kernelOf(module), [inChannels, height, width]);
    if (!(error < 1e-12)) problems.push(`the kernel is ${error} from the impulse responses`);
  }
  if (problems.length > 0) problems.push(inWords(module, fused, seed));
  const kind = ran === 0 ? "throws" : isOne ? "one" : fused === module ? "kept" : "parts";
  return { kind, problems, layers: layersOf(module), ...(kind === "one" && { nearer }) };
}

const rankedSizes: readonly (readonly (readonly number[])[])[] = [
  [[]],
  [[7], [8], [1], [2], [11]],
  [
    [4, 5],
    [1, 1],
    [7, 6],
  ],
  [
    [3, 4, 5],
    [1, 1, 1],
    [5, 2, 4],
  ],
];

/** The same for a tree of another rank, or with transposed convolutions. */
export function checkRankedTree(seed: number, family: (typeof families)[number]): TreeOutcome {
  manualSeed(seed);
  const { module, inChannels, rank } = randomRankedTree(new Dice(seed), family);
  const before = numbers(module);
  const shapes = (rankedSizes[rank] ?? []).map((size) => [2, inChannels, ...size]);
  // Only a shape tells features from what has more axes.
  const [inputShape] = shapes;
  const known = rank === 0 && seed % 4 > 0 && inputShape !== undefined;
  const options = known ? { inputShape } : {};
  const { module: fused } = fuse(module, options);
  if (rank === 0 && !known) shapes.push([2, inChannels, inChannels], [2, 3, inChannels]);
  const { problems, ran } = compared(module, fused, shapes, seed);
  if (fuse(fused, options).module !== fused) problems.push("fusing twice changes more than fusing once");
  if (numbers(module) !== before) problems.push("fusing has changed the tree that was given");
  const isOne = fused !== module && fused.children().size === 0;
  if (problems.length > 0) problems.push(inWords(module, fused, seed));
  const kind = ran === 0 ? "throws" : isOne ? "one" : fused === module ? "kept" : "parts";
  return { kind, problems, layers: layersOf(module) };
}

/** The same for a tree with wires of its own, with one of several settings; and that nothing grows where it may not. */
export function checkWiredTree(seed: number): TreeOutcome {
  manualSeed(seed);
  // Seeds in a row draw alike first numbers.
  const { module, inChannels, rank } = randomWiredTree(new Dice(seed * 2_654_435_761));
  const before = numbers(module);
  const shapes = (rankedSizes[rank] ?? []).slice(0, 2).map((size) => [2, inChannels, ...size]);
  const [inputShape = []] = shapes;
  const settings: readonly FuseOptions[] = [
    {},
    { growth: "none" },
    { inputShape },
    { sizes: "given", inputShape, growth: "none" },
  ];
  const options = settings[seed % settings.length] ?? {};
  const { module: fused, report } = fuse(module, options);
  const { problems, ran } = compared(module, fused, options.sizes === "given" ? [inputShape] : shapes, seed);
  if (fuse(fused, options).module !== fused) problems.push("fusing twice changes more than fusing once");
  if (numbers(module) !== before) problems.push("fusing has changed the tree that was given");
  if (ran > 0 && fused !== module) {
    const [old, now] = [module, fused].map((one) => cost(one, inputShape));
    if ((now?.layers.length ?? 0) > (old?.layers.length ?? 0)) problems.push("more is computed than before");
    const [held, holds] = [module, fused].map(weights);
    if (options.growth === "none" && (holds ?? 0) > 1.05 ** 2 * (held ?? 0))
      problems.push(`${held} weights became ${holds}: ${report}`);
  }
  const isOne = fused !== module && fused.children().size === 0;
  if (problems.length > 0) problems.push(inWords(module, fused, seed));
  const kind = ran === 0 ? "throws" : isOne ? "one" : fused === module ? "kept" : "parts";
  return { kind, problems, layers: layersOf(module) };
}

/** What whoever meets a problem has to know. */
function inWords(module: Module, fused: Module, seed: number): string {
  return `this tree:\n${module}\nbecame:\n${fused}\nit alone: npm run trees -- --trees 1 --first ${seed}`;
}

/** Numbers that are held but for biases and what a norm shifts by; what stands in several places counts once. */
function weights(module: Module): number {
  const named = [...module.parameters(), ...module.buffers()];
  const held = new Set(
    named.filter(([name]) => /(^|\.)(weight|scale)$/.test(name)).map(([, tensor]) => tensor),
  );
  return [...held].reduce((sum, { size }) => sum + size, 0);
}

/** Both sides at some input shapes: where they run, and the first two results. */
function compared(
  module: Module,
  fused: Module,
  shapes: readonly (readonly number[])[],
  seed: number,
): { problems: string[]; readonly ran: number; readonly nearer: "before" | "after" | "neither" } {
  const problems: string[] = [];
  let ran = 0;
  let nearer: "before" | "after" | "neither" = "neither";
  for (const inputShape of shapes) {
    const accepted = runs(module, inputShape);
    const at = `at ${inputShape.slice(2).join("x")}`;
    if (accepted !== runs(fused, inputShape)) {
      problems.push(`${at} the tree ${accepted ? "runs" : "throws"} and its fused form does not do so`);
    } else if (accepted) {
      ran++;
      if (ran > 2 || fused === module) continue;
      const verdict = verifyFusion(module, fused, { inputShape, trials: 1, seed });
      nearer = verdict.nearer;
      // How what nothing is known of rounds is not known either, where it stands in what was replaced as a whole.
      const isUnknown = String(verdict).startsWith("not judged") && holdsUnknown(module);
      if (isUnknown ? !areClose(module, fused, inputShape) : !verdict.ok) problems.push(`${at}: ${verdict}`);
    }
  }
  return { problems, ran, nearer };
}

function holdsUnknown(module: Module): boolean {
  return (
    module instanceof Unknown ||
    module instanceof Overridden ||
    [...module.children().values()].some(holdsUnknown)
  );
}

function areClose(module: Module, fused: Module, inputShape: readonly number[]): boolean {
  const x = randn(inputShape);
  return allclose(fused.forward(x), module.forward(x), { rtol: 1e-4, atol: 1e-4 });
}

/** Everything that a module holds. */
function numbers(module: Module): string {
  return [...stateDict(module)].map(([name, { data }]) => `${name} ${data}`).join("\n");
}

function layersOf(module: Module): string[] {
  return [module.constructor.name, ...[...module.children().values()].flatMap(layersOf)];
}

/** Whether a module accepts a shape; anything thrown but a ShapeError is a mistake. */
function runs(module: Module, shape: readonly number[]): boolean {
  try {
    module.forward(zeros(shape));
    return true;
  } catch (error) {
    if (error instanceof ShapeError) return false;
    throw error;
  }
}
