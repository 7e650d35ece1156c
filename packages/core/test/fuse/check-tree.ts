import {
  Conv2d,
  fuse,
  kernelOf,
  type Module,
  manualSeed,
  ShapeError,
  stateDict,
  verifyFusion,
  zeros,
} from "../../src/index.js";
import { impulseError } from "./impulse-responses.js";
import { type families, randomRankedTree } from "./random-ranked-tree.js";
import { Dice, randomTree } from "./random-tree.js";

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
  const kind = ran === 0 ? "throws" : isOne ? "one" : fused === module ? "kept" : "parts";
  return { kind, problems, layers: layersOf(module) };
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
      if (!verdict.ok) problems.push(`${at}: ${verdict}`);
    }
  }
  return { problems, ran, nearer };
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
